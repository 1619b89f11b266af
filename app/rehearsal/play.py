"""Playing a story on a server: found the system, let the clock begin, then nothing but HTTP."""

import time
from dataclasses import dataclass
from typing import Any

from app.core.clock import begin_at
from app.core.db import Sessions
from app.people.cli import found
from app.rehearsal.driver import Connect, Theatre, address_of

FOUNDERS = ("Olga Office", "Oskar Office")


@dataclass
class Played:
    """What came out of a story."""

    facts: dict[str, Any]
    theatre: Theatre
    seconds: float


async def prepare(story: Any, sessions: Sessions) -> list[str]:
    """Set the clock to where the story begins and found the system; gives the founders' links."""
    async with sessions() as session, session.begin():
        await begin_at(session, story.BEGINS)
    links = []
    for number, name in enumerate(FOUNDERS):
        async with sessions() as session, session.begin():
            link, _ = await found(session, address_of(name), name, second=number > 0)
            links.append(link or "")
    return links


async def play(story: Any, connect: Connect, links: list[str], seed: int) -> Played:
    """Play a story against a server that has been prepared for it."""
    theatre = Theatre(connect)
    begun = time.monotonic()
    try:
        founders = [await theatre.enter(name, link) for name, link in zip(FOUNDERS, links, strict=True)]
        facts = await story.tell(theatre, founders, seed)
    finally:
        await theatre.close()
    return Played(facts, theatre, time.monotonic() - begun)
