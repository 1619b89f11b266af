"""Experts who do not agree: both views are set out and the panel settles it (V-16)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, update

from app.core.audit import AuditDetail, AuditEvent
from app.proposals.models import Proposal, ProposalState
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import (
    CRITERIA,
    Expert,
    Handed,
    Topic,
    approve,
    evaluated,
    expert,
    group,
    in_evaluation,
    joining,
    put_to_approval,
)
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio
VIEWS = {"majority_view": "Most hold that it is good.", "minority_view": "One holds that impact is thin."}
WHY = {"reason": "The panel has read the passage on impact."}


@dataclass
class Split:
    """A proposal on whose report the experts do not agree, and the panel of its topic."""

    topic: Topic
    proposal: Handed
    experts: list[tuple[Expert, str]]
    consensus: str
    panel: str

    @property
    def path(self) -> str:
        return f"/consensus_reports/{self.consensus}"

    async def settle(self, **said: Any) -> httpx2.Response:
        body = {"consensus_id": self.consensus} | WHY | said
        return await self.topic.office.post(f"/panels/{self.panel}/settle_consensus", body)


async def objected(topic: Topic, proposal: Handed) -> Split:
    """Drafted once more after an objection; the office may now say that there is no consensus."""
    experts = await group(topic, proposal)
    (ada, seat), (bob, _), _ = experts
    consensus = await put_to_approval(topic, proposal, ada, seat)
    await bob.actor.make(f"/consensus_reports/{consensus}/object", {"reason": "Impact is thin."})
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    return Split(topic, proposal, experts, consensus, panel["id"])


async def split(world: World) -> Split:
    topic = await in_evaluation(world)
    found = await objected(topic, topic.proposals[0])
    await topic.office.make(f"{found.path}/no_consensus", VIEWS)
    return found


def codes(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json()["reasons"]]


async def detail(world: World, entity: str, key: str, act: str) -> dict[str, Any]:
    async with world.sessions() as session:
        wanted = select(AuditDetail.detail).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        wanted = wanted.where(AuditEvent.entity == entity, AuditEvent.act == act)
        return dict((await session.scalars(wanted.where(AuditEvent.entity_id == UUID(key)))).one())


async def test_v16_both_views_are_kept_and_the_panel_settles_it(world: World) -> None:
    there = await world.prepared(split)
    read = (await there.topic.office.get(there.path)).json()
    assert (read["state"], read["settled_reason"], {k: read[k] for k in VIEWS}) == (
        "no_consensus", None, VIEWS,
    )  # fmt: skip
    settled = await there.settle()
    assert (settled.status_code, settled.json()["state"]) == (200, "open")
    read = (await there.topic.office.get(there.path)).json()
    assert (read["state"], read["settled_reason"], {k: read[k] for k in VIEWS}) == (
        "final", WHY["reason"], VIEWS,
    )  # fmt: skip
    assert read["final_at"] is not None
    scores = [(point["criterion"], point["score"], point["majority_score"]) for point in read["points"]]
    assert scores == [
        ("excellence", "4.50", None),
        ("impact", "4.00", None),
        ("implementation", "4.00", None),
    ]
    proposal = await there.topic.office.get(f"/proposals/{there.proposal.id}")
    assert proposal.json()["state"] == "evaluated"


async def test_v16_the_panel_sets_other_scores_and_the_majoritys_are_kept(world: World) -> None:
    there = await world.prepared(split)
    given = [{"criterion": "impact", "score": "2.5"}, {"criterion": "excellence", "score": "4.5"}]
    assert (await there.settle(scores=given)).status_code == 200
    points = {p["criterion"]: p for p in (await there.topic.office.get(there.path)).json()["points"]}
    assert (points["impact"]["score"], points["impact"]["majority_score"]) == ("2.50", "4.00")
    assert (points["excellence"]["score"], points["excellence"]["majority_score"]) == ("4.50", None)
    assert [points[code]["version"] for code in ("excellence", "impact", "implementation")] == [2, 3, 2]
    kept = await detail(world, "consensus", there.consensus, "settle")
    assert (kept["majority_scores"], kept["reason"]) == ({"impact": "4.00"}, WHY["reason"])
    ranked = await there.topic.office.make(f"/panels/{there.panel}/rank")
    assert [(p["above"], p["total"], p["scores"]["impact"]) for p in ranked["places"]] == [
        (False, "11.00", "2.50")
    ]


@pytest.mark.parametrize("drafted_again", [False, True])
async def test_there_is_no_consensus_in_drafting_and_in_approval(world: World, drafted_again: bool) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    if drafted_again:
        await there.experts[0][0].actor.make(f"{there.path}/put_to_approval")
    found = await topic.office.make(f"{there.path}/no_consensus", VIEWS)
    assert found["state"] == "no_consensus"


async def test_without_an_objection_there_is_no_disagreement_to_record(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, _), _ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await approve(consensus, ada, bob)
    refused = await topic.office.post(f"/consensus_reports/{consensus}/no_consensus", VIEWS)
    assert codes(refused) == [("no-objection", "/opinions")]


async def test_an_objection_of_an_earlier_round_is_enough(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    for who, _ in there.experts[:1]:
        await who.actor.make(f"{there.path}/put_to_approval")
        await who.actor.make(f"{there.path}/redraft")
    assert (await topic.office.make(f"{there.path}/no_consensus", VIEWS))["round"] == 2


async def test_an_objection_of_somebody_with_a_conflict_of_interest_is_none(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    await joining(topic, topic.proposals[0], "d")
    bob, seat = there.experts[1]
    said = {"situation": "D2", "text": "I found out today."}
    await bob.actor.make(f"/assignments/{seat}/declare_conflict", said)
    assert codes(await topic.office.post(f"{there.path}/no_consensus", VIEWS)) == [
        ("no-objection", "/opinions")
    ]


async def test_an_unfinished_draft_and_too_few_reports_stand_against_it_at_once(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    (ada, _), _, (cas, seat) = there.experts
    await ada.actor.patch(f"{there.path}/points/impact", {"score": None}, 2)
    said = {"situation": "D2", "text": "I found out today."}
    await cas.actor.make(f"/assignments/{seat}/declare_conflict", said)
    refused = await topic.office.post(f"{there.path}/no_consensus", VIEWS)
    assert codes(refused) == [("score-missing", "/points/impact/score"), ("too-few-reports", "")]


@pytest.mark.parametrize("view", sorted(VIEWS))
@pytest.mark.parametrize("said", [None, "", "  \n"])
async def test_both_views_are_asked_for(world: World, view: str, said: str | None) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    body = {name: text for name, text in (VIEWS | {view: said}).items() if text is not None}
    assert (await topic.office.post(f"{there.path}/no_consensus", body)).status_code == 422


async def test_the_group_writes_nothing_more_once_there_is_no_consensus(world: World) -> None:
    there = await world.prepared(split)
    (ada, seat), (bob, _), _ = there.experts
    answers = [
        await ada.actor.patch(f"{there.path}/points/impact", {"score": "5"}, 2),
        await ada.actor.post(f"{there.path}/put_to_approval"),
        await ada.actor.post(f"{there.path}/redraft"),
        await bob.actor.post(f"{there.path}/approve", {"round": 1}),
        await bob.actor.post(f"{there.path}/object", {"reason": "Still."}),
        await there.topic.office.post(f"{there.path}/appoint", {"rapporteur_id": seat}),
        await there.topic.office.post(f"{there.path}/no_consensus", VIEWS),
    ]
    assert [answer.status_code for answer in answers] == [409] * 7


@pytest.mark.parametrize(
    ("scores", "refused"),
    [
        ([("impact", "2.75")], [("score-not-on-scale", "/scores/0/score")]),
        ([("excellence", "3"), ("impact", "5.5")], [("score-not-on-scale", "/scores/1/score")]),
        ([("charm", "3")], [("no-criterion", "/scores/0/criterion")]),
        ([("impact", "3"), ("impact", "3")], [("scored-twice", "/scores/1/criterion")]),
    ],
)
async def test_the_panels_scores_are_the_schemes(
    world: World, scores: list[tuple[str, str]], refused: list[tuple[str, str]]
) -> None:
    there = await world.prepared(split)
    given = [{"criterion": criterion, "score": score} for criterion, score in scores]
    assert codes(await there.settle(scores=given)) == refused
    assert (await there.topic.office.get(there.path)).json()["state"] == "no_consensus"


@pytest.mark.parametrize("reason", ["", "   "])
async def test_the_panel_says_why(world: World, reason: str) -> None:
    there = await world.prepared(split)
    assert (await there.settle(reason=reason)).status_code == 422


async def test_a_report_voided_meanwhile_takes_the_disagreement_back(world: World) -> None:
    there = await world.prepared(split)
    cas, seat = there.experts[2]
    said = {"situation": "D2", "text": "I found out today."}
    await cas.actor.make(f"/assignments/{seat}/declare_conflict", said)
    read = (await there.topic.office.get(f"/consensus_reports/{there.consensus}")).json()
    assert (read["state"], read["majority_view"], read["minority_view"]) == ("drafting", None, None)
    assert codes(await there.settle()) == [("nothing-to-settle", "")]


async def test_nothing_is_ranked_while_a_disagreement_is_unsettled(world: World) -> None:
    there = await world.prepared(split)
    refused = await there.topic.office.post(f"/panels/{there.panel}/rank")
    told = f"The experts on {there.proposal.reference} did not agree; the panel has not settled it."
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [("no-consensus", told)]
    await there.settle()
    assert (await there.topic.office.make(f"/panels/{there.panel}/rank"))["state"] == "ranked"


async def test_what_is_settled_after_a_list_was_made_makes_the_list_anew(world: World) -> None:
    topic = await in_evaluation(world, 2)
    first, late = topic.proposals
    there = await objected(topic, first)
    await topic.office.make(f"{there.path}/no_consensus", VIEWS)
    await there.settle()
    await in_state(world, late, ProposalState.WITHDRAWN)
    await topic.office.make(f"/panels/{there.panel}/rank")
    await in_state(world, late, ProposalState.IN_EVALUATION)
    (ada, seat), (bob, _), _ = await group(topic, late)
    consensus = await put_to_approval(topic, late, ada, seat)
    await bob.actor.make(f"/consensus_reports/{consensus}/object", {"reason": "Impact is thin."})
    await topic.office.make(f"/consensus_reports/{consensus}/no_consensus", VIEWS)
    assert codes(await topic.office.post(f"/panels/{there.panel}/close"))[0][0] == "no-consensus"
    assert (await there.settle(consensus_id=consensus)).json()["state"] == "open"
    assert len((await topic.office.make(f"/panels/{there.panel}/rank"))["places"]) == 2


async def in_state(world: World, proposal: Handed, state: ProposalState) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Proposal).where(Proposal.id == UUID(proposal.id)).values(state=state))


async def test_a_closed_list_settles_nothing_more(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    path, body = f"/panels/{panel['id']}/settle_consensus", {"consensus_id": str(uuid4())} | WHY
    assert codes(await topic.office.post(path, body)) == [("nothing-to-settle", "")]
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    closed = await topic.office.post(path, body)
    assert (closed.status_code, closed.json()["type"].rsplit("/")[-1]) == (409, "wrong-state")


async def test_a_panel_settles_reports_of_its_own_topic_alone(world: World) -> None:
    there = await world.prepared(split)
    other = await in_evaluation(world)
    elsewhere = await objected(other, other.proposals[0])
    await other.office.make(f"{elsewhere.path}/no_consensus", VIEWS)
    for key in (elsewhere.consensus, str(uuid4())):
        assert codes(await there.settle(consensus_id=key)) == [("not-unsettled", "/consensus_id")]
    assert (await there.settle()).status_code == 200
    assert codes(await there.settle()) == [("nothing-to-settle", "")]


async def test_the_group_reads_both_views_and_nobody_else_does(world: World) -> None:
    there = await world.prepared(split)
    for who, _ in there.experts:
        read = await who.actor.get(there.path)
        assert {name: read.json()[name] for name in VIEWS} == VIEWS
        assert (await who.actor.post(f"{there.path}/no_consensus", VIEWS)).status_code == 403
    dora = await expert(there.topic, "dora")
    for other in (dora.actor, there.proposal.coordinator, *there.topic.members):
        assert await same_as_missing(other, there.path)
        body = {"consensus_id": there.consensus} | WHY
        assert (await other.post(f"/panels/{there.panel}/settle_consensus", body)).status_code == 404
    own = (await there.proposal.coordinator.get(f"/proposals/{there.proposal.id}")).json()
    assert own["state"] == "under_evaluation"


async def test_an_officer_who_applies_neither_records_nor_settles_a_disagreement(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    there = await objected(topic, topic.proposals[0])
    assert (await topic.second.get(there.path)).status_code == 200
    await consortium(topic.second, topic.topic_stage)
    assert (await topic.second.post(f"{there.path}/no_consensus", VIEWS)).status_code == 404
    await topic.office.make(f"{there.path}/no_consensus", VIEWS)
    body = {"consensus_id": there.consensus} | WHY
    assert (await topic.second.post(f"/panels/{there.panel}/settle_consensus", body)).status_code == 404


async def test_v16_members_read_both_views_before_they_settle_it_and_decide_on_it_after(world: World) -> None:
    there = await world.prepared(split)
    office, dora = there.topic.office, await expert(there.topic, "dora")
    seat = {"account_id": str(dora.actor.id), "part": "member"}
    await office.make(f"/panels/{there.panel}/panel_seats", seat)
    await office.make(f"/panels/{there.panel}/plan")
    (item,) = (await office.get("/panel_items")).json()["items"]
    here = f"/panel_items/{item['id']}"
    read = (await dora.actor.get(here)).json()
    assert {name: read[name] for name in VIEWS} == VIEWS
    assert len(read["points"]) == len(CRITERIA)
    await office.make(f"{here}/take_up")
    refused = await office.post(f"{here}/keep", {"reason": ""})
    assert refused.status_code == 409
    assert (await there.settle()).status_code == 200
    kept = await office.make(f"{here}/keep", {"reason": ""})
    assert kept["outcome"] == "kept"
