"""Reserve lists on the wire, for those who run or decide the process."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AliasPath, Field

from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Read, Sum


def _in_order(keys: list[UUID]) -> list[UUID]:
    """Both officers name the same, in whatever order."""
    return sorted(set(keys))


class Promote(Data):
    """The proposals that come next on the list: one, or all of one rank."""

    proposal_ids: Annotated[list[Id], Field(min_length=1, max_length=50), AfterValidator(_in_order)]


class WaitingRead(Read):
    proposal_id: UUID = Field(validation_alias="key")
    reference: str
    rank: int
    requested: Euro


class PromotionRead(Read):
    """Who was promoted: with it so much of the envelope was spent."""

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    rank: int
    requested: Euro
    spent: Euro
    envelope: Euro
    at: datetime


class ReserveListRead(EntityRead):
    """A reserve list with the money of its topic.

    `until` is its last second, none if it has no end of its own. `free` is what the envelope has beside what
    is `spent` on the selected that stand. `first` are the next to be promoted, `waiting` all of them.
    """

    topic_stage_id: UUID
    topic_id: UUID
    decision_id: UUID
    until: datetime | None
    ended_at: datetime | None
    envelope: Euro
    spent: Euro
    free: Sum
    first: list[WaitingRead]
    waiting: list[WaitingRead]
    promotions: list[PromotionRead]


class ReserveListItem(ItemRead):
    topic_stage_id: UUID
    topic_id: UUID
    until: datetime | None
