"""People who act through HTTP alone, follow their mail, share one clock, and work side by side."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import httpx2

from app.core.fault import Fault

PASSWORD = "a pass phrase for rehearsals"
LINK = re.compile(r"https?://\S+")
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=invitations/)[\w-]{30,}")
AT_ONCE = 12
"""How many people are at work at the same time."""
BUSY, WAITS = 503, (1.0, 3.0)
"""The answer of a server that is busy, and the seconds after which it is asked again."""

Connect = Callable[[], httpx2.AsyncClient]
T = TypeVar("T")


class Unexpected(Fault):
    """An answer that the rehearsal did not expect; names the request, and what was said."""


def expect(holds: bool, told: str) -> None:
    """Go on only if it holds. Raises Unexpected, which says what was expected."""
    if not holds:
        raise Unexpected(f"It is not so that {told}.")


@dataclass
class Step:
    """A part of the rehearsal: what it is, how much of it is done, and how long it took."""

    title: str
    total: int
    done: int = 0
    seconds: float = 0.0
    requests: int = 0


Watch = Callable[[Step], None]


@dataclass
class Theatre:
    """Where a call is played: how to reach the server, who acts, and what it took."""

    connect: Connect
    watch: Watch = lambda step: None
    people: dict[str, "Person"] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    times: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.connect()

    @property
    def requests(self) -> int:
        return len(self.times)

    async def send(self, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
        """One request, in somebody's name or in nobody's; its time is kept.

        A server that is busy says so, has done nothing, and is asked again.
        """
        if token:
            more["headers"] = {"Authorization": f"Bearer {token}", **more.get("headers", {})}
        for wait in (*WAITS, None):
            begun = time.perf_counter()
            answer = await self.client.request(method, f"/v1{path}", **more)
            told = f"{method} {KEY.sub('…', path.partition('?')[0])}"
            self.times.append((time.perf_counter() - begun, told))
            if answer.status_code != BUSY or wait is None:
                break
            await asyncio.sleep(wait)
        return answer

    async def ask(self, method: str, path: str, wanted: int, token: str = "", **more: Any) -> Any:
        """A request that must be answered with the status `wanted`; the body. Raises Unexpected."""
        answer = await self.send(method, path, token, **more)
        if answer.status_code != wanted:
            told = f"{method} {path} was answered {answer.status_code}, not {wanted}: {answer.text[:600]}"
            raise Unexpected(told)
        return answer.json() if answer.content else None

    async def clock(self, to: datetime) -> None:
        """Move process time forward; returns once everything due has been done."""
        await self.ask("POST", "/rehearsal/clock", 200, json={"to": to.isoformat()})

    async def letters(self, address: str) -> list[dict[str, Any]]:
        """What was mailed to an address, newest first."""
        return list((await self.ask("GET", "/rehearsal/mail", 200, params={"to": address}))["items"])

    async def link(self, address: str, kind: str = "", about: str = "") -> str:
        """The link in the newest mail to an address, of this kind and about this. Raises Unexpected."""
        for letter in await self.letters(address):
            found = LINK.search(letter["text"])
            if found and kind in ("", letter["kind"]) and about in letter["subject"]:
                return found.group()
        raise Unexpected(f"No mail with a link came to {address}.")

    async def enter(self, name: str, link: str = "", address: str = "") -> "Person":
        """Somebody gets an account: registers, unless invited by a link, and follows the mail."""
        address = address or address_of(name)
        if not link:
            await self.ask("POST", "/auth/register", 202, json={"email": address})
            link = await self.link(address)
        chosen = {"link": link, "name": name, "password": PASSWORD}
        signed = await self.ask("POST", "/auth/activate", 200, json=chosen)
        person = self.people[name] = Person(self, name, address, signed["access_token"])
        return person

    @contextmanager
    def step(self, title: str, total: int = 1) -> Iterator[Step]:
        """A part of the rehearsal, timed, and shown while it goes on."""
        step = Step(title, total)
        self.steps.append(step)
        begun, before = time.monotonic(), self.requests
        self.watch(step)
        yield step
        step.done, step.seconds, step.requests = step.total, time.monotonic() - begun, self.requests - before
        self.watch(step)

    async def together(self, title: str, work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """Do all of it, so many at a time; what came of each, in their order. The first fault ends it."""
        queue = list(work)
        places = asyncio.Semaphore(AT_ONCE)

        async def one(job: Coroutine[Any, Any, T]) -> T:
            async with places:
                found = await job
            step.done += 1
            self.watch(step)
            return found

        with self.step(title, len(queue)) as step:
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(one(job)) for job in queue]
            except BaseExceptionGroup as faults:
                raise faults.exceptions[0] from None
            finally:
                for job in queue:
                    job.close()
        return [task.result() for task in tasks]

    async def close(self) -> None:
        await self.client.aclose()


def address_of(name: str) -> str:
    """A synthetic person's address; the domain is reserved for examples."""
    return ".".join(re.findall(r"[a-z0-9]+", name.lower())) + "@people.example"


