"""Questions on the wire: whole for the office, one's own, and what everybody reads."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.calls.questions.models import Question
from app.core.schema import Data, EntityRead, Id, ItemRead, LongText, Paragraph, Read

NOTE = (
    "This answer explains the call and its topics; it changes nothing in their text. "
    "What changes is published as an amendment."
)
Words = Annotated[Paragraph, Field(min_length=1)]
Answer = Annotated[LongText, Field(min_length=1, max_length=20_000)]


class AskQuestion(Data):
    """A question about the call, or a topic of it. The office sees who asks; nobody else ever does."""

    text: Words
    topic_id: Id | None = None


class GiveAnswer(Data):
    """An answer; and the question as it is published, where its words would tell who asked."""

    answer: Answer
    question: Words | None = None


class Dismiss(Data):
    reason: Words


class VersionRead(Read):
    number: int
    question: str
    answer: str
    published_at: datetime


class QuestionPublic(EntityRead):
    """A published question; the last of its versions counts."""

    call_id: UUID
    topic_id: UUID | None
    number: int
    versions: list[VersionRead]
    note: str = NOTE


class QuestionOwn(QuestionPublic):
    """One's own question, as far as it has come for others as well."""

    text: str
    reason: str | None

    @model_validator(mode="before")
    @classmethod
    def _masked(cls, source: Any) -> Any:
        return _own(source, "versions", "reason") if isinstance(source, Question) else source


class QuestionRead(QuestionPublic):
    """The whole of it, for the office: also who asked, and the answer that is not yet published."""

    text: str
    asked_by: UUID
    question: str | None
    answer: str | None
    reason: str | None


class QuestionPublicItem(ItemRead):
    call_id: UUID
    topic_id: UUID | None
    number: int


class QuestionOwnItem(QuestionPublicItem):
    text: str

    @model_validator(mode="before")
    @classmethod
    def _masked(cls, source: Any) -> Any:
        return _own(source) if isinstance(source, Question) else source


class QuestionItem(QuestionPublicItem):
    text: str


def _own(source: Question, *more: str) -> dict[str, Any]:
    """Whether the office has an answer ready is told to nobody before it is published to all."""
    names = ("id", "call_id", "topic_id", "number", "text", *more)
    return {name: getattr(source, name) for name in names} | {"state": source.state.applicants}
