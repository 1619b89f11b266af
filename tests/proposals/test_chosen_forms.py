"""What a stage asks for of a proposal: its documents, which of them must be there, and nothing else."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from tests.conftest import World
from tests.consortia.build import open_stage
from tests.proposals.build import Applied, complete, pdf, started, upload

pytestmark = pytest.mark.anyio


async def drafted(world: World, **stage: Any) -> Applied:
    """A draft in a stage that has chosen so."""
    applied = await started(world)
    here = select(TopicStage.stage_id).where(TopicStage.id == UUID(applied.topic_stage)).scalar_subquery()
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).where(Stage.id == here).values(**stage))
    return applied


async def blocked(applied: Applied) -> list[str]:
    actions = (await applied.lead.get(applied.path)).json()["actions"]
    return [r["code"] for a in actions if a["name"] == "submit" for r in a["blocked_by"]]


async def test_a_document_of_full_proposals_has_no_place_in_a_short_one(world: World) -> None:
    applied = await drafted(world, kind="short")
    refused = await upload(applied.lead, applied.id, pdf(), "exploitation_plan")
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "no-such-document")
    await complete(applied, ["part_b"])
    assert await blocked(applied) == []
    assert (await applied.lead.post(f"{applied.path}/submit")).status_code == 200


async def test_what_the_stage_requires_is_missing_until_it_is_there(world: World) -> None:
    applied = await drafted(world, required_documents=["exploitation_plan"])
    await complete(applied, [])
    assert await blocked(applied) == ["exploitation_plan-missing"]
    await upload(applied.lead, applied.id, pdf(), "exploitation_plan")
    assert await blocked(applied) == []


async def test_x01_an_issue_of_ethics_without_a_word_is_told_and_blocks_nothing(world: World) -> None:
    applied = await started(world, await open_stage(world, "horizon_europe"))

    async def told(**answers: Any) -> list[tuple[str, bool]]:
        here, version = (
            f"{applied.path}/sections/ethics",
            await applied.lead.get(f"{applied.path}/sections/ethics"),
        )
        said = await applied.lead.patch(here, answers, version.json()["version"])
        assert said.status_code == 200, said.text
        problems = (await applied.lead.get(applied.path)).json()["problems"]
        return [(one["path"], one["blocks"]) for one in problems if one["rule"] == "X-01"]

    assert await told(humans=False) == []
    assert await told(humans=True) == [("/sections/ethics/humans_explained", False)]
    assert await told(humans=True, humans_explained=" ") == [("/sections/ethics/humans_explained", False)]
    assert await told(humans=True, humans_explained="Two hundred adults, with consent.") == []


async def test_page_limits_are_those_of_the_stage(world: World) -> None:
    applied = await drafted(world, page_limits={"part_b": 12})
    told = (await applied.lead.get(f"/topic_stages/{applied.topic_stage}/conditions")).json()
    assert {d["key"]: d["pages"] for d in told["documents"]} == {"part_b": 12, "exploitation_plan": None}
    # Pages beyond the limit are disregarded, not refused (C-20).
    assert (await upload(applied.lead, applied.id, pdf(pages=13))).status_code == 200
