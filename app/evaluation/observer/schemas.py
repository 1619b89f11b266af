"""Observations on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, Instant, ItemRead, Read
from app.experts.conflicts.schemas import NameConflict
from app.experts.schemas import Card


class NameObserver(Data):
    """Who observes the call, and when it begins and ends."""

    account_id: Id
    starts_at: Instant
    ends_at: Instant


class OwnConflict(NameConflict):
    """A conflict of one's own with a proposal."""

    proposal_id: Id


class Declare(Data):
    """Having read every card: the conflicts there are, and that there are no others."""

    conflicts: Annotated[list[OwnConflict], Field(max_length=500)]
    no_other: Literal[True]


class ObservationRead(EntityRead):
    call_id: UUID
    account_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    declared_at: datetime | None


class ObservationItem(ItemRead):
    call_id: UUID
    account_id: UUID
    starts_at: datetime
    ends_at: datetime


class CardOfProposal(Read):
    proposal_id: UUID
    card: Card


class Cards(Read):
    """What a declaration is about: enough of each proposal to know a conflict, and nothing else."""

    items: list[CardOfProposal]


class ReadingRead(Read):
    """Something of an evaluation that an observer or auditor has read."""

    id: UUID
    at: datetime
    account_id: UUID
    name: str
    role: Literal["observer", "auditor"]
    entity: str
    entity_id: UUID
    proposal_id: UUID | None


class ReadingPage(Read):
    items: list[ReadingRead]
    next_page_token: str | None
