"""Letters on the wire."""

from datetime import date, datetime
from uuid import UUID

from pydantic import AliasPath, Field

from app.core.schema import EntityRead, ItemRead, Read


class CopyRead(Read):
    recipient: str = Field(validation_alias=AliasPath("mail", "recipient"))
    sent_at: datetime | None = Field(validation_alias=AliasPath("mail", "sent_at"))


class OpeningRead(Read):
    account_id: UUID
    at: datetime


class LetterOwn(EntityRead):
    """A letter as those read it to whom it was written; reading it is opening it.

    `received_on` is the day it counts as received, `last_day` the last to ask for a review, until 23:59:59
    in Brussels; none where there is nothing to review. `signature` is verified with the key of the receipts.
    """

    proposal_id: UUID
    topic_stage_id: UUID
    kind: str
    subject: str
    text: str
    digest: str
    signature: str
    written_at: datetime = Field(validation_alias="created_at")
    sent_at: datetime | None
    opened_at: datetime | None
    received_on: date | None
    last_day: date | None


class LetterRead(LetterOwn):
    """The same for those who run the process, with each copy and who has opened it."""

    copies: list[CopyRead]
    openings: list[OpeningRead]


class LetterItem(ItemRead):
    """A letter in a list, which nobody has opened by seeing it there."""

    proposal_id: UUID
    kind: str
    subject: str
    written_at: datetime = Field(validation_alias="created_at")
