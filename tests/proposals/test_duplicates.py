"""Near-identical proposals: pointed out to the office, one declared the duplicate of the other."""

from asyncio import gather
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.proposals.models import Proposal, ProposalState
from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import close, give_part, open_stage
from tests.decisions.test_findings import letters
from tests.evaluation.build import Topic, in_evaluation
from tests.proposals.build import submitted
from tests.proposals.test_leaving import all_read, both, stands

pytestmark = pytest.mark.anyio
SAME = {"text": "Both say the same in other words."}


async def two(world: World) -> Topic:
    topic = await in_evaluation(world, 2)
    await close(world)
    return topic


async def test_a_duplicate_is_declared_by_two_and_told_with_the_results(world: World) -> None:
    topic = await two(world)
    gone, stays = topic.proposals
    before = await all_read(gone.coordinator, gone.id)
    path, body = f"/proposals/{gone.id}/declare_duplicate", SAME | {"stands_id": stays.id}
    done = await both(topic.office, topic.second, path, body)
    assert (done["state"], done["reason"], done["duplicate_of_id"]) == ("ineligible", "DUPLICATE", stays.id)
    text = f"{SAME['text']} The proposal that stands is {stays.reference}."
    assert done["finding"] == {"rule": "K-10", "text": text}
    (check,) = done["checks"]
    assert (check["rule"], check["inputs"]) == ("K-10", {"stands": stays.reference})
    assert await all_read(gone.coordinator, gone.id) == before
    release = f"/topic_stages/{topic.topic_stage}/release_findings"
    await topic.office.post(release)
    await topic.second.make(release)
    (letter,) = (await letters(world))[gone.coordinator.email]
    assert "Reason DUPLICATE: The proposal was submitted more than once." in letter
    shown = (await gone.coordinator.get(f"/proposals/{gone.id}")).json()
    assert (shown["state"], shown["reason"]) == ("ineligible", "DUPLICATE")


async def test_one_that_stands_is_another_of_the_topic_that_goes_on(world: World) -> None:
    topic, elsewhere = await two(world), await two(world)
    gone, stays = topic.proposals
    path = f"/proposals/{gone.id}/declare_duplicate"

    async def refused(stands_id: str) -> list[str]:
        body = SAME | {"stands_id": stands_id, "text": f"{SAME['text']} {stands_id}"}
        await topic.office.post(path, body)
        answer = await topic.second.post(path, body)
        return [r["code"] for r in answer.json().get("reasons", [])] or [str(answer.status_code)]

    assert await refused(gone.id) == ["no-other"]
    assert await refused(elsewhere.proposals[0].id) == ["no-other"]
    await stands(world, stays.id, ProposalState.WITHDRAWN)
    assert await refused(stays.id) == ["does-not-stand"]


async def test_likely_duplicates_are_pointed_out_to_the_office_alone(
    world: World, counting: Counting
) -> None:
    here = await open_stage(world)
    one, other = await submitted(world, here), await submitted(world, here)
    office = await person(world, "office", "office")
    path = f"/topic_stages/{here}/likely_duplicates"
    with counting() as few:
        (pair,) = (await office.get(path)).json()
    assert {pair["proposal_id"], pair["other_id"]} == {one.id, other.id}
    assert pair["because"] == ["similar_acronym", "similar_title", "similar_abstract"]
    async with world.sessions() as session, session.begin():
        texts = {
            "acronym": "OTHER",
            "title": "Something else",
            "abstract": "Of another thing.",
            "requested": {},
        }
        await session.execute(update(Proposal).where(Proposal.id == UUID(one.id)).values(handed_in=texts))
    third = await submitted(world, here)
    with counting() as many:
        (pair,) = (await office.get(path)).json()
    assert {pair["proposal_id"], pair["other_id"]} == {other.id, third.id}
    assert len(few) == len(many)
    for who in (one.lead, await person(world, "stranger")):
        assert (await who.get(path)).status_code == 404


async def test_an_officer_who_applies_is_pointed_to_nothing(world: World) -> None:
    applied = await submitted(world)
    officer = await person(world, "officer", "office")
    path = f"/topic_stages/{applied.topic_stage}/likely_duplicates"
    assert (await officer.get(path)).status_code == 200
    await give_part(world, applied.consortium["partners"][0]["id"], officer, "contributor")
    assert (await officer.get(path)).status_code == 404


async def test_of_two_that_are_declared_the_other_s_duplicate_at_once_one_stands(live: World) -> None:
    topic = await two(live)
    one, other = topic.proposals
    pairs = ((one, other), (other, one))
    for gone, stays in pairs:
        path = f"/proposals/{gone.id}/declare_duplicate"
        assert (await topic.office.post(path, SAME | {"stands_id": stays.id})).status_code == 202
    answers = await gather(
        *(
            topic.second.post(f"/proposals/{gone.id}/declare_duplicate", SAME | {"stands_id": stays.id})
            for gone, stays in pairs
        )
    )
    assert {a.status_code for a in answers} <= {200, 409, 503}
    async with live.sessions() as session:
        wanted = select(Proposal.state).where(Proposal.id.in_([UUID(one.id), UUID(other.id)]))
        states = sorted(await session.scalars(wanted))
    assert states in (["in_evaluation", "ineligible"], ["in_evaluation", "in_evaluation"])
