"""Observers' reports on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, ItemRead, Line, LongText, Paragraph, Read

Words = Annotated[Paragraph, Field(pattern=r"\S")]
Long = Annotated[LongText, Field(max_length=20_000, pattern=r"\S")]


class Begin(Data):
    """The number of the stage that it is about."""

    stage: Annotated[int, Field(ge=1, le=9, examples=[1])]


class Write(Data):
    """What is sent takes the place of what there is."""

    paragraphs: Annotated[list[Long], Field(max_length=500, default_factory=list)]
    recommendations: Annotated[list[Words], Field(max_length=100, default_factory=list)]


class Because(Data):
    """A passage as it stands in the text, and why."""

    passage: Line
    reason: Words


class SendBack(Data):
    """What is confidential in it."""

    passages: Annotated[list[Because], Field(min_length=1, max_length=100)]


class Answer(Data):
    """What the office says to a recommendation, the first being 0; given again, the last counts."""

    recommendation: Annotated[int, Field(ge=0, le=99)]
    text: Words


class Publish(Data):
    """How it was checked for confidential matter."""

    check: Words


class BecauseRead(Read):
    passage: str
    reason: str


class AnswerRead(Read):
    recommendation: int
    text: str
    at: datetime


class ObserverReportPublished(EntityRead):
    """As anyone reads it; the answers are those of the programme office to the recommendations."""

    call_id: UUID
    number: int
    observer: str
    paragraphs: list[str]
    recommendations: list[str]
    answers: list[AnswerRead]
    published_at: datetime | None


class ObserverReportRead(ObserverReportPublished):
    version: int
    observation_id: UUID
    returned: list[BecauseRead]
    cleared: list[BecauseRead]
    checked: str | None
    submitted_at: datetime | None


class ObserverReportItem(ItemRead):
    call_id: UUID
    stage_id: UUID
