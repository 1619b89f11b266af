"""Affinities of a stage: computed by a job from what was handed in, again only if a text has changed."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.calls.models import Call, Stage
from app.core import jobs
from app.core.clock import machine_now
from app.experts.affinity.measuring import measure
from app.experts.affinity.models import Affinity, Embedding
from app.experts.affinity.queries import model_of
from app.experts.affinity.reactions import forget_affinities
from app.experts.affinity.rules import keywords_in, weights
from app.experts.matching.sentences import installed
from app.experts.models import Expert, Publication
from app.workflow.run import system_act
from tests.conftest import World
from tests.experts.assigning.build import stage

pytestmark = pytest.mark.anyio


async def kept(world: World) -> dict[tuple[str, str], Affinity]:
    async with world.sessions() as session:
        return {
            (str(one.expert_id), str(one.proposal_id)): one for one in await session.scalars(select(Affinity))
        }


async def test_who_has_written_about_it_fits_best_and_the_words_say_why(world: World) -> None:
    here = await world.prepared(stage)
    assert await measure(world.sessions, UUID(here.id)) == 6
    found = await kept(world)
    best = found[here.experts[0].id, here.proposals[0].id]
    assert best.score == max(one.score for one in found.values())
    assert {"asthma", "steroids", "lung"} <= set(best.words)
    assert best.nearest == "Asthma in children"
    assert best.model_version.startswith("scikit-learn ")
    meaning = installed() is not None
    assert best.model == ("tf-idf + all-minilm-l6-v2" if meaning else "tf-idf")
    assert best.weights == weights() | ({} if meaning else {"sentences": 0.0})
    async with world.sessions() as session:
        told = await model_of(session, [best.proposal_id])
    assert told == {
        "affinity": best.model,
        "affinity_version": best.model_version,
        "affinity_weights": best.weights,
    }
    assert found[here.experts[2].id, here.proposals[0].id].score < best.score / 2


async def test_nothing_is_computed_again_unless_a_text_has_changed(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    before = {pair: one.score for pair, one in (await kept(world)).items()}
    assert await measure(world.sessions, UUID(here.id)) == 0
    about = {
        "expert_id": UUID(here.experts[2].id),
        "number": 2,
        "title": "Asthma",
        "abstract": "Asthma in children.",
    }
    async with world.sessions() as session, session.begin():
        session.add(Publication(id=uuid4(), **about))
    assert await measure(world.sessions, UUID(here.id)) == 6
    pair = (here.experts[2].id, here.proposals[0].id)
    assert (await kept(world))[pair].score > before[pair]


async def test_an_expert_without_texts_and_a_stage_without_experts_have_none(world: World) -> None:
    here = await stage(world, experts=0)
    assert await measure(world.sessions, UUID(here.id)) == 0
    assert await measure(world.sessions, uuid4()) == 0


async def test_who_is_forgotten_leaves_no_words_behind(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    async with world.sessions() as session, session.begin():
        expert = await session.get_one(Expert, UUID(here.experts[0].id))
        session.add(Embedding(id=uuid4(), expert_id=expert.id, digest="d", vector=b"v"))
        await session.flush()
        await forget_affinities(expert, system_act(session, machine_now()))
        left = select(func.count()).select_from(Affinity)
        assert await session.scalar(left.where(Affinity.expert_id == expert.id)) == 0
        assert await session.scalar(left) == 4
        vectors = select(func.count()).select_from(Embedding).where(Embedding.expert_id == expert.id)
        assert await session.scalar(vectors) == 0


async def test_a_vector_is_of_an_expert_or_of_a_proposal(world: World) -> None:
    here = await world.prepared(stage)
    both = {"expert_id": UUID(here.experts[0].id), "proposal_id": UUID(here.proposals[0].id)}
    for owners in ({}, both):
        with pytest.raises(IntegrityError, match="ck_embedding_of_one"):
            async with world.sessions() as session, session.begin():
                session.add(Embedding(id=uuid4(), digest="d", vector=b"v", **owners))


async def test_the_rules_of_a_call_say_the_weights(world: World) -> None:
    here = await world.prepared(stage)
    only = {"text": "0", "keywords": "1", "nearest": "1", "sentences": "0"}
    async with world.sessions() as session, session.begin():
        call = (await session.scalars(select(Call).join(Stage).where(Stage.id == UUID(here.id)))).one()
        call.rules = call.rules | {"experts": call.rules["experts"] | {"affinity": only}}
        call.published_at = machine_now()  # what a call has pinned is read once
    await measure(world.sessions, UUID(here.id))
    assert {one.model for one in (await kept(world)).values()} == {"tf-idf"}
    assert next(one.weights for one in (await kept(world)).values()) == {k: float(v) for k, v in only.items()}


async def test_rules_that_say_none_go_by_the_package(world: World) -> None:
    here = await world.prepared(stage)
    async with world.sessions() as session, session.begin():
        call = (await session.scalars(select(Call).join(Stage).where(Stage.id == UUID(here.id)))).one()
        call.rules = call.rules | {"experts": None}
        call.published_at = machine_now()
    assert await measure(world.sessions, UUID(here.id)) == 6


async def test_a_set_asks_for_the_job(live: World) -> None:
    here = await stage(live)
    made = await here.make()
    assert made["unmeasured"] == 6
    await jobs.drain(jobs.Tools(live.settings, live.sessions))
    read = (await here.topic.office.get(f"/assignment_sets/{made['id']}")).json()
    assert read["unmeasured"] == 0


def test_keywords_of_a_form_are_read_wherever_they_stand() -> None:
    answers = {
        "general": {"keywords": "Asthma; lung,  trials\nchildren", "title": "T"},
        "other": {"keywords": 3},
    }
    assert keywords_in(answers) == {"Asthma", "lung", "trials", "children"}
