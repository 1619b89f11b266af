"""Which numbers of a rule set are confirmed by public text, and which are not: each is one or the other."""

import re
from collections.abc import Iterator
from typing import Any

from app.calls.rule_parts import Confirmed

NUMBER = re.compile(r"-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{2}:\d{2}")
"""A number, date, day of the year or time of day, written as text."""
APART = ("version", "unconfirmed", "confirmed")


def places(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a JSON value, as a pointer, and what stands there."""
    yield at, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, f"{at}/{key}")


def numbers(given: dict[str, Any]) -> list[str]:
    """Where a number stands."""
    return [
        path
        for name, part in given.items()
        if name not in APART
        for path, one in places(part, f"/{name}")
        if _is_number(one)
    ]


def _is_number(one: Any) -> bool:
    if isinstance(one, str):
        return NUMBER.fullmatch(one) is not None
    return isinstance(one, int | float) and not isinstance(one, bool)


def covers(pattern: str, path: str) -> bool:
    """Whether a pointer, in which `*` is any step, leads to this place or to one above it."""
    steps, way = pattern.split("/"), path.split("/")
    return len(steps) <= len(way) and all(a in ("*", b) for a, b in zip(steps, way, strict=False))


def unsettled(
    given: dict[str, Any], unconfirmed: tuple[str, ...], confirmed: tuple[Confirmed, ...]
) -> Iterator[tuple[str, str]]:
    """Every number that is in neither list or in both, and every entry of a list that leads nowhere."""
    for path in numbers(given):
        doubted = any(covers(pattern, path) for pattern in unconfirmed)
        sourced = any(covers(one.path, path) for one in confirmed)
        if doubted == sourced:
            told = "both confirmed and unconfirmed" if doubted else "neither confirmed nor unconfirmed"
            yield path, f"it is {told}"
    known = [
        path for name, part in given.items() if name not in APART for path, _ in places(part, f"/{name}")
    ]
    entries = [(f"/unconfirmed/{n}", path) for n, path in enumerate(unconfirmed)]
    entries += [(f"/confirmed/{n}/path", one.path) for n, one in enumerate(confirmed)]
    for at, pattern in entries:
        if not any(covers(pattern, path) for path in known):
            yield at, f"{pattern} leads nowhere"
