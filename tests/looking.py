"""Asking the same in several worlds, and what is told apart by it."""

import os
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from app.core import envelope
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.people.limits import Limit
from tests.asks import Ask
from tests.matrix.acts import Answer, send
from tests.matrix.cast import APPLICANTS, Cast
from tests.worlds import Fact

Told = tuple[Answer, tuple[Any, ...]]
"""An answer, and what applicants have been mailed once it is given."""


class Asking:
    """Asks as one kind of person after another; in both worlds chance and the clock are the same."""

    def __init__(self, cast: Cast, patch: pytest.MonkeyPatch) -> None:
        self.cast, self.chance, now = cast, random.Random(0), machine_now()
        patch.setattr(os, "urandom", lambda size: self.chance.randbytes(size))
        patch.setattr(random, "_urandom", lambda size: self.chance.randbytes(size))
        patch.setattr(envelope, "machine_now", lambda: now)
        patch.setattr(Limit, "spend", lambda limit, key: None)

    @asynccontextmanager
    async def world(self, *facts: Fact) -> AsyncIterator[None]:
        """The world in which these facts are different."""
        ids = dict(self.cast.ids)
        async with self.cast.connection.begin_nested() as undo:
            for fact in facts:
                await fact(self.cast)
            yield
            await undo.rollback()
        self.cast.ids = ids

    async def look(self, kind: str, wanted: Iterable[Ask]) -> dict[Ask, Told]:
        """Every answer, each from the same state: what an ask has left behind, refused or not, is undone."""
        found, left = {}, list(wanted)[::-1]
        while left:
            async with self.cast.connection.begin_nested() as undo:
                changed = False
                while left and not changed:
                    ask = left.pop()
                    self.chance.seed(0)
                    answer = await send(self.cast, kind, ask.method, ask.path, ask.body, ask.media)
                    changed = ask.acts and answer.status not in (401, 404, 422)
                    found[ask] = answer, await self._mailed() if changed else ()
                await undo.rollback()
        return found

    async def _mailed(self) -> tuple[Any, ...]:
        to = [self.cast.people[kind].email for kind in (*APPLICANTS, "applying_office", "applying_member")]
        mailed = select(Mail.recipient, Mail.subject, Mail.text).where(Mail.recipient.in_(to))
        rows = await self.cast.connection.execute(mailed.order_by(Mail.recipient, Mail.id))
        return tuple(tuple(row) for row in rows)

    async def apart(self, kind: str, wanted: Sequence[Ask], *facts: Fact) -> list[str]:
        """What is answered otherwise in the world where these facts are different."""
        before = await self.look(kind, wanted)
        async with self.world(*facts):
            return unlike(before, await self.look(kind, wanted))


def unlike(one: dict[Ask, Told], other: dict[Ask, Told]) -> list[str]:
    """What was not answered alike, of what was asked in the other world."""
    return [ask.name for ask in other if one[ask] != other[ask]]
