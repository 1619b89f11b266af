"""A strict reader of iCalendar files (RFC 5545), for what this application writes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^:;,\"]+)*):(.*)")


def unfolded(content: bytes) -> Iterator[str]:
    """The content lines. Every line ends with CRLF, has at most 75 octets, and is whole UTF-8."""
    assert content.endswith(b"\r\n")
    whole = ""
    for raw in content[:-2].split(b"\r\n"):
        assert len(raw) <= 75
        assert b"\n" not in raw
        assert b"\r" not in raw
        line = raw.decode()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line)
        if line.startswith(" "):
            whole += line[1:]
            continue
        if whole:
            yield whole
        whole = line
    yield whole


def parsed(content: bytes) -> dict[str, Any]:
    """The calendar: properties by name as (parameters, value), components inside under `parts`."""
    root: dict[str, Any] = {"parts": []}
    stack = [root]
    for line in unfolded(content):
        found = LINE.fullmatch(line)
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            stack.append({"kind": value, "parts": []})
            stack[-2]["parts"].append(stack[-1])
        elif name == "END":
            assert stack.pop()["kind"] == value
        else:
            assert name not in stack[-1], f"{name} twice"
            stack[-1][name] = (dict(p.split("=") for p in parameters.split(";")[1:]), value)
    (calendar,) = root["parts"]
    assert (calendar["kind"], calendar["VERSION"][1]) == ("VCALENDAR", "2.0")
    assert "PRODID" in calendar
    return dict(calendar)


def unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,\n]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def instant(calendar: dict[str, Any], event: dict[str, Any]) -> datetime:
    """When an event starts, by the file's own VTIMEZONE."""
    parameters, value = event["DTSTART"]
    if value.endswith("Z"):
        assert parameters == {}
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    (zone,) = [part for part in calendar["parts"] if part["kind"] == "VTIMEZONE"]
    assert parameters == {"TZID": zone["TZID"][1]}
    wall, latest = datetime.strptime(value, "%Y%m%dT%H%M%S"), (datetime.min, "")
    for rule in zone["parts"]:
        month = re.fullmatch(r"FREQ=YEARLY;BYMONTH=(\d+);BYDAY=-1SU", rule["RRULE"][1])
        assert month
        first = datetime.strptime(rule["DTSTART"][1], "%Y%m%dT%H%M%S")
        for year in (wall.year - 1, wall.year):
            begins = _last_sunday(year, int(month[1])) + timedelta(hours=first.hour)
            if first <= begins <= wall:
                latest = max(latest, (begins, rule["TZOFFSETTO"][1]))
    hours = int(latest[1][:3])
    return (wall - timedelta(hours=hours)).replace(tzinfo=UTC)
