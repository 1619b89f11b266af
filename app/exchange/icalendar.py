"""An iCalendar file (RFC 5545) of instants on the Brussels wall; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.calls.rules import BRUSSELS

MEDIA_TYPE = "text/calendar"
WIDEST = 75
"""Octets that a line may have; longer ones are folded (3.1)."""
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# The Union's rule since 1996: the last Sundays of March and October, at 01:00 UTC.
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE"""


@dataclass(frozen=True)
class Event:
    """Something that happens at an instant, or was to. It has changed so many `changes`, last at `stamp`."""

    uid: str
    at: datetime
    summary: str
    text: str
    url: str
    stamp: datetime
    changes: int = 0
    cancelled: bool = False


def calendar(name: str, events: Sequence[Event]) -> bytes:
    """The whole file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calls for proposals//EN", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}", *ZONE.splitlines()]
    for event in events:
        lines += _event(event)
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(event.stamp)}"
    yield f"DTSTART{start(event.at)}"
    yield f"SEQUENCE:{event.changes}"
    if event.cancelled:
        yield "STATUS:CANCELLED"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.text)}"
    yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def start(at: datetime) -> str:
    """An instant as the wall in Brussels shows it; in UTC when the wall shows it for the second time."""
    wall = at.astimezone(BRUSSELS)
    return f":{_utc(at)}" if wall.fold else f";TZID=Europe/Brussels:{wall:%Y%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """TEXT (3.3.11): what has a meaning in a line is led by a backslash, control characters are left out."""
    plain = NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", plain).replace("\n", "\\n")


def folded(line: str) -> str:
    """A content line with its end, folded between characters and never inside one."""
    parts, width = [""], 0
    for char in line:
        size = len(char.encode())
        if width + size > WIDEST:
            parts.append("")
            width = 1  # the space that continues it
        parts[-1] += char
        width += size
    return "\r\n ".join(parts) + "\r\n"
