"""The kinds of actor that every act is tried as: one person each, with a role or a tie of their own."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.clock import machine_now
from app.core.files import Files
from app.rehearsal.paper import pdf
from tests.build import LONG_AGO, Actor, person
from tests.conftest import World

ROLES: Mapping[str, tuple[str, ...]] = {
    "office": ("office",),
    "second_office": ("office",),
    "signatory": ("signatory",),
    "auditor": ("auditor",),
    "observer": ("observer",),
    "admin": ("admin",),
    "applying_office": ("office",),
}
"""Kinds that hold an appointment; all others get what they have from the thread (`before.py`, `after.py`)."""
SEATS = ("chair", "member", "recused_member", "applying_member", "advisory_member")
APPLICANTS = (
    "coordinator",
    "deputy_contact",
    "partner",
    "contributor",
    "reading_partner",
    "invited_partner",
    "removed_partner",
    "rival",
)
EXPERTS = ("reviewer", "rapporteur", "invited_reviewer", "conflicted_expert", "unassigned_expert")
MORE_EXPERTS = ("second_reviewer", "third_reviewer")
"""Needed for a group that is large enough; they are tried as little as a second partner."""
TOPIC_MAKERS = ("proposer", "consulted")
INDUSTRY = ("industry_lead", "industry_partner")
KINDS = (
    "nobody", "stranger", "subject", *ROLES, "call_auditor", *SEATS, *TOPIC_MAKERS, *INDUSTRY, *APPLICANTS,
    *EXPERTS,
)  # fmt: skip
"""`subject` is the person whom an account, an appointment or a mandate is about,
`call_auditor` the auditor of the thread's call alone."""
PDF = pdf("Part B", pages=1)


@dataclass
class Cast:
    """The people, and the rows that were made for them, by name; the digest of what a release would do."""

    world: World
    connection: AsyncConnection
    document: str = ""
    people: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    preview: str = "0" * 64

    async def add(self, name: str, model: type[Any], /, **values: Any) -> UUID:
        """Insert a row and remember its id by name."""
        key = self.ids[name] = uuid4()
        if "created_at" in model.__table__.c:
            values.setdefault("created_at", LONG_AGO)
        await self.connection.execute(insert(model).values(id=key, **values))
        return key

    async def put(self, name: str, model: type[Any], /, **values: Any) -> None:
        """Change a row."""
        await self.connection.execute(update(model).where(model.id == self.ids[name]).values(**values))

    def key(self, name: str) -> str:
        """The id of a row on the wire; one of nothing if the thread has not come so far."""
        return str(self.ids.get(name) or uuid4())

    def account(self, kind: str) -> UUID:
        return self.people[kind].id


async def gather(world: World, connection: AsyncConnection) -> Cast:
    """Everybody, signed in; and a document in the store."""
    cast = Cast(world, connection)

    async def chunks() -> AsyncIterator[bytes]:
        yield PDF

    cast.document = (await Files(world.settings.files_url).store(chunks(), len(PDF))).digest
    for kind in (*KINDS[1:], *MORE_EXPERTS):
        cast.people[kind] = await person(world, kind.replace("_", "-"), *ROLES.get(kind, ()))
    return cast


def days(number: float) -> datetime:
    """An instant so many days from now."""
    return machine_now() + timedelta(days=number)
