"""The last second of a deadline, to the microsecond, in winter and in summer time (C-01, C-02)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from app.calls.rules import instant
from app.core import envelope
from app.core.clock import machine_now
from tests.calls.living import closes
from tests.conftest import World
from tests.proposals.build import Applied, complete, pdf, ready, started, upload
from tests.proposals.test_races import held, versions, waiting

pytestmark = pytest.mark.anyio
YEAR = machine_now().year + 1
WINTER, SUMMER = f"{YEAR}-01-15T17:00", f"{YEAR}-07-15T17:00"
IN_UTC = {WINTER: datetime(YEAR, 1, 15, 16, tzinfo=UTC), SUMMER: datetime(YEAR, 7, 15, 15, tzinfo=UTC)}
MICROSECOND = timedelta(microseconds=1)
INSTANTS = (-MICROSECOND, timedelta(0), timedelta(seconds=1) - MICROSECOND, timedelta(seconds=1))
"""16:59:59.999999, 17:00:00.000000 and 17:00:00.999999 count, 17:00:01 does not."""
LAST, TOO_LATE = INSTANTS[2:]
both = pytest.mark.parametrize("wall", [WINTER, SUMMER], ids=["winter", "summer"])


class Stamp:
    """The clock by which requests arrive, stopped; what else asks for the time goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        monkeypatch.setattr(envelope, "machine_now", lambda: self.at)


async def due(world: World, applied: Applied, wall: str) -> datetime:
    """Let the deadline be there, and say when that is."""
    at = instant(wall)
    await closes(world, applied.topic_stage, at)
    return at


def said(answer: httpx2.Response) -> tuple[int, list[str]]:
    return answer.status_code, [reason["code"] for reason in answer.json().get("reasons", [])]


COUNTS, PASSED = (200, []), (409, ["deadline-passed"])


def received(answer: httpx2.Response) -> datetime:
    return datetime.fromisoformat(answer.json()["receipt"]["received_at"])


@both
def test_five_in_brussels_is_another_hour_in_winter_than_in_summer(wall: str) -> None:
    assert instant(wall) == IN_UTC[wall]


@both
async def test_the_second_that_the_deadline_names_counts_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    applied = await ready(world, countries=("DE",))
    at = await due(world, applied, wall)
    stamp, answers = Stamp(monkeypatch, at), []
    for number, after in enumerate(INSTANTS):
        stamp.at = at - timedelta(minutes=1)
        version = (await applied.lead.get(applied.path)).json()["version"]
        changed = await applied.lead.patch(applied.path, {"title": f"Title {number}"}, version)
        assert changed.status_code == 200
        stamp.at = at + after
        answers.append(await applied.lead.post(f"{applied.path}/submit"))
    assert [said(answer) for answer in answers] == [COUNTS] * 3 + [PASSED]
    assert [received(answer) - at for answer in answers[:3]] == list(INSTANTS[:3])
    assert await versions(world, applied) == [1, 2, 3]


@both
async def test_what_is_offered_says_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    applied = await ready(world, countries=("DE",))
    at = await due(world, applied, wall)
    stamp, told = Stamp(monkeypatch, at), []
    for after in INSTANTS:
        stamp.at = at + after
        acts = (await applied.lead.get(applied.path)).json()["actions"]
        submit = next(act for act in acts if act["name"] == "submit")
        told.append([reason["code"] for reason in submit["blocked_by"]])
    assert told == [[], [], [], ["deadline-passed"]]


def slowly(stamp: Stamp, body: bytes, last: datetime) -> AsyncIterator[bytes]:
    """A body of which the last byte comes at an instant, long after the first."""

    async def parts() -> AsyncIterator[bytes]:
        yield body[:-1]
        stamp.at = last
        yield body[-1:]

    return parts()


@both
async def test_a_slow_body_counts_by_its_last_byte(
    world: World, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    applied = await ready(world, countries=("DE",))
    at = await due(world, applied, wall)
    answers = []
    for after in (LAST, TOO_LATE):
        stamp = Stamp(monkeypatch, at - timedelta(minutes=1))
        sent: dict[str, Any] = {
            "content": slowly(stamp, b'{"a": 1}', at + after),
            "headers": {"Content-Type": "application/json"},
        }
        answers.append(await applied.lead.client.post(f"/v1{applied.path}/submit", **sent))
    assert [said(answer) for answer in answers] == [COUNTS, PASSED]
    assert received(answers[0]) == at + LAST


@both
async def test_a_document_that_arrives_slowly_counts_by_its_last_byte(
    world: World, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    applied = await started(world, countries=("DE",))
    await complete(applied, ["part_b"])
    at = await due(world, applied, wall)
    answers = []
    for key, after in (("part_b", LAST), ("exploitation_plan", TOO_LATE)):
        stamp = Stamp(monkeypatch, at - timedelta(minutes=1))
        answers.append(await upload(applied.lead, applied.id, slowly(stamp, pdf(3), at + after), key))
    assert [said(answer) for answer in answers] == [COUNTS, PASSED]
    found = (await applied.lead.get(applied.path)).json()["documents"]
    assert [(d["key"], d["pages"]) for d in found] == [("part_b", 3)]


@both
@pytest.mark.parametrize(("after", "told"), [(LAST, COUNTS), (TOO_LATE, PASSED)], ids=["last", "too late"])
async def test_who_waits_for_a_lock_counts_by_when_the_request_came(
    live: World, monkeypatch: pytest.MonkeyPatch, wall: str, after: timedelta, told: tuple[int, list[str]]
) -> None:
    applied = await ready(live, countries=("DE",))
    at = await due(live, applied, wall)
    stamp = Stamp(monkeypatch, at + after)
    async with held(live, applied):
        sending = asyncio.create_task(applied.lead.post(f"{applied.path}/submit"))
        await waiting(live)
        stamp.at = at + timedelta(minutes=5)
    answer = await sending
    assert said(answer) == told
    assert await versions(live, applied) == [1] * (told == COUNTS)
    if told == COUNTS:
        assert received(answer) == at + LAST
