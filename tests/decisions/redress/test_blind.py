"""Whoever evaluates a proposal of a blind stage anew reads what those read who did first, and no name."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import TopicStage, TopicStageState
from app.core.clock import machine_now
from app.decisions.redress.models import Redress, RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationState
from app.proposals.models import UNDER_EVALUATION, Proposal, ProposalState
from app.workflow import following
from tests.build import fresh, person
from tests.conftest import World
from tests.evaluation.blind import ONE, OTHER, blind, name
from tests.evaluation.build import Topic, expert, seated
from tests.evaluation.test_blind import FULL, Answers, mails, naming, walk

pytestmark = pytest.mark.anyio


async def evaluated_anew(topic: Topic) -> str:
    """The results are out; a request on the first proposal is upheld. The path of its new evaluation."""
    officer, signatory = topic.office.id, await person(topic.world, "signatory", "signatory")
    async with topic.world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).values(state=TopicStageState.RELEASED))
        handed = await session.get_one(Proposal, UUID(topic.proposals[0].id))
        handed.state, handed.reason = ProposalState.REJECTED, "BELOW_OVERALL_THRESHOLD"
        handed.released_at = machine_now()
        about: dict[str, Any] = {"proposal_id": handed.id, "topic_id": handed.topic_id}
        asked: dict[str, Any] = {"grounds": ["factual_error"], "text": "Text.", "shares_rank": False}
        asked |= {"filed_by": topic.proposals[0].coordinator.id, "answer_due": date(2090, 1, 1)}
        asked |= {"prepared_by": officer, "admissibility": "Text.", "advice": "re_evaluate"}
        asked |= {"advice_text": "Text.", "decided_by": signatory.id, "decided_at": machine_now()}
        asked |= {"decision_text": "Text.", "criteria": [], "consortium_id": handed.consortium_id}
        redress = fresh(Redress, RedressState.RE_EVALUATION, **about, **asked)
        redress.topic_stage_id = handed.topic_stage_id
        again = fresh(ReEvaluation, ReEvaluationState.WRITING, redress=redress, **about, criteria=["impact"])
        again.old, again.agreed, again.scores, again.round, again.above = {}, {}, {}, 0, False
        session.add(again)
    return f"/re_evaluations/{again.id}"


def of_proposals(answers: Answers, instead: str = UNDER_EVALUATION) -> dict[str, str]:
    """What is told of the proposals themselves, were their state this one."""
    states = f'"state":"{UNDER_EVALUATION}"', f'"state":"{instead}"'
    return {
        path: told.replace(*states) for path, (_, told) in answers.items() if path.startswith("/v1/proposals")
    }


async def test_who_evaluates_anew_reads_what_the_first_read_and_no_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LONGEST", 0.0)
    topic = await blind(world)
    await name(topic)
    first, other = await expert(topic, "first"), await expert(topic, "fresh")
    seat = await seated(topic, first, topic.proposals[0])
    ids = {"proposals": [one.id for one in topic.proposals], "assignments": [seat]}
    read = await walk(first.actor, ids)
    assert len(of_proposals(read)) > 3
    assert naming(read, ONE) == {f"/v1/assignments/{seat}/card"}

    path = await evaluated_anew(topic)
    card = await topic.office.post(f"{path}/seat_expert", {"contract_id": other.contract})
    assert card.status_code == 200, card.text
    ids = {"proposals": ids["proposals"], "re_evaluations": [path.rpartition("/")[2]]}
    assert {f"/v1{path}"} & naming(await walk(topic.office, ids), ONE) == set()
    assert f"/v1/proposals/{ids['proposals'][0]}" in naming(await walk(topic.office, ids), ONE)
    listed = (await other.actor.get(path)).json()
    assert sorted(one["legal_name"] for one in listed["applicants"]) == sorted(
        ["Institute 1", "Institute 2", ONE.organisation, OTHER.organisation]
    )
    assert (listed["title"], listed["abstract"]) == ("Title 1", "Abstract 1.")
    assert {"organisations", "acronym"} & set(listed) == set()

    await other.actor.make(f"{path}/declare_free")
    anew = await walk(other.actor, ids)
    assert naming(anew, ONE) == naming(anew, OTHER) == set()
    assert of_proposals(anew) == of_proposals(read, "rejected")
    told = await mails(world, other.actor)
    assert [word for word in ONE.all if any(word.lower() in one for one in told)] == []


async def test_in_an_open_stage_the_card_names_the_organisations(world: World) -> None:
    topic = await blind(world)
    async with world.sessions() as session, session.begin():
        await session.execute(FULL)
    who = await expert(topic, "fresh")
    path = await evaluated_anew(topic)
    await topic.office.make(f"{path}/seat_expert", {"contract_id": who.contract})
    card = (await who.actor.get(path)).json()
    assert card["organisations"] == ["Institute 1", ONE.organisation]
