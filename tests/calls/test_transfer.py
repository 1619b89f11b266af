"""A call as a file: out and in again, what differs told beforehand, and nothing half made."""

import asyncio
import copy
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.calls.models import Call, Stage, StageState, TopicStage, TopicStageState
from app.calls.rule_set import rule_sets
from app.core.audit import AuditEvent
from app.topics.models import Topic, TopicState
from tests.build import EUR45M, LONG_AGO, Actor, fresh, person
from tests.calls.test_copies import parts_in, stages_of
from tests.conftest import World
from tests.consortia.build import consortium
from tests.exchange.build import published, put
from tests.proposals.build import submitted
from tests.walls import plain

pytestmark = pytest.mark.anyio


async def exported(office: Actor, made: dict[str, Any]) -> dict[str, Any]:
    answer = await office.get(f"/calls/{made['call']['id']}/export")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def read_in(office: Actor, file: dict[str, Any], *, dry_run: bool = False) -> Any:
    return await office.post("/calls/import", {"file": file, "dry_run": dry_run})


def renamed(file: dict[str, Any], call: str = "C-NEW", topic: str = "T-NEW") -> dict[str, Any]:
    """The same file under other references."""
    new = copy.deepcopy(file)
    new["call"]["reference"] = call
    for number, one in enumerate(new["topics"]):
        was, one["reference"] = one["reference"], f"{topic}-{number}"
        for stage in new["stages"]:
            for part in stage["topics"]:
                part["topic"] = one["reference"] if part["topic"] == was else part["topic"]
    return new


async def counted(world: World) -> list[int]:
    async with world.sessions() as session:
        found = [await session.scalar(select(func.count()).select_from(m)) for m in (AuditEvent, Call, Topic)]
    return [number or 0 for number in found]


async def test_a_file_comes_back_the_same_but_for_references(world: World) -> None:
    office, made = await world.prepared(published)
    texts = {
        "title": "Heart “failure” & <more>",
        "scope": "é 🧪\n\tline",
        "duration_months": 60,
        "patient_need": "P",
    }
    await put(world, made, "topic", action_type="IA", **texts)
    first = renamed(await exported(office, made))
    assert first["topics"][0] | texts == first["topics"][0]
    answer = await read_in(office, first)
    assert answer.status_code == 201, answer.text
    call = answer.json()["call"]
    assert (call["state"], call["reference"], answer.json()["differences"]) == ("preparing", "C-NEW", [])
    assert await exported(office, {"call": call}) == first
    topics = (await office.get("/topics?reference=T-NEW-0")).json()["items"]
    assert [topic["state"] for topic in topics] == ["drafting"]
    (stage,) = await stages_of(office, call["id"])
    assert [part["topic_id"] for part in await parts_in(office, stage["id"])] == [topics[0]["id"]]


async def test_a_file_has_the_pinned_rules_and_announced_money_and_nobody(world: World) -> None:
    office, made = await world.prepared(published)
    applied = await submitted(world, made["topic_stage"]["id"])
    more = {"budget": Decimal(46_000_000), "embargoed": Decimal(1_000_000)}
    await put(world, made, "call", **more)
    await put(world, made, "topic_stage", state=TopicStageState.DECIDED, **more)
    file = await exported(office, made)
    assert list(file) == ["format", "version", "call", "stages", "topics", "rules"]
    assert file["rules"] == rule_sets()["imi2"].model_dump(mode="json")
    assert file["call"]["budget"] == file["stages"][0]["topics"][0]["budget"] == EUR45M
    people = (
        applied.id,
        applied.consortium["id"],
        applied.consortium["name"],
        applied.lead.email,
        "SECRETUM",
    )
    assert [word for word in people if word in json.dumps(file)] == []


async def test_who_may_take_a_file_out_or_in(world: World) -> None:
    office, made = await world.prepared(published)
    path, file = f"/calls/{made['call']['id']}/export", renamed(await exported(office, made))
    for who in (await person(world, "auditor", "auditor"), await person(world, "stranger")):
        assert (await who.get(path)).status_code == 403
        for body in ({"file": file, "dry_run": True}, {"nonsense": 1}):
            assert (await who.post("/calls/import", body)).status_code == 403
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1{path}")).status_code == 401
        assert (await anyone.post("/v1/calls/import", json={})).status_code == 401
    stranger, call = await person(world, "other"), (await read_in(office, file)).json()["call"]
    hidden = await stranger.get(f"/calls/{call['id']}/export")
    missing = await stranger.get(f"/calls/{made['stage']['id']}/export")
    assert hidden.status_code == 404
    assert plain(hidden) == plain(missing)


