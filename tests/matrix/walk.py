"""Walking a state of an entity: every act as every kind of actor, each try undone.

The committed matrix is written from a whole walk, which sends every cell. A daily walk sends each read, each
cell that is allowed, each that no table answers for, and of the rest every fifth, or every twentieth of those
who do not even see the subject; for that rest it asks the table, with the names that the database gives the
actor, and what is sent must say the same.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.workflow import asked, mounted
from app.workflow.mounted import MOUNTED
from app.workflow.who import Held
from tests.matrix.acts import Act, Answer, acts, send
from tests.matrix.cast import KINDS, Cast
from tests.matrix.given import BODIES, PARTS
from tests.matrix.poses import POSES

FIFTH, TWENTIETH = 5, 20
NEW = "new"
"""The state in which creations that have no parent are tried."""
FAULTY = (405, 412, 422, 428, 500, 503)
"""What no cell may answer: the matrix sends what is well formed, and nothing breaks."""
Outcomes = dict[str, str]
"""Kinds, separated by spaces, by what came of their try."""


class Looking:
    """Remembers the view that was chosen last, and the names that its reader held."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.view, self.held = "", frozenset[str]()
        chosen = mounted._fullest

        def fullest(views: Any, held: Any) -> Any:
            found = chosen(views, held)
            self.view, self.held = found.__name__, held
            return found

        patch.setattr(mounted, "_fullest", fullest)


class Known:
    """Who a token speaks for, asked once per state: nothing that a try does to it lasts."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        found: dict[str | None, Any] = {}
        authenticate = asked._authenticate[0]

        async def once(session: AsyncSession, token: str | None) -> Any:
            if token not in found:
                found[token] = await authenticate(session, token)
            return found[token]

        patch.setattr(asked, "_authenticate", [once])


@dataclass
class Walk:
    """What came of one state of one entity: the kinds by outcome for each act, and what may never be."""

    cast: Cast
    entity: str
    state: str
    looking: Looking
    whole: bool = True
    sent: int = 0
    found: dict[str, Outcomes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    reads: dict[str, str] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    hidden: bytes = b""

    async def all(self) -> "Walk":
        """Build the subject once and try every cell from there."""
        states: Any = MOUNTED[self.entity].workflow.states
        async with self.cast.connection.begin_nested() as undo:
            self.cast.ids.clear()
            state = next(iter(states)) if self.state == NEW else states(self.state)
            await POSES[self.entity](self.cast, state)
            answer = await send(self.cast, "office", "GET", self._one(uuid4()))
            assert answer.status == 404, answer
            self.hidden = answer.body
            if self.state != NEW:
                await self._read_all()
            for number, act in enumerate(acts()[self.entity], list(states).index(state)):
                if ("{" in act.path) == (self.state != NEW):
                    self.found[act.name] = _grouped(
                        {kind: await self._tried(kind, act, number + n) for n, kind in enumerate(KINDS)}
                    )
            await undo.rollback()
        return self

    def _one(self, key: Any) -> str:
        return f"/v1/{MOUNTED[self.entity].plural}/{key}"

    async def _read_all(self) -> None:
        held: dict[str, list[str]] = defaultdict(list)
        for number, kind in enumerate(KINDS):
            self.reads[kind] = await self._read(kind, number)
            self.held[kind] = self.looking.held if self.reads[kind][0].isalpha() else frozenset()
            for name in self.held[kind]:
                held[name].append(kind)
        self.found["held"] = {name: " ".join(held[name]) for name in sorted(held)}
        self.found["read"] = _grouped(self.reads)

    async def _read(self, kind: str, number: int) -> str:
        """The view in which this kind reads the subject, or the refusal; the list must show the same."""
        key = self.cast.ids[self.entity]
        answer = await send(self.cast, kind, "GET", self._one(key))
        self._judge("read", kind, answer)
        view, reads = self.looking.view, answer.status == 200
        if MOUNTED[self.entity].items and (self.whole or reads or not number % FIFTH):
            listed = await send(self.cast, kind, "GET", f"{self._one('')[:-1]}?page_size=200")
            if reads != (str(key) in {item["id"] for item in listed.content.get("items", ())}):
                self.faults.append(f"{kind} reads {answer.status}, but the list does not say the same")
        return view if reads else answer.word

    async def _tried(self, kind: str, act: Act, number: int) -> str:
        told = self._told(kind, act)
        if told and number % (TWENTIETH if told == "404" else FIFTH) and not self.whole:
            return told
        answer = await self._attempt(kind, act)
        self.sent += 1
        self._judge(act.name, kind, answer)
        if told not in ("", answer.word):
            self.faults.append(f"{act.name} as {kind}: the table says {told}, the application {answer.word}")
        if self.reads.get(kind) == "404" != answer.word:
            self.faults.append(f"{act.name}: {kind} sees nothing, but gets {answer.word}")
        return answer.word

    def _told(self, kind: str, act: Act) -> str:
        """The refusal that the table speaks; nothing where it allows, or where a route asks for itself."""
        if self.state == NEW or self.reads[kind] == "401":
            return ""
        if self.reads[kind] == "404":
            return "404"
        entity, _, name = act.row.partition(".")
        rows = MOUNTED[entity].workflow.rows(name) if act.row else ()
        if not rows or rows[0].custom_route:
            return ""
        workflow, held = MOUNTED[entity].workflow, self.held[kind]
        state = next(s for s in MOUNTED[self.entity].workflow.states if s == self.state)
        here = rows[0] if rows[0].creates else workflow.row(name, state)
        if not any(row.by(held) for row in rows) or (here and not here.by(held)):
            return "401" if kind == "nobody" else "403"
        return "" if here else "409 wrong-state"

    def _judge(self, name: str, kind: str, answer: Answer) -> None:
        if answer.status in FAULTY or (answer.status == 404 and answer.body != self.hidden):
            self.faults.append(f"{name} as {kind}: {answer.status} {answer.body.decode()[:400]}")

    async def _attempt(self, kind: str, act: Act) -> Answer:
        """Try an act and undo it; of two officers the second confirms what the first has asked for."""
        path, body = self._filled(act)
        if self.reads.get(kind) == "404":
            # Nothing to undo, or else a fault: the application has rolled back what it refused.
            return await send(self.cast, kind, act.method, path, body, act.media)
        async with self.cast.connection.begin_nested() as undo:
            if act.second and kind == "second_office":
                await send(self.cast, "office", act.method, path, body, act.media)
            answer = await send(self.cast, kind, act.method, path, body, act.media)
            await undo.rollback()
        return answer

    def _filled(self, act: Act) -> tuple[str, bytes]:
        key, content = str(self.cast.ids[self.entity]), act.example
        path = act.path.replace("{id}", key).replace("{parent_id}", key)
        for name, value in PARTS.get(act.row or act.path, {}).items():
            known = self.cast.key(value) if value in self.cast.ids else value
            path = path.replace(f"{{{name}}}", known)
        assert "{" not in path, f"{path} has a parameter that is not given"
        if (name := act.row or act.path) in BODIES:
            given = BODIES[name](self.cast)
            content = given if isinstance(given, bytes) else {**(content or {}), **given}
        if isinstance(content, bytes):
            return path, content
        return path, b"" if content is None else json.dumps(content).encode()


def _grouped(words: Mapping[str, str]) -> Outcomes:
    found = defaultdict(list)
    for kind in KINDS:
        found[words[kind]].append(kind)
    return {word: " ".join(found[word]) for word in sorted(found)}
