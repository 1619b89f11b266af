"""The calendar of a call, by a strict reader: the right side of summer time, stable through changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.calls.models import Call, TopicStage
from app.calls.rules import BRUSSELS, instant
from app.exchange.icalendar import Event, calendar, folded, start
from tests.calls.ending import there
from tests.conftest import World
from tests.exchange import ics
from tests.exchange.build import ask, published, put, read_back

pytestmark = pytest.mark.anyio
NOON = datetime(2020, 1, 21, 12, tzinfo=UTC)


def events(content: bytes) -> list[tuple[datetime, dict[str, Any]]]:
    found = ics.parsed(content)
    parts = [part for part in found["parts"] if part["kind"] == "VEVENT"]
    assert len({part["UID"][1] for part in parts}) == len(parts)
    for part in parts:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"} <= set(part)
    return [(ics.instant(found, part), part) for part in parts]


def made(at: datetime, text: str = "Text") -> bytes:
    return calendar("Name", [Event("uid", at, text, text, "http://test", NOON)])


@pytest.mark.parametrize(
    ("wall", "at"),
    [
        ("2020-03-31T17:00", datetime(2020, 3, 31, 15, tzinfo=UTC)),
        ("2019-11-07T17:00", datetime(2019, 11, 7, 16, tzinfo=UTC)),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-03-29T01:59:59", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        ("2026-10-25T01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T03:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_on_the_right_side_of_summer_time(wall: str, at: datetime) -> None:
    assert instant(wall) == at
    ((found, event),) = events(made(at))
    assert found == at
    assert event["DTSTART"] == (
        {"TZID": "Europe/Brussels"},
        f"{datetime.fromisoformat(wall):%Y%m%dT%H%M%S}",
    )


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert start(first) == ";TZID=Europe/Brussels:20261025T023000"
    assert start(first + timedelta(hours=1)) == ":20261025T013000Z"


@given(st.datetimes(datetime(1997, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_the_zone_of_the_file_says_what_the_wall_says(at: datetime) -> None:
    at = at.replace(microsecond=0)
    ((found, _),) = events(made(at))
    wall = at.astimezone(BRUSSELS)
    # Of an hour that comes twice the rules alone give the second; the first is what a TZID means (3.3.5).
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    assert found == at or (twice and abs(found - at) == timedelta(hours=1))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_but_for_control_characters(text: str) -> None:
    ((_, event),) = events(made(NOON, text))
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in plain if c in "\t\n" or not (c < " " or c == "\x7f"))
    assert ics.unescaped(event["SUMMARY"][1]) == ics.unescaped(event["DESCRIPTION"][1]) == kept


@pytest.mark.parametrize(("width", "lines"), [(74, 1), (75, 1), (76, 2), (149, 2), (150, 3)])
def test_a_line_is_folded_at_75_octets(width: int, lines: int) -> None:
    assert folded("x" * width).count("\r\n") == lines
    assert folded("é" * 38).split("\r\n ") == ["é" * 37, "é\r\n"]


async def test_a_calls_calendar_keeps_its_ids_and_counts_its_changes(world: World) -> None:
    office, call = await world.prepared(published)
    reference, key = call["call"]["reference"], call["stage"]["id"]
    opens = datetime(2019, 11, 4, 9, tzinfo=UTC)
    await put(world, call, "stage", opens_at=opens)
    answer = await ask(world, f"/calls/{reference}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (opening, first), (closing, second) = events(answer.content)
    assert (opening, closing) == (opens, datetime(2050, 3, 31, 15, tzinfo=UTC))
    assert [event["UID"][1] for event in (first, second)] == [f"{key}-opening", f"{key}-deadline"]
    assert UUID(key)
    assert ics.unescaped(second["SUMMARY"][1]) == f"{reference}, stage 1: deadline"
    for changes, year in enumerate((2051, 2052), start=1):
        later = {"deadline": f"{year}-01-31T17:00", "reason": "The portal was down."}
        await office.make(f"/stages/{key}/extend", later)
        (_, still), (moved, third) = events((await ask(world, f"/calls/{reference}.ics")).content)
        assert still == first
        assert moved == datetime(year, 1, 31, 16, tzinfo=UTC)
        assert (third["UID"], third["SEQUENCE"][1]) == (second["UID"], str(changes))
        assert third["DTSTAMP"][1] >= second["DTSTAMP"][1]


async def test_a_deadline_that_a_corrigendum_moves_is_a_change_and_a_note_is_none(world: World) -> None:
    office, call = await world.prepared(published)
    reference, path = call["call"]["reference"], f"/calls/{call['call']['id']}/amendments"
    (_, before), (_, closing) = events((await ask(world, f"/calls/{reference}.ics")).content)
    await office.make(path, {"text": "Annex 2 names the wrong form."})
    assert events((await ask(world, f"/calls/{reference}.ics")).content)[1][1] == closing
    later = {"text": "Another scope.", "touches": ["scope"], "deadline": "2051-01-31T17:00"}
    await office.make(path, later)
    (_, opening), (at, moved) = events((await ask(world, f"/calls/{reference}.ics")).content)
    assert (opening, at) == (before, datetime(2051, 1, 31, 16, tzinfo=UTC))
    assert (moved["UID"], moved["SEQUENCE"][1]) == (closing["UID"], "1")
    assert moved["DTSTAMP"][1] >= closing["DTSTAMP"][1]


async def test_a_calendar_of_a_cancelled_call_takes_its_dates_back(world: World) -> None:
    here = await world.prepared(there)
    path = f"/calls/{(await read_back(world, Call, here.call)).reference}.ics"
    before = [event for _, event in events((await ask(world, path)).content)]
    assert ["STATUS" in event for event in before] == [False, False]
    assert (await here.cancel()).status_code == 200
    after = [event for _, event in events((await ask(world, path)).content)]
    for was, now in zip(before, after, strict=True):
        assert (now["STATUS"][1], now["SEQUENCE"][1]) == ("CANCELLED", "1")
        assert (now["UID"], now["DTSTART"]) == (was["UID"], was["DTSTART"])
        assert now["DTSTAMP"][1] >= was["DTSTAMP"][1]


async def test_a_reader_of_calendars_that_others_wrote_reads_the_same(world: World) -> None:
    here = await world.prepared(there)
    call = await read_back(world, Call, here.call)
    title = "Hearts; <minds>, \\ é 你 🧪 " * 5
    await put(world, {"call": {"id": call.id}}, "call", title=title)
    stage = (await read_back(world, TopicStage, here.part)).stage_id
    later = {"deadline": "2051-07-31T17:00", "reason": "The portal was down."}
    await here.office.make(f"/stages/{stage}/extend", later)
    assert (await here.cancel()).status_code == 200
    content = (await ask(world, f"/calls/{call.reference}.ics")).content
    found = Calendar.from_ical(content)
    own = events(content)
    assert [str(part["UID"]) for part in found.events] == [part["UID"][1] for _, part in own]
    assert [part["DTSTART"].dt.astimezone(UTC) for part in found.events] == [at for at, _ in own]
    assert found.events[1]["DTSTART"].dt == datetime(2051, 7, 31, 15, tzinfo=UTC)
    assert [part["SEQUENCE"] for part in found.events] == [1, 2]
    for part in found.events:
        assert (part["DESCRIPTION"], part["STATUS"], part.errors) == (title, "CANCELLED", [])
    assert found.errors == []