@dataclass
class Person:
    """Somebody who acts, with their token."""

    theatre: Theatre
    name: str
    address: str
    token: str
    _id: str = ""

    async def id(self) -> str:
        """The id of the account, asked for once."""
        self._id = self._id or (await self.get("/me"))["account"]["id"]
        return self._id

    async def get(self, path: str, **query: Any) -> Any:
        return await self.theatre.ask("GET", path, 200, self.token, params=query)

    async def make(self, path: str, **body: Any) -> Any:
        """POST that creates; the new entity."""
        return await self.theatre.ask("POST", path, 201, self.token, json=body)

    async def act(self, path: str, wanted: int = 200, /, **body: Any) -> Any:
        """POST that acts; the entity afterwards."""
        more = {"json": body} if body else {}
        return await self.theatre.ask("POST", path, wanted, self.token, **more)

    async def may(self, path: str, **body: Any) -> tuple[Any, list[dict[str, Any]]]:
        """POST that may be refused: the entity, or None and the reasons."""
        answer = await self.theatre.send("POST", path, self.token, json=body)
        if answer.status_code == 409:
            return None, list(answer.json().get("reasons", []))
        if answer.status_code not in (200, 201):
            raise Unexpected(f"POST {path} was answered {answer.status_code}: {answer.text[:600]}")
        return answer.json(), []

    async def both(self, path: str, second: "Person", **body: Any) -> Any:
        """An act of two officers: this one asks, the second confirms; the entity afterwards."""
        await self.act(path, 202, **body)
        return await second.act(path, **body)

    async def edit(self, path: str, version: int, /, **body: Any) -> Any:
        """PATCH the version that was read; the part or entity afterwards."""
        headers = {"If-Match": f'"{version}"'}
        return await self.theatre.ask("PATCH", path, 200, self.token, json=body, headers=headers)

    async def change(self, path: str, **body: Any) -> Any:
        """Read which version there is, then PATCH it."""
        return await self.edit(path, (await self.get(path))["version"], **body)

    async def refused(self, path: str, **body: Any) -> list[str]:
        """POST that must be refused for what is not met; the codes of its reasons. Raises Unexpected."""
        answer = await self.theatre.ask("POST", path, 409, self.token, json=body)
        return sorted(reason["code"] for reason in answer.get("reasons", []))

    async def upload(self, path: str, content: bytes, wanted: int = 200) -> Any:
        """PUT a PDF as it is."""
        headers = {"Content-Type": "application/pdf"}
        return await self.theatre.ask("PUT", path, wanted, self.token, content=content, headers=headers)

    async def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, page after page."""
        items: list[Any] = []
        page: dict[str, str] = {}
        while True:
            found = await self.get(path, page_size=200, **page, **query)
            items += found["items"]
            if not found["next_page_token"]:
                return items
            page = {"page_token": found["next_page_token"]}
