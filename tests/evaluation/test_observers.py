"""Observers of a call: what they read, from when until when, what of it is on record, and their report."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage, TopicStageState
from app.core.clock import machine_now
from app.evaluation.consensus.models import Consensus
from app.evaluation.observer.models import Observation
from app.evaluation.report.models import Report
from app.people.models import Appointment, AppointmentState
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, person
from tests.conftest import World
from tests.evaluation.build import Topic, evaluated, in_evaluation
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
CLEAR: dict[str, Any] = {"conflicts": [], "no_other": True}


async def closed(topic: Topic) -> Topic:
    """Its deadline is over."""
    async with topic.world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(topic.topic_stage)).scalar_subquery()
        over = {"opens_at": machine_now() - timedelta(days=9), "closes_at": machine_now() - timedelta(days=1)}
        await session.execute(update(Stage).where(Stage.id == stage).values(**over))
    return topic


def term(days: float = -1, until: float = 30) -> dict[str, str]:
    now = machine_now()
    instants = {"starts_at": now + timedelta(days=days), "ends_at": now + timedelta(days=until)}
    return {name: at.isoformat() for name, at in instants.items()}


async def named(topic: Topic, who: Actor, **more: Any) -> str:
    body = {"account_id": str(who.id), **term(**more)}
    return f"/observations/{(await topic.office.make(f'/calls/{topic.call}/observations', body))['id']}"


async def of_evaluation(topic: Topic) -> dict[str, str]:
    """What there is to read of an evaluation, by kind."""
    first = UUID(topic.proposals[0].id)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/plan")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    items = (await topic.office.get("/panel_items", params={"panel_id": panel["id"]})).json()["items"]
    (item,) = [one for one in items if one["proposal_id"] == topic.proposals[0].id]
    async with topic.world.sessions() as session:
        report = (await session.scalars(select(Report.id).where(Report.proposal_id == first))).first()
        consensus = await session.scalar(select(Consensus.id).where(Consensus.proposal_id == first))
    return {
        "proposal": f"/proposals/{first}",
        "sealed": f"/proposals/{first}/sealed/1",
        "report": f"/reports/{report}",
        "consensus": f"/consensus_reports/{consensus}",
        "workbench": f"/consensus_reports/{consensus}/workbench",
        "panel": f"/panels/{panel['id']}",
        "panel_item": f"/panel_items/{item['id']}",
    }


async def reads(who: Actor, paths: dict[str, str]) -> set[str]:
    """What of it somebody reads; anything else is as if it were not there."""
    found = set()
    for name, path in paths.items():
        answer = await who.get(path)
        if answer.status_code == 200:
            found.add(name)
        elif not path.count("/") > 2:
            assert await same_as_missing(who, path)
    return found


async def test_an_observer_reads_everything_once_declared_and_nothing_before_or_after(world: World) -> None:
    topic = await closed(await evaluated(world, ("4", "4", "4"), ("3", "3", "4")))
    paths = await of_evaluation(topic)
    olga, other = await person(world, "olga", "observer"), await person(world, "other", "observer")
    stranger, auditor = await person(world, "stranger"), await person(world, "auditor", "auditor")
    applicant = topic.proposals[1].coordinator
    assert await reads(topic.office, paths) == set(paths)
    assert await reads(olga, paths) == set()
    name = f"/calls/{topic.call}/observations"
    assert codes(await topic.office.post(name, {"account_id": str(stranger.id), **term()})) == ["no-role"]
    wrong = {"account_id": str(olga.id), **term(2, 1)}
    assert codes(await topic.office.post(name, wrong)) == ["ends-first"]
    for who in (olga, auditor, stranger):
        assert (await who.post(name, {"account_id": str(olga.id), **term()})).status_code == 403
    observation = await named(topic, olga)
    assert (await topic.office.post(name, {"account_id": str(olga.id), **term()})).status_code == 409
    assert await reads(olga, paths) == set()
    cards = (await olga.get(f"{observation}/cards")).json()["items"]
    assert {one["proposal_id"] for one in cards} == {one.id for one in topic.proposals}
    assert cards[0]["card"].keys() == {"reference", "title", "abstract", "organisations"}
    for who in (other, stranger, applicant):
        assert await same_as_missing(who, observation)
        assert await same_as_missing(who, f"{observation}/cards")
    await olga.make(f"{observation}/declare", CLEAR)
    assert await reads(olga, paths) == set(paths)
    assert await reads(other, paths) == await reads(stranger, paths) == set()
    report = (await olga.get(paths["report"])).json()
    assert report["name"] is None
    assert "remark" not in report
    bench = (await olga.get(paths["workbench"])).json()
    assert [one["point"]["score"] for one in bench["criteria"]] == ["4.00"] * 3
    assert {row["rank"] for row in (await olga.get(paths["panel"])).json()["places"]} == {1, 2}

    # Read-only: every act that is offered to others is refused.
    first = topic.proposals[0].id
    for path, body in (
        (f"{paths['panel']}/close", None),
        (f"{paths['panel_item']}/take_up", None),
        (f"{paths['consensus']}/discuss", {"criterion": "impact", "text": "Well."}),
        (f"{paths['report']}/reopen", {"reason": "Why."}),
        (f"/proposals/{first}/conflicts", {"account_id": str(olga.id), "situation": "D4", "text": "Why."}),
    ):
        assert (await olga.post(path, body)).status_code == 403, path

    # On record, for the office and the auditor, each reading and each line of a list.
    await olga.get("/panel_items")
    await auditor.get(paths["panel_item"])
    await topic.office.get(paths["panel_item"])
    log = f"/calls/{topic.call}/evaluation_readings"
    kept = (await topic.office.get(log, params={"page_size": 200})).json()["items"]
    assert (await auditor.get(log, params={"page_size": 200})).json()["items"] == kept
    assert kept[0]["role"] == "auditor"
    assert [one["entity"] for one in kept[1:3]] == ["panel_item", "panel_item"]
    assert {one["entity"] for one in kept} == {
        "card", "report", "consensus", "workbench", "panel", "panel_item",
    }  # fmt: skip
    assert {(one["name"], one["role"]) for one in kept} == {("olga", "observer"), ("auditor", "auditor")}
    for who in (olga, other, stranger, applicant):
        assert await same_as_missing(who, log)
    of_proposal = (await topic.office.get(f"/proposals/{first}/readings")).json()["items"]
    assert {one["name"] for one in of_proposal} == {"olga", "office"}

    # What comes of the closed list is read as well, and on record: the summary reports.
    for item in (await topic.office.get("/panel_items")).json()["items"]:
        await topic.office.make(f"/panel_items/{item['id']}/take_up")
        await topic.office.make(f"/panel_items/{item['id']}/keep", {"reason": ""})
    await topic.office.make(f"{paths['panel']}/close")
    made = (await topic.office.get("/summaries")).json()["items"]
    (summary,) = (one for one in made if one["proposal_id"] == first)
    paths["summary"] = f"/summaries/{summary['id']}"
    assert len((await olga.get("/summaries")).json()["items"]) == len(made) == 2
    read = (await olga.get(paths["summary"])).json()
    assert "findings" not in read
    assert (await olga.get(f"{paths['summary']}/pdf")).status_code == 200
    kept = (await topic.office.get(log, params={"page_size": 200})).json()["items"]
    assert [one["entity"] for one in kept[:4]] == ["summary"] * 4
    assert await reads(other, paths) == await reads(stranger, paths) == set()

    # What is handed in by a later deadline waits for another declaration; then dates and the end hold.
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(closes_at=machine_now()))
    assert await reads(olga, paths) == set()
    await olga.make(f"{observation}/declare", CLEAR)
    assert await reads(olga, paths) == set(paths)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Observation).values(ends_at=machine_now()))
    assert await reads(olga, paths) == set()
    assert codes(await olga.post(f"{observation}/declare", CLEAR)) == ["not-now"]
    async with world.sessions() as session, session.begin():
        await session.execute(update(Observation).values(ends_at=machine_now() + timedelta(days=1)))
    assert await reads(olga, paths) == set(paths)
    assert (await olga.post(f"{observation}/end")).status_code == 403
    await topic.office.make(f"{observation}/end")
    assert await reads(olga, paths) == set()
    assert (await olga.get(f"{observation}/cards")).status_code == 404


async def test_a_conflict_declared_or_shown_by_data_takes_the_topic_away(world: World) -> None:
    topic = await closed(await evaluated(world, ("4", "4", "4"), ("3", "3", "4")))
    other = await closed(await evaluated(world, ("4", "4", "4")))
    paths, elsewhere = await of_evaluation(topic), await of_evaluation(other)
    olga = await person(world, "olga", "observer")
    first, second = await named(topic, olga), await named(other, olga)
    said = {"proposal_id": topic.proposals[1].id, "situation": "D4", "text": "My sister works there."}
    wrong = said | {"proposal_id": other.proposals[0].id}
    refused = await olga.post(f"{first}/declare", CLEAR | {"conflicts": [wrong]})
    assert codes(refused) == ["no-such-proposal"]
    await olga.make(f"{first}/declare", CLEAR | {"conflicts": [said]})
    await olga.make(f"{second}/declare", CLEAR)
    assert await reads(olga, elsewhere) == set(elsewhere)
    assert await reads(olga, paths) == set()
    found = (await topic.office.get("/conflicts", params={"account_id": str(olga.id)})).json()["items"]
    assert [(one["situation"], one["state"]) for one in found] == [("D4", "declared")]
    assert (await olga.get(f"{first}/cards")).json()["items"] == []
    again = await olga.make(f"{first}/declare", CLEAR | {"conflicts": [said]})
    assert again["state"] == "watching"
    applicant = topic.proposals[0].coordinator
    async with world.sessions() as session, session.begin():
        session.add(_observer_too(applicant))
        session.add(_observer_too(topic.members[0]))
    body = {"account_id": str(topic.members[0].id), **term()}
    refused = await topic.office.post(f"/calls/{topic.call}/observations", body)
    assert codes(refused) == ["not-independent"], "who decides on the list does not observe it"
    third = await named(topic, applicant)
    assert (await applicant.get(f"{third}/cards")).json()["items"] == []
    await applicant.make(f"{third}/declare", CLEAR)
    assert await reads(applicant, paths) - {"proposal", "sealed"} == set()


async def test_a_deadline_is_not_moved_once_an_observer_has_read_a_card(world: World) -> None:
    topic = await closed(await in_evaluation(world))
    async with world.sessions() as session, session.begin():
        stage = await session.scalar(select(Stage.id).where(Stage.call_id == UUID(topic.call)))
        await session.execute(update(TopicStage).values(state=TopicStageState.CHECKING))
        await session.execute(update(Proposal).values(state=ProposalState.SUBMITTED))
    olga = await person(world, "olga", "observer")
    observation = await named(topic, olga)
    later = (machine_now() + timedelta(days=40)).strftime("%Y-%m-%dT17:00")
    extend, body = f"/stages/{stage}/extend", {"deadline": later, "reason": "A failure of the network."}
    assert len((await olga.get(f"{observation}/cards")).json()["items"]) == 1
    assert codes(await topic.office.post(extend, body)) == ["observer-has-access"]


def _observer_too(who: Actor) -> Appointment:
    return Appointment(
        id=who.id, created_at=machine_now(), state=AppointmentState.ACTIVE, account_id=who.id,
        role="observer", starts_at=machine_now() - timedelta(days=1), appointing_act="test",
        confirmed_at=machine_now(),
    )  # fmt: skip


async def test_the_report_is_the_observers_and_published_by_the_office_with_nothing_disclosed(
    world: World,
) -> None:
    topic = await closed(await evaluated(world, ("4", "4", "4")))
    olga, stranger = await person(world, "olga", "observer"), await person(world, "stranger")
    applicant, office = topic.proposals[0].coordinator, topic.office
    observation = await named(topic, olga)
    begin = f"{observation}/observer_reports"
    assert codes(await olga.post(begin, {"stage": 1})) == ["not-declared"]
    await olga.make(f"{observation}/declare", CLEAR)
    assert codes(await olga.post(begin, {"stage": 2})) == ["no-stage"]
    assert (await office.post(begin, {"stage": 1})).status_code == 403
    report = f"/observer_reports/{(await olga.make(begin, {'stage': 1}))['id']}"
    assert (await olga.post(begin, {"stage": 1})).status_code == 409
    await office.make(f"{observation}/end")
    assert codes(await olga.post(f"{report}/submit")) == ["nothing-written"]
    reference = topic.proposals[0].reference
    text = {
        "paragraphs": [f"On {reference} Cora, cora@example.org, was loud.", "It was fair."],
        "recommendations": ["Give more time.", "Serve coffee."],
    }
    assert (await olga.patch(report, text, 1)).status_code == 200
    for who in (stranger, applicant):
        assert await same_as_missing(who, report)
    assert (await office.patch(report, text, 2)).status_code == 403
    assert (await office.post(f"{report}/publish", {"check": "Read."})).status_code == 409
    await olga.make(f"{report}/submit")
    assert (await olga.patch(report, text, 2)).status_code == 409
    publish = {"check": "Read twice, by two."}
    assert codes(await office.post(f"{report}/publish", publish)) == ["not-released"]
    async with world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).values(state=TopicStageState.RELEASED, embargoed=0))
    refused = await office.post(f"{report}/publish", publish)
    assert sorted(codes(refused)) == ["discloses-mail", "discloses-name", "discloses-reference"]
    assert {one["path"] for one in refused.json()["reasons"]} == {"/paragraphs/0"}
    gone = {"passages": [{"passage": "Nobody", "reason": "Why."}]}
    assert codes(await office.post(f"{report}/send_back", gone)) == ["no-such-passage"]
    marked = {"passages": [{"passage": "cora@example.org", "reason": "An address."}]}
    back = await office.make(f"{report}/send_back", marked)
    assert (back["state"], back["returned"]) == ("returned", marked["passages"])
    text["paragraphs"][0] = f"On {reference} Cora was loud."
    assert (await olga.patch(report, text, 2)).status_code == 200
    await olga.make(f"{report}/submit")
    for passage in (reference, "Cora"):
        await office.make(f"{report}/clear", {"passage": passage, "reason": "Known to all."})
    answer = {"recommendation": 1, "text": "There is coffee."}
    assert (await olga.post(f"{report}/answer", answer)).status_code == 403
    assert codes(await office.post(f"{report}/answer", answer | {"recommendation": 2})) == [
        "no-recommendation"
    ]
    await office.make(f"{report}/answer", answer)
    assert (await olga.post(f"{report}/publish", publish)).status_code == 403
    done = await office.make(f"{report}/publish", publish)
    assert (done["state"], done["checked"]) == ("published", publish["check"])
    more = answer | {"recommendation": 0, "text": "Ask ada@example.org."}
    assert codes(await office.post(f"{report}/answer", more)) == ["discloses-mail"]
    await office.make(f"{report}/answer", answer | {"recommendation": 0, "text": "Yes."})
    for who in (stranger, applicant):
        read = (await who.get(report)).json()
        assert [one["text"] for one in read["answers"]] == ["Yes.", "There is coffee."]
        assert not {"returned", "cleared", "checked", "version"} & read.keys()
        assert read["actions"] == []
    assert (await world.client().get(f"/v1{report}")).status_code == 404
