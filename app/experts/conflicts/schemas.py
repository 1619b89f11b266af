"""Conflicts of interest and settled identities on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph, Read
from app.topics.programme import programme


def known(code: str) -> str:
    """The code of a situation that the programme knows. Raises ValueError."""
    if code not in programme().conflicts.by_code:
        raise ValueError("The programme knows no such situation.")
    return code


Situation = Annotated[str, Field(max_length=3, examples=["D1"]), AfterValidator(known)]
Said = Annotated[Paragraph, Field(min_length=1)]


class NameConflict(Data):
    """The situation of the model contract, and what it is."""

    situation: Situation
    text: Said


class NameListed(NameConflict):
    """With whom of the list of a blind stage: an organisation, or one of its people by name as listed."""

    organisation_id: Id
    person: Line | None = None


class Concerns(NameConflict):
    """One of the proposals that it is about, and with whom of the list it is."""

    listed: str
    proposal_id: Id
    topic_id: Id


class Record(Data):
    """Who has the conflict, and in which situation; without text it is taken from what data show."""

    account_id: Id
    situation: Situation
    text: Said | None = None


class Detected(Data):
    """What data have come to show."""

    situation: Situation
    fact: str
    path: str


class OfPerson(Data):
    """A conflict of a person with the proposal under which it is kept: declared, or shown by a `fact`."""

    account_id: Id
    situation: Situation
    fact: str | None
    path: str


class Decide(Data):
    """Why it is decided so."""

    reason: Said


class Settle(Data):
    """Whether the expert is this person of a partner, or a name that the expert gave this organisation."""

    person_id: Id | None = None
    name: Line | None = None
    organisation_id: Id | None = None
    same: bool
    reason: Said


class Correct(Data):
    same: bool
    reason: Said


class ConflictItem(ItemRead):
    account_id: UUID | None
    expert_id: UUID | None
    proposal_id: UUID
    situation: str


class ConflictRead(EntityRead):
    account_id: UUID | None
    expert_id: UUID | None
    proposal_id: UUID
    situation: str
    path: str
    reason: str | None


class IdentityItem(ItemRead):
    expert_id: UUID | None
    person_id: UUID | None
    organisation_id: UUID | None
    same: bool


class IdentityRead(EntityRead):
    expert_id: UUID | None
    person_id: UUID | None
    name: str | None
    organisation_id: UUID | None
    same: bool
    reason: str
    settled_by_id: UUID
    settled_at: datetime


class CheckProposals(Data):
    """Proposals of one call."""

    proposal_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class FoundRead(Read):
    """A conflict that there is or would be: the situation, and the path that explains it."""

    situation: str
    disqualifies: bool
    path: str


class OpenRead(Read):
    """Two who may be one, until the office has settled it."""

    kind: str
    expert_id: UUID
    says: str
    person_id: UUID | None
    name: str | None
    organisation_id: UUID | None


class CheckedRead(Read):
    """What stands between the expert and one proposal."""

    proposal_id: UUID
    reference: str
    conflicts: list[FoundRead]
    unresolved: list[OpenRead]


class ChecksRead(Read):
    items: list[CheckedRead]


class OfficialRead(FoundRead):
    """A conflict of somebody who is no expert with one of a call's proposals."""

    account_id: UUID
    name: str
    proposal_id: UUID
    reference: str


class OfficialList(Read):
    items: list[OfficialRead]


class UnresolvedRead(OpenRead):
    """One of a call, with the proposals it may bar from."""

    proposal_ids: list[UUID]


class UnresolvedList(Read):
    items: list[UnresolvedRead]
