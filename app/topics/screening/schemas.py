"""Screenings on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, ItemRead, Paragraph

Score = Annotated[int, Field(ge=0, le=5)]
Why = Annotated[Paragraph, Field(min_length=1)]


class Give(Data):
    """A score against the objectives of the programme, from 0 to 5, with the reason."""

    score: Score
    reason: Why


class Edit(Data):
    score: Score = 0
    reason: Why = ""


class ScreeningRead(EntityRead):
    """`of_version` is the version of the idea that it is about."""

    version: int
    topic_id: UUID
    account_id: UUID
    of_version: int | None
    score: int
    reason: str


class ScreeningItem(ItemRead):
    topic_id: UUID
    account_id: UUID
    of_version: int | None
    score: int
