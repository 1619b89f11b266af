"""The panel: from consensus reports to a frozen list, through the API."""

import asyncio
import hashlib
from uuid import UUID

import pytest
import rfc8785

from app.calls.models import Call, TopicStage
from app.calls.rule_set import _pinned as pinned_rules
from app.proposals.models import Proposal
from tests.conftest import World
from tests.evaluation.build import evaluated, in_evaluation

pytestmark = pytest.mark.anyio


async def test_the_panel_waits_for_every_consensus(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    refused = await topic.office.post(f"/panels/{panel['id']}/rank")
    told = f"{topic.proposals[0].reference} has no final consensus report."
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [("no-consensus", told)]


async def test_the_list_is_ranked_frozen_and_named_by_its_digest(world: World) -> None:
    topic = await evaluated(world, ("3", "3", "4"), ("5", "5", "2.5"), ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    first, second, third = (proposal.reference for proposal in topic.proposals)
    assert [(p["proposal"]["reference"], p["rank"], p["total"]) for p in ranked["places"]] == [
        (third, 1, "12.00"),
        (first, 2, "10.00"),
        (second, None, "12.50"),
    ]
    assert (await topic.office.make(f"/panels/{panel['id']}/rank"))["places"] == ranked["places"]
    closed = await topic.office.make(f"/panels/{panel['id']}/close")
    lines = {
        place["proposal"]["reference"]: {
            "rank": place["rank"],
            "total": place["total"],
            "scores": place["scores"],
        }
        for place in closed["places"]
    }
    (frozen,) = closed["lists"]
    whole = {"version": 1, "places": lines, "inputs": frozen["inputs"]}
    assert closed["digest"] == frozen["digest"] == hashlib.sha256(rfc8785.dumps(whole)).hexdigest()
    sealed = frozen["inputs"]["proposals"][third]
    assert sealed["points"] == {"excellence": "4.00", "impact": "4.00", "implementation": "4.00"}
    assert (await topic.office.get(f"/topic_stages/{topic.topic_stage}")).json()["state"] == "ranked"
    assert (await topic.office.post(f"/panels/{panel['id']}/rank")).status_code == 409

    ann = topic.members[0]
    (item,) = (await ann.get("/panels")).json()["items"]
    read = (await ann.get(f"/panels/{item['id']}")).json()
    assert [(p["proposal"]["title"], p["rank"], p["scores"]["impact"]) for p in read["places"]] == [
        ("Title 3", 1, "4.00"),
        ("Title 1", 2, "3.00"),
    ]
    assert read["below"] == 1
    assert second not in (await ann.get(f"/panels/{item['id']}")).text


async def test_5_5_ex_aequo_is_parted_step_by_step_with_a_text_and_who_recorded_it(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("4", "4", "4"), ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    assert [(p["rank"], p["awaits"]) for p in ranked["places"]] == [(1, "coverage")] * 3
    refused = await topic.office.post(f"/panels/{panel['id']}/close")
    told = "More than one proposal holds rank 1; the panel must part them by “coverage” (5.5)."
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [("ex-aequo", told)]

    one, two, three = (proposal.id for proposal in topic.proposals)
    covers = {"step": "coverage", "order": [[three], [one, two]], "reason": "It alone covers children."}
    settled = await topic.second.make(f"/panels/{panel['id']}/settle", covers)
    assert next((p["proposal_id"], p["rank"], p["parted_by"]) for p in settled["places"]) == (
        three,
        1,
        "coverage",
    )
    assert {(p["rank"], p["awaits"]) for p in settled["places"]} == {(1, None), (2, "sme_budget")}
    for step, order in (
        ("sme_budget", [[one, two]]),
        ("gender_balance", [[one, two]]),
        ("other", [[two], [one]]),
    ):
        said = {"step": step, "order": order, "reason": f"By {step}."}
        settled = await topic.office.make(f"/panels/{panel['id']}/settle", said)
    assert [(p["proposal_id"], p["rank"]) for p in settled["places"]] == [(three, 1), (two, 2), (one, 3)]
    assert [(p["step"], p["reason"], p["by"]) for p in settled["partings"]][:2] == [
        ("coverage", "It alone covers children.", str(topic.second.id)),
        ("sme_budget", "By sme_budget.", str(topic.office.id)),
    ]
    assert (await topic.office.make(f"/panels/{panel['id']}/rank"))["places"] == settled["places"]
    assert (await topic.office.make(f"/panels/{panel['id']}/close"))["state"] == "closed"


async def test_a_rank_that_is_not_shared_and_a_step_that_does_not_ask_are_refused(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("4", "4", "4"), ("5", "5", "5"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    one, two, best = (proposal.id for proposal in topic.proposals)
    wrong = [
        ([[best]], "coverage", "not-one-rank"),
        ([[one], [one]], "coverage", "not-one-rank"),
        ([[one]], "coverage", "not-one-rank"),
        ([[one], [two], [best]], "coverage", "not-one-rank"),
        ([[two], [one]], "other", "not-this-step"),
        ([[two], [one]], "beauty", "not-this-step"),
    ]
    for order, step, code in wrong:
        body = {"step": step, "order": order, "reason": "So it is."}
        refused = await topic.office.post(f"/panels/{panel['id']}/settle", body)
        assert [r["code"] for r in refused.json()["reasons"]] == [code], (order, step)
    for broken in ({"reason": " "}, {"order": []}, {"order": [[]]}, {"step": ""}):
        body = {"step": "coverage", "order": [[one], [two]], "reason": "So it is."} | broken
        assert (await topic.office.post(f"/panels/{panel['id']}/settle", body)).status_code == 422, broken
    assert (await topic.office.get(f"/panels/{panel['id']}")).json()["places"] == ranked["places"]


async def test_v02_the_threshold_of_a_first_stage_follows_from_the_money_and_is_shown(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "3"), ("5", "5", "5"), ("4.5", "4", "3"))
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(topic.call))
        scheme = call.rules["scheme"] | {"budget_cut": {"aim": "3", "least": "2.5"}}
        call.rules = call.rules | {"scheme": scheme, "schemes": []}
        part = await session.get_one(TopicStage, UUID(topic.topic_stage))
        for proposal in topic.proposals:
            (await session.get_one(Proposal, UUID(proposal.id))).requested = part.budget * 3 / 2
        budget = part.budget
    pinned_rules.clear()
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    low, best, better = (proposal.id for proposal in topic.proposals)
    assert [(p["proposal_id"], p["rank"]) for p in ranked["places"]] == [(best, 1), (better, 2), (low, None)]
    assert ranked["cut"] == {
        "threshold": "11.5",
        "aim": "3",
        "least": "2.5",
        "budget": str(budget),
        "requested": str(budget * 3),
        "passing": 2,
    }


async def test_the_panel_of_a_topic_is_convened_once_and_in_evaluation(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = f"/topic_stages/{topic.topic_stage}/panels"
    await topic.office.make(path)
    assert (await topic.office.post(path)).status_code == 409


async def test_what_changed_since_the_ranking_must_be_ranked_anew(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("3", "3", "4"))
    panel = f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"
    await topic.office.make(f"{panel}/rank")
    found = {"rule": "E-02", "text": "Two countries take part where three are needed."}
    for officer, status in ((topic.office, 202), (topic.second, 200)):
        answer = await officer.post(f"/proposals/{topic.proposals[0].id}/find_ineligible", found)
        assert answer.status_code == status, answer.text
    refused = await topic.office.post(f"{panel}/close")
    assert [r["code"] for r in refused.json()["reasons"]] == ["list-outdated"]
    await topic.office.make(f"{panel}/rank")
    closed = await topic.office.make(f"{panel}/close")
    assert [place["proposal_id"] for place in closed["places"]] == [topic.proposals[1].id]


async def test_the_scheme_of_a_published_call_is_changed_by_nobody(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"))
    panel = f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"
    ranked = await topic.office.make(f"{panel}/rank")
    change = {"path": "/scheme/overall_threshold", "value": "13", "reason": "Too many pass."}
    assert (await topic.office.post(f"/calls/{topic.call}/override", change)).status_code == 409
    assert (await topic.office.make(f"{panel}/rank"))["places"] == ranked["places"]


async def test_of_two_officers_who_close_at_once_one_closes(live: World) -> None:
    topic = await evaluated(live, ("4", "4", "4"))
    panel = f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"
    await topic.office.make(f"{panel}/rank")
    both = await asyncio.gather(topic.office.post(f"{panel}/close"), topic.second.post(f"{panel}/close"))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    read = (await topic.office.get(panel)).json()
    assert [one["digest"] for one in read["lists"]] == [read["digest"]]
