"""Playing a story: named people who act through HTTP alone, follow their mail, and share one clock."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2

from app.core.fault import Fault

PASSWORD = "a synthetic person's pass phrase"
LINK = re.compile(r"https?://\S+")
Connect = Callable[[], httpx2.AsyncClient]


class Unexpected(Fault):
    """An answer that the story did not expect; names the request, and what was said."""


@dataclass
class Theatre:
    """Where a story is played: how to reach the server, and how many requests it took."""

    connect: Connect
    requests: int = 0
    people: dict[str, "Person"] = field(default_factory=dict)

    async def send(self, client: httpx2.AsyncClient, method: str, path: str, **more: Any) -> httpx2.Response:
        self.requests += 1
        return await client.request(method, f"/v1{path}", **more)

    async def ask(self, client: httpx2.AsyncClient, method: str, path: str, wanted: int, **more: Any) -> Any:
        """A request that must be answered with the status `wanted`; the body. Raises Unexpected."""
        answer = await self.send(client, method, path, **more)
        if answer.status_code != wanted:
            told = f"{method} {path} was answered {answer.status_code}, not {wanted}: {answer.text[:600]}"
            raise Unexpected(told)
        return answer.json() if answer.content else None

    async def clock(self, to: datetime) -> None:
        """Move process time forward; returns once everything due has been done."""
        async with self.connect() as client:
            await self.ask(client, "POST", "/rehearsal/clock", 200, json={"to": to.isoformat()})

    async def letters(self, address: str) -> list[dict[str, Any]]:
        """What was mailed to an address, newest first."""
        async with self.connect() as client:
            found = await self.ask(client, "GET", "/rehearsal/mail", 200, params={"to": address})
        return list(found["items"])

    async def link(self, address: str, kind: str = "") -> str:
        """The link in the newest mail to an address, of one kind if given. Raises Unexpected."""
        for letter in await self.letters(address):
            found = LINK.search(letter["text"])
            if found and kind in ("", letter["kind"]):
                return found.group()
        raise Unexpected(f"No mail with a link came to {address}.")

    async def enter(self, name: str, link: str = "") -> "Person":
        """Somebody gets an account: registers, unless invited by a link, and follows the mail."""
        address = address_of(name)
        client = self.connect()
        if not link:
            await self.ask(client, "POST", "/auth/register", 202, json={"email": address})
            link = await self.link(address)
        chosen = {"link": link, "name": name, "password": PASSWORD}
        signed = await self.ask(client, "POST", "/auth/activate", 200, json=chosen)
        client.headers["Authorization"] = f"Bearer {signed['access_token']}"
        person = Person(self, name, address, client)
        person.id = (await person.get("/me"))["account"]["id"]
        self.people[name] = person
        return person

    async def close(self) -> None:
        for person in self.people.values():
            await person.client.aclose()


def address_of(name: str) -> str:
    """A synthetic person's address; the domain is reserved for examples."""
    return ".".join(re.findall(r"[a-z0-9]+", name.lower())) + "@people.example"


@dataclass
class Person:
    """Somebody who acts, with a client that carries their token."""

    theatre: Theatre
    name: str
    address: str
    client: httpx2.AsyncClient
    id: str = ""

    async def get(self, path: str, **query: Any) -> Any:
        return await self.theatre.ask(self.client, "GET", path, 200, params=query)

    async def make(self, path: str, **body: Any) -> Any:
        """POST that creates; the new entity."""
        return await self.theatre.ask(self.client, "POST", path, 201, json=body)

    async def act(self, path: str, wanted: int = 200, **body: Any) -> Any:
        """POST that acts; the entity afterwards."""
        more = {"json": body} if body else {}
        return await self.theatre.ask(self.client, "POST", path, wanted, **more)

    async def edit(self, path: str, **body: Any) -> Any:
        """Read the version, then PATCH it; the part or entity afterwards."""
        version = (await self.get(path))["version"]
        headers = {"If-Match": f'"{version}"'}
        return await self.theatre.ask(self.client, "PATCH", path, 200, json=body, headers=headers)

    async def upload(self, path: str, content: bytes) -> Any:
        """PUT a PDF as it is."""
        headers = {"Content-Type": "application/pdf"}
        return await self.theatre.ask(self.client, "PUT", path, 200, content=content, headers=headers)

    async def find(self, path: str, **wanted: Any) -> Any:
        """The one item of a list with these values. Raises Unexpected."""
        items = (await self.get(path, page_size=200))["items"]
        found = [item for item in items if wanted.items() <= item.items()]
        if len(found) != 1:
            raise Unexpected(f"{len(found)} items of {path} are {wanted}, not one.")
        return found[0]
