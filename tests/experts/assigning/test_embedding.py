"""Vectors of texts: computed once, kept, and forgotten with the text; skipped where no model is installed."""

import asyncio
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import select, update

from app.core.clock import machine_now
from app.experts.affinity.embedding import vectors_of
from app.experts.affinity.measuring import measure
from app.experts.affinity.models import Affinity, Embedding
from app.experts.affinity.queries import texts_of
from app.experts.affinity.reactions import forget_affinities
from app.experts.matching.sentences import Sentences, installed
from app.experts.models import Expert, ExpertState, Publication
from app.workflow.run import system_act
from tests.conftest import World
from tests.experts.assigning.build import TEXTS, stage

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        installed() is None, reason="the extra of sentences is not installed, and is optional"
    ),
]
MARK = np.full(384, 384**-0.5, "<f4").tobytes()
"""No text means this: where it is found, nothing was computed."""


async def kept(world: World) -> dict[UUID, Embedding]:
    async with world.sessions() as session:
        return {one.id: one for one in await session.scalars(select(Embedding))}


async def mark_all(world: World) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Embedding).values(vector=MARK))


async def add(world: World, expert: str, title: str, abstract: str = "", number: int = 2) -> None:
    about = {"expert_id": UUID(expert), "number": number, "title": title, "abstract": abstract}
    async with world.sessions() as session, session.begin():
        session.add(Publication(id=uuid4(), **about))


async def test_each_text_of_a_stage_is_kept_for_whose_it_is(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    found = (await kept(world)).values()
    assert {str(one.proposal_id) for one in found if one.proposal_id} == {one.id for one in here.proposals}
    assert {str(one.expert_id) for one in found if one.expert_id} == {one.id for one in here.experts}
    said = Sentences().vector("\n".join(TEXTS[0]))
    assert any(np.array_equal(np.frombuffer(one.vector, "<f4"), said) for one in found if one.expert_id)


async def test_what_was_said_before_is_not_computed_again(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    before = await kept(world)
    await mark_all(world)
    await add(world, here.experts[2].id, "Asthma", "Asthma in children.")
    assert await measure(world.sessions, UUID(here.id)) == 6
    after = await kept(world)
    new = after.keys() - before.keys()
    assert len(new) == 1
    assert before.keys() < after.keys()
    assert {one.vector == MARK for key, one in after.items() if key in before} == {True}
    assert all(after[key].vector != MARK and str(after[key].expert_id) == here.experts[2].id for key in new)


async def test_what_another_has_written_too_is_computed_once_and_kept_for_both(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    await mark_all(world)
    await add(world, here.experts[2].id, *TEXTS[0])
    await measure(world.sessions, UUID(here.id))
    theirs = [one for one in (await kept(world)).values() if str(one.expert_id) == here.experts[2].id]
    assert {one.vector for one in theirs} == {MARK}


async def test_what_is_no_longer_said_is_forgotten(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    before = await kept(world)
    async with world.sessions() as session, session.begin():
        theirs = Publication.expert_id == UUID(here.experts[0].id)
        await session.execute(update(Publication).where(theirs).values(title="Sleep"))
    await measure(world.sessions, UUID(here.id))
    after = await kept(world)
    assert len(after) == len(before)
    (gone,) = before.keys() - after.keys()
    assert str(before[gone].expert_id) == here.experts[0].id


async def test_another_version_of_the_model_computes_all_anew(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    before = await kept(world)
    async with world.sessions() as session:
        texts = await texts_of(session, UUID(here.id))
    await vectors_of(world.sessions, texts, ("all-minilm-l6-v2", "another"))
    after = await kept(world)
    assert len(after) == len(before)
    assert not after.keys() & before.keys()


async def test_who_is_forgotten_leaves_no_vector_and_gets_none_afterwards(world: World) -> None:
    here = await world.prepared(stage)
    async with world.sessions() as session:
        texts = await texts_of(session, UUID(here.id))
    await measure(world.sessions, UUID(here.id))
    key = UUID(here.experts[0].id)
    async with world.sessions() as session, session.begin():
        expert = await session.get_one(Expert, key)
        await forget_affinities(expert, system_act(session, machine_now()))
        await session.execute(update(Expert).where(Expert.id == key).values(state=ExpertState.ANONYMISED))
    assert key not in {one.expert_id for one in (await kept(world)).values()}
    model = installed()
    assert model is not None
    await vectors_of(world.sessions, texts, model)  # by a job that had read the texts before
    assert key not in {one.expert_id for one in (await kept(world)).values()}


async def test_meaning_finds_who_shares_no_word(world: World) -> None:
    here = await world.prepared(stage)
    await add(world, here.experts[2].id, "Wheezing toddlers", "Bronchial hyperreactivity of the young.")
    await measure(world.sessions, UUID(here.id))
    async with world.sessions() as session:
        rows = await session.scalars(
            select(Affinity).where(Affinity.proposal_id == UUID(here.proposals[0].id))
        )
        found = {str(one.expert_id): one for one in rows}
    assert found[here.experts[2].id].nearest == "Wheezing toddlers"
    assert found[here.experts[2].id].score > found[here.experts[1].id].score


async def test_two_jobs_at_once_keep_each_vector_once(live: World) -> None:
    here = await stage(live)
    for number in range(30):
        await add(live, here.experts[number % 3].id, f"Trial {number}", number=number + 2)
    both = await asyncio.gather(*(measure(live.sessions, UUID(here.id)) for _ in range(2)))
    assert both == [6, 6]
    found = [(one.expert_id, one.proposal_id, one.digest) for one in (await kept(live)).values()]
    assert len(found) == len(set(found)) >= 35
