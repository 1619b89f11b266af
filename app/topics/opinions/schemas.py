"""Opinions on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, LongText, Paragraph
from app.topics.opinions.models import Outcome


class GiveOpinion(Data):
    """What an advisory body thinks of the draft as it is now."""

    body_id: Id
    outcome: Outcome
    text: Annotated[LongText, Field(min_length=1)]


class WithdrawOpinion(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class OpinionRead(EntityRead):
    """`of_version` is the version of the text that it is about."""

    topic_id: UUID
    body_id: UUID
    number: int
    of_version: int
    outcome: Outcome
    text: str
    attachment_size: int | None
    given_at: datetime
    reason: str | None


class OpinionItem(ItemRead):
    topic_id: UUID
    body_id: UUID
    number: int
    outcome: Outcome
