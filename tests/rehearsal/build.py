"""Copies of Call 21 made small: two of its consortia, a few synthetic proposals, each flaw once."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from app.core import jobs
from app.rehearsal.call_file import FOLDER, CallFile, parsed
from app.rehearsal.play import Played, piece_of, play, prepare
from tests.conftest import World

CALL_21: dict[str, Any] = json.loads((FOLDER / "imi2-call-21.json").read_text(encoding="utf-8"))
REAL: list[dict[str, Any]] = CALL_21["stages"][0]["inflows"][0]["real"]
SMALL = ("DECISION", "RAPID-COVID")
"""They ask for 3.9 and 3.2 million: 7.1 together."""
FLAWS = ("unreadable", "no_plan", "too_few_countries", "not_independent", "out_of_scope")


def call_21() -> dict[str, Any]:
    """The whole file, to be changed."""
    return copy.deepcopy(CALL_21)


def small() -> dict[str, Any]:
    """A small copy, to be changed: 2 consortia, 1 good and 2 weak proposals, one of each flaw, one late."""
    given = call_21()
    given["topics"][0] |= {"envelope": 6_000_000, "raised_to": 8_000_000}
    inflow = given["stages"][0]["inflows"][0]
    inflow["real"] = [real for real in inflow["real"] if real["acronym"] in SMALL]
    inflow["synthetic"] = [
        {"count": 1, "quality": "good", "asks": 1_500_000},
        {"count": 2, "quality": "weak", "asks": 5_000_000},
        *({"count": 1, "flaw": flaw, "asks": 5_000_000} for flaw in FLAWS),
    ]
    inflow |= {"late": 1, "expected": {}}
    return given


def call(given: dict[str, Any]) -> CallFile:
    return parsed(given, "test.json")


async def played(world: World, given: dict[str, Any], seed: int = 1) -> Played:
    """Play a call from its first idea to its last signature."""
    file = call(given)
    async with working(world):
        return await play(piece_of(file), world.client, await prepare(file, world.sessions), seed)


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    """A worker is at work inside, as it is beside a server."""
    worker = asyncio.create_task(jobs.run_worker(jobs.Tools(world.settings, world.sessions)))
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


def order(found: Played, topic: str) -> list[tuple[str, str]]:
    """The ranked list: acronym and outcome, best first."""
    return [(place.acronym, place.outcome) for place in found.lists[topic]]