async def test_a_dry_run_tells_every_difference_and_changes_nothing(world: World) -> None:
    office, made = await world.prepared(published)
    file = await exported(office, made)
    file["topics"][0] |= {"scope": "Another scope.", "duration_months": 13}
    file["topics"].append({"reference": "T-NEW", "title": "New"})
    file["rules"]["version"], file["rules"]["redress_days"] = 99, 31
    file["stages"][0] |= {"deadline": "2020-03-31T17:00", "opens_at": "2020-03-31T15:00:00Z"}
    before = await counted(world)
    answer = await read_in(office, file, dry_run=True)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["dry_run"], told["call"]) == (True, None)
    found = [(d["code"], d["path"].removeprefix("/body/file"), d["blocks"]) for d in told["differences"]]
    assert found == [
        ("rule-set-differs", "/rules/redress_days", False),
        ("rule-set-differs", "/rules/version", False),
        ("reference-taken", "/call/reference", True),
        ("closes-before-it-opens", "/stages/0/deadline", True),
        ("deadline-passed", "/stages/0/deadline", False),
        ("topic-differs", "/topics/0/scope", True),
        ("topic-differs", "/topics/0/duration_months", True),
    ]
    scope, months = told["differences"][-2:]
    assert (scope["here"], scope["file"]) == ("A scope.", "Another scope.")
    assert (months["here"], months["file"]) == ("36", "13")
    refused = await read_in(office, file)
    assert refused.status_code == 409
    assert [r["code"] for r in refused.json()["reasons"]] == [code for code, _, blocks in found if blocks]
    assert await counted(world) == before


async def test_what_does_not_block_is_told_with_what_was_made(world: World) -> None:
    office, made = await world.prepared(published)
    file = await exported(office, made)
    file["call"]["reference"], file["rules"]["version"] = "C-NEW", 99
    file["stages"][0] |= {"deadline": "2020-03-31T17:00", "opens_at": "2020-01-21T09:00:00Z"}
    told = (await read_in(office, file)).json()
    codes = [difference["code"] for difference in told["differences"]]
    assert codes == ["rule-set-differs", "deadline-passed", "topic-exists"]
    (stage,) = await stages_of(office, told["call"]["id"])
    (part,) = await parts_in(office, stage["id"])
    assert part["topic_id"] == made["topic"]["id"]
    listed = (await office.get("/topics")).json()["items"]
    assert [topic["id"] for topic in listed] == [made["topic"]["id"]]


