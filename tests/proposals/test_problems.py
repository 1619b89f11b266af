"""The problem list: the same object while drafting and at submission; what blocks is form alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from app.calls.models import Stage, TopicStageState
from app.core.clock import machine_now
from app.proposals.models import Document, Proposal, Section
from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import close, consortium, invited, open_stage, partner
from tests.proposals.build import Applied, pdf, ready, started, submitted, upload

pytestmark = pytest.mark.anyio
BLOCKS = ("title-missing", "abstract-missing", "excellence-missing", "impact-missing", "part_b-missing")


async def listed(applied: Applied) -> list[dict[str, Any]]:
    return list((await applied.lead.get(applied.path)).json()["problems"])


def codes(entries: list[dict[str, Any]], blocks: bool) -> list[str]:
    return [one["code"] for one in entries if one["blocks"] is blocks]


async def test_a_refusal_is_exactly_the_blocking_entries_and_success_carries_the_warnings(
    world: World,
) -> None:
    applied = await started(world, countries=("DE", "FR"))
    shown = await listed(applied)
    assert codes(shown, True)[:2] == ["title-missing", "abstract-missing"]
    refused = (await applied.lead.post(f"{applied.path}/submit")).json()["reasons"]
    plain = [{k: one[k] for k in ("code", "text", "path", "who")} for one in shown if one["blocks"]]
    assert refused == plain
    offered = {a["name"]: a["blocked_by"] for a in (await applied.lead.get(applied.path)).json()["actions"]}
    assert offered["submit"] == plain
    whole = await submitted(world, applied.topic_stage, countries=("DE", "FR"))
    done = (await whole.lead.get(whole.path)).json()
    assert (done["state"], codes(done["problems"], True)) == ("submitted", [])
    (country, *unsigned) = done["problems"]
    assert (country["code"], country["rule"], country["who"]) == ("e-02-not-met", "E-02", "coordinator")
    assert country["text"] == ("One more country is needed, of the member states and associated countries.")
    assert {one["code"] for one in unsigned} == {"not-signed"}


PIECES = st.sets(st.sampled_from(("title", "abstract", "impact", "part_b", "plan", "countries", "time")))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(missing=PIECES)
async def test_it_is_handed_in_if_and_only_if_no_entry_blocks(world: World, missing: set[str]) -> None:
    """Whatever is missing, of form or of what is judged."""
    applied = await ready(world, countries=("DE",) if "countries" in missing else ("DE", "FR", "IT"))
    key = UUID(applied.id)
    async with world.sessions() as session, session.begin():
        for name in missing & {"title", "abstract"}:
            await session.execute(update(Proposal).where(Proposal.id == key).values({name: " "}))
        if "impact" in missing:
            here = (Section.proposal_id == key, Section.key == "impact")
            await session.execute(update(Section).where(*here).values(answers={}))
        for name in {"part_b": ["part_b"], "plan": ["exploitation_plan"]}.items():
            if name[0] in missing:
                gone = delete(Document).where(Document.proposal_id == key, Document.key.in_(name[1]))
                await session.execute(gone)
        if "time" in missing:
            await session.execute(update(Stage).values(closes_at=machine_now() - timedelta(minutes=1)))
    shown = await listed(applied)
    answer = await applied.lead.post(f"{applied.path}/submit")
    assert (answer.status_code == 200) is (codes(shown, True) == [])
    assert bool(codes(shown, True)) is bool(missing & {"title", "abstract", "impact", "part_b", "time"})
    if answer.status_code == 409:
        assert [r["code"] for r in answer.json()["reasons"]] == codes(shown, True)


async def test_what_is_judged_warns_with_its_numbers(world: World) -> None:
    applied = await ready(world, countries=("DE", "FR", "IT"), control_group="One")
    await upload(applied.lead, applied.id, pdf(73))
    async with world.sessions() as session, session.begin():
        here = (Document.proposal_id == UUID(applied.id), Document.key == "exploitation_plan")
        await session.execute(delete(Document).where(*here))
    shown = await listed(applied)
    assert codes(shown, True) == []
    found = {one["rule"]: one for one in shown if one["rule"]}
    assert set(found) == {"M-05", "C-20", "E-06"}
    assert found["C-20"]["text"] == (
        "“Part B: the proposal” has 73 pages; the last 3 beyond 70 are not read."
    )
    assert (found["C-20"]["path"], found["M-05"]["path"]) == (
        "/documents/part_b",
        "/documents/exploitation_plan",
    )
    assert (await applied.lead.post(f"{applied.path}/submit")).status_code == 200


async def test_eligibility_is_told_while_the_consortium_forms_and_the_invited_are_marked(
    world: World,
) -> None:
    here = await open_stage(world)
    lead = await person(world, "lead")
    made = await consortium(lead, here, "DE")

    async def needed() -> list[str]:
        read = (await lead.get(f"/consortia/{made['id']}")).json()
        return [one["text"] for one in read["problems"] if one["rule"] == "E-02"]

    alone = "2 more countries are needed, of the member states and associated countries."
    assert await needed() == [alone]
    await invited(lead, made["id"], "a@example.org", "FR")
    assert await needed() == [alone]
    await invited(lead, made["id"], "b@example.org", "NO")
    assert await needed() == [f"{alone} With the 2 who are invited it would be enough."]
    await partner(world, lead, made["id"], "IT")
    one = "One more country is needed, of the member states and associated countries."
    assert await needed() == [f"{one} With the 2 who are invited it would be enough."]
    await partner(world, lead, made["id"], "US")
    assert len(await needed()) == 1
    await partner(world, lead, made["id"], "ES")
    assert await needed() == []


async def test_it_costs_the_same_however_many_take_part(world: World, counting: Counting) -> None:
    few, many = await ready(world, countries=("DE",)), await ready(world, countries=("DE", "FR", "IT", "ES"))
    for paths in (
        [f"/consortia/{a.consortium['id']}" for a in (few, many)],
        [few.path, many.path],
    ):
        costs = []
        for applied, path in zip((few, many), paths, strict=True):
            with counting() as sent:
                await applied.lead.get(path)
            costs.append(len(sent))
        assert costs[0] == costs[1]


async def test_nobody_outside_the_consortium_reads_the_list(world: World) -> None:
    applied = await submitted(world, countries=("DE",))
    assert await listed(applied)
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    assert "problems" not in (await office.get(applied.path)).json()
    assert (await stranger.get(applied.path)).status_code == 404
    assert (await office.get(f"/consortia/{applied.consortium['id']}")).status_code == 404


async def test_a_draft_never_handed_in_reads_as_expired_and_every_refusal_says_so(world: World) -> None:
    applied = await ready(world)
    other = await submitted(world, applied.topic_stage)
    for one in (applied, other):
        assert (await one.lead.get(one.path)).json()["expired"] is False
    await close(world, TopicStageState.CHECKING)
    read = (await applied.lead.get(applied.path)).json()
    assert (read["state"], read["expired"]) == ("draft", True)
    assert codes(read["problems"], True) == ["deadline-passed"]
    (item,) = (await applied.lead.get("/proposals")).json()["items"]
    assert (item["state"], item["expired"]) == ("draft", True)
    (theirs,) = (await other.lead.get("/proposals")).json()["items"]
    assert theirs["expired"] is False
    version = read["version"]
    for refused in (
        await applied.lead.post(f"{applied.path}/submit"),
        await applied.lead.patch(applied.path, {"title": "Late"}, version),
    ):
        (reason,) = refused.json()["reasons"]
        assert "it has expired, and stays readable for you" in reason["text"]
    assert (await applied.lead.get(f"{applied.path}/sections/impact")).status_code == 200
    office = await person(world, "office", "office")
    assert (await office.get(applied.path)).status_code == 404
