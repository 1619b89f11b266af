"""What a stage has chosen from the rules of its call is what experts and panels work by."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import named
from tests.conftest import World
from tests.evaluation.build import GOOD, Topic, evaluated, group, in_evaluation, seated
from tests.evaluation.build import expert as an_expert

pytestmark = pytest.mark.anyio


async def chosen(topic: Topic, stage: dict[str, Any], part: dict[str, Any]) -> None:
    """Let the topic's stage, and its way through it, be so."""
    here = UUID(topic.topic_stage)
    async with topic.world.sessions() as session, session.begin():
        one = await session.get_one(TopicStage, here)
        await session.execute(update(TopicStage).where(TopicStage.id == here).values(part or {"id": here}))
        await session.execute(
            update(Stage).where(Stage.id == one.stage_id).values(stage or {"id": one.stage_id})
        )


@pytest.mark.parametrize(
    ("kind", "reports", "opens"), [("full", "ab", 409), ("short", "ab", 201), ("short", "a", 409)]
)
async def test_short_proposals_need_two_reports(world: World, kind: str, reports: str, opens: int) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    await chosen(topic, {"kind": kind}, {})
    seats = await group(topic, proposal, reports)
    asked = {"rapporteur_id": seats[0][1]}
    opened = await topic.office.post(f"/proposals/{proposal.id}/consensus_reports", asked)
    assert opened.status_code == opens, opened.text
    if opens == 409:
        assert [reason["code"] for reason in opened.json()["reasons"]] == ["too-few-reports"]


async def test_the_impact_of_an_innovation_action_ranks_first(world: World) -> None:
    # Equal sums: by excellence the first would win, by impact, one and a half times, the second.
    scores = (("5", "3", "4"), ("3", "5", "4"))
    ranks = []
    for action in ("RIA", "IA"):
        topic = await evaluated(world, *scores)
        await chosen(topic, {}, {"action_type": action})
        panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
        ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
        if action == "RIA":  # the sums are equal, and the panel finds no difference in coverage
            same = {
                "step": "coverage",
                "order": [[p.id for p in topic.proposals]],
                "reason": "Both cover all.",
            }
            ranked = await topic.office.make(f"/panels/{panel['id']}/settle", same)
        places = {place["proposal_id"]: (place["rank"], place["total"]) for place in ranked["places"]}
        ranks.append([places[proposal.id] for proposal in topic.proposals])
    assert [[rank for rank, _ in places] for places in ranks] == [[1, 2], [2, 1]]
    assert {float(total) for places in ranks for _, total in places} == {12.0}


async def test_a_scheme_that_the_stage_names_holds_for_its_reports(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    rules = await _with_other_criteria(topic)
    await chosen(topic, {"scheme": "two_criteria"}, {})
    who = await an_expert(topic)
    seat = await seated(topic, who, proposal)
    report = await who.actor.make(f"/assignments/{seat}/reports")
    assert sorted(mark["criterion"] for mark in report["marks"]) == ["excellence", "impact"]
    off = await who.actor.patch(f"/reports/{report['id']}/marks/impact", {"score": "5", "comment": "c"}, 1)
    assert [reason["code"] for reason in off.json()["reasons"]] == ["score-not-on-scale"]
    shown = (await who.actor.get(f"/topic_stages/{topic.topic_stage}/conditions")).json()
    assert (shown["scheme"]["code"], shown["scheme"]["most"], len(GOOD)) == ("two_criteria", "4", 3)
    assert rules["scheme"]["most"] == "5"


async def _with_other_criteria(topic: Topic) -> dict[str, Any]:
    """The call has pinned a second scheme, of two criteria from 0 to 4."""
    rules = named("imi2").model_dump(mode="json")
    two = rules["scheme"] | {"code": "two_criteria", "most": "4", "overall_threshold": "6"}
    two["criteria"] = two["criteria"][:2]
    rules["schemes"].append(two)
    async with topic.world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(topic.call)).values(rules=rules))
    return rules