async def test_an_unknown_rule_set_is_named(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    file["call"]["rule_set"] = "ihi9"
    for dry_run in (True, False):
        answer = await read_in(office, file, dry_run=dry_run)
        told = answer.json()["reasons"]
        assert (answer.status_code, [one["path"] for one in told]) == (422, ["/body/file/call/rule_set"])


WRONG: tuple[tuple[tuple[str | int, ...], dict[str, Any], str], ...] = (
    ((), {"people": []}, "/people"),
    (("call",), {"state": "published"}, "/call/state"),
    (("call",), {"budget": 45}, "/call/budget"),
    (("stages", 0), {"closes_at": "x"}, "/stages/0/closes_at"),
    (("stages", 0), {"deadline": "2027-03-28T02:30"}, "/stages/0/deadline"),
    (("stages", 0, "topics", 0), {"topic": "T 1"}, "/stages/0/topics/0/topic"),
    (("stages", 0, "topics", 0), {"topic": "T-0"}, "/stages/0/topics/0/topic"),
    (("topics", 0), {"proposed_by": "x"}, "/topics/0/proposed_by"),
    (("topics", 0), {"title": ""}, "/topics/0/title"),
    (("topics", 0), {"scope": "x" * 100_001}, "/topics/0/scope"),
    (("rules",), {"extra": 1}, "/rules/extra"),
    (("rules", "scheme"), {"extra": 1}, "/rules/scheme/extra"),
    ((), {"version": 2}, "/version"),
    ((), {"format": "csv"}, "/format"),
)


async def test_what_is_wrong_in_a_file_is_refused_with_its_place(world: World) -> None:
    office, made = await world.prepared(published)
    good = renamed(await exported(office, made))
    assert (await read_in(office, good, dry_run=True)).json()["differences"] == []
    before = await counted(world)
    for place, value, path in WRONG:
        here: Any = (file := copy.deepcopy(good))
        for step in place:
            here = here[step]
        here |= value
        for dry_run in (True, False):
            refused = await read_in(office, file, dry_run=dry_run)
            assert refused.status_code == 422
            assert f"/body/file{path}" in [reason["path"] for reason in refused.json()["reasons"]]
    assert await counted(world) == before


async def test_what_stands_twice_is_told_at_each_place(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    file["topics"] *= 2
    file["stages"][0]["topics"] *= 2
    reasons = (await read_in(office, file)).json()["reasons"]
    assert [(r["code"], r["path"].removeprefix("/body/file")) for r in reasons] == [
        ("twice", "/topics/0/reference"),
        ("twice", "/topics/1/reference"),
        ("twice", "/stages/0/topics/0/topic"),
        ("twice", "/stages/0/topics/1/topic"),
    ]


async def test_a_fault_in_the_last_thing_made_leaves_nothing(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    file["stages"][0]["topics"][0]["budget"] = {"amount": "0.00", "currency": "EUR"}
    before = await counted(world)
    assert (await read_in(office, file)).status_code == 409
    assert await counted(world) == before
    file["stages"][0]["topics"][0]["budget"] = EUR45M
    assert (await read_in(office, file)).status_code == 201


async def test_a_file_that_is_too_large_is_not_read(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    long = {"title": "Long", "scope": "x" * 100_000}
    file["topics"] += [{"reference": f"T-{number}", **long} for number in range(11)]
    assert (await read_in(office, file, dry_run=True)).status_code == 413


async def test_a_call_in_preparation_names_its_rules(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    call = (await read_in(office, file)).json()["call"]
    assert (await exported(office, {"call": call}))["rules"]["code"] == "imi2"
    await put(world, {"call": call}, "call", rule_set="gone")
    assert (await exported(office, {"call": call}))["rules"] is None


async def test_the_trail_tells_what_was_made_of_a_file(world: World) -> None:
    office, made = await world.prepared(published)
    call = (await read_in(office, renamed(await exported(office, made)))).json()["call"]
    async with world.sessions() as session:
        wanted = select(AuditEvent.id).where(AuditEvent.act == "import")
        key = await session.scalar(wanted)
        caused = select(AuditEvent.entity, AuditEvent.act, AuditEvent.actor_id).where(
            AuditEvent.cause_id == key
        )
        found = {tuple(row) for row in await session.execute(caused)}
    rows = (("topic", "draft"), ("topic", "edit"), ("stage", "schedule"), ("topic_stage", "include"))
    assert found == {(*row, office.id) for row in rows}
    assert call["published_at"] is None


async def test_an_officer_who_applies_takes_out_no_topic_that_is_hidden_from_them(world: World) -> None:
    """The topic is adopted again, and in a call that nobody outside knows of."""
    office, made = await world.prepared(published)
    await put(world, made, "topic", state=TopicState.ADOPTED)
    again = {"reference": "C-AGAIN", "shift_days": 364}
    call = (await office.make(f"/calls/{made['call']['id']}/copies", again))["call"]
    assert len((await exported(office, {"call": call}))["topics"]) == 1
    await put(world, made, "call", published_at=datetime(2020, 1, 1, tzinfo=UTC))
    applying = await person(world, "applying", "office")
    assert len((await exported(applying, {"call": call}))["topics"]) == 1
    await joins(world, made, applying)
    file = await exported(applying, {"call": call})
    assert (file["topics"], file["stages"][0]["topics"]) == ([], [])
    copied = await applying.post(f"/calls/{call['id']}/copies", again | {"reference": "C-THIRD"})
    assert copied.json()["left_out"] == []


async def test_of_two_imports_at_once_one_is_made_and_nothing_of_the_other(live: World) -> None:
    office, made = await published(live)
    first = renamed(await exported(office, made))
    first["topics"].append({"reference": "T-MORE", "title": "More"})
    second = renamed(first, "C-OTHER")
    second["topics"][1]["reference"] = "T-MORE"
    second["topics"].append({"reference": "A-FIRST", "title": "Locked before the others"})
    before = await counted(live)
    answers = await asyncio.gather(read_in(office, first), read_in(office, second))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    new = 2 if answers[0].status_code == 201 else 3
    assert [now - was for was, now in zip(before, await counted(live), strict=True)][1:] == [1, new]


async def joins(world: World, made: dict[str, Any], who: Actor) -> None:
    """Somebody coordinates a consortium of the topic."""
    await put(world, made, "topic", state=TopicState.IN_CALL)
    await consortium(who, made["topic_stage"]["id"], "BE")
    await put(world, made, "topic", state=TopicState.ADOPTED)


async def test_what_a_call_changes_in_its_rule_set_goes_with_it(world: World) -> None:
    """The second rests on the first; the order of the file is kept."""
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    file["call"]["overrides"] = [
        {"path": "/scheme/most", "value": "6", "reason": "A finer scale."},
        {"path": "/scheme/criteria/0/threshold", "value": "5.5", "reason": "Only the best."},
    ]
    assert [d["path"] for d in (await read_in(office, file, dry_run=True)).json()["differences"]] == [
        "/body/file/rules/scheme"
    ]
    call = (await read_in(office, file)).json()["call"]
    assert [(o["was"], o["value"]) for o in call["overrides"]] == [("5", "6"), ("3", "5.5")]
    again = renamed(await exported(office, {"call": call}), "C-THIRD", "T-THIRD")
    assert again["call"]["overrides"] == file["call"]["overrides"]
    assert again["rules"]["scheme"]["most"] == "6"
    assert (await read_in(office, again)).json()["differences"] == []


async def test_overrides_that_cannot_be_stop_the_file(world: World) -> None:
    office, made = await world.prepared(published)
    file = renamed(await exported(office, made))
    wrong = {"path": "/redress_days", "value": 0, "reason": "None."}
    file["call"]["overrides"] = [wrong]
    (told,) = (await read_in(office, file, dry_run=True)).json()["differences"]
    assert (told["code"], told["here"], told["blocks"]) == ("bad-rules", "/redress_days", True)
    before = await counted(world)
    assert (await read_in(office, file)).status_code == 409
    assert await counted(world) == before
    file["call"]["overrides"] = [wrong | {"value": 20}] * 2
    refused = await read_in(office, file)
    assert [r["path"] for r in refused.json()["reasons"]] == [
        f"/body/file/call/overrides/{number}/path" for number in (0, 1)
    ]


@pytest.mark.parametrize("most", ["stages", "topics", "overrides"])
async def test_a_call_grows_only_as_far_as_a_file_may_hold_it(world: World, most: str) -> None:
    office, made = await world.prepared(published)
    call = (await read_in(office, renamed(await exported(office, made)))).json()["call"]["id"]
    stage = (await stages_of(office, call))[0]["id"]
    async with world.sessions() as session, session.begin():
        if most == "stages":
            for number in range(2, 11):
                more = fresh(Stage, StageState.SCHEDULED, call_id=UUID(call), number=number)
                more.opens_at, more.closes_at = LONG_AGO, LONG_AGO + timedelta(days=1)
                more.deadline = "2000-01-02T01:00"
                session.add(more)
        elif most == "topics":
            for number in range(199):
                topic = fresh(
                    Topic, TopicState.DRAFTING, reference=f"M-{number}", title="M", action_type="RIA"
                )
                part = fresh(TopicStage, TopicStageState.SCHEDULED, stage_id=UUID(stage), topic=topic)
                part.budget = Decimal(1)
                session.add(part)
        else:
            kept = {"value": 20, "was": 30, "reason": "r", "at": str(LONG_AGO)}
            two_hundred = [{"path": f"/countries/{number}/name"} | kept for number in range(200)]
            await session.execute(update(Call).where(Call.id == UUID(call)).values(overrides=two_hundred))
    dates = {"opens_at": "2049-01-10T09:00:00Z", "deadline": "2050-03-31T17:00"}
    part = {"topic_id": made["topic"]["id"], "budget": EUR45M}
    changed = {"path": "/redress_days", "value": 20, "reason": "r"}
    path, body = {
        "stages": (f"/calls/{call}/stages", dates),
        "topics": (f"/stages/{stage}/topic_stages", part),
        "overrides": (f"/calls/{call}/override", changed),
    }[most]
    refused = await office.post(path, body)
    assert refused.status_code == 409
    assert f"too-many-{most}" in [reason["code"] for reason in refused.json()["reasons"]]
    await exported(office, {"call": {"id": call}})
