"""Consultations on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, Instant, ItemRead, Line, LongText, Paragraph
from app.topics.consultation.models import About, KindOfBody, Response

Said = Annotated[Paragraph, Field(min_length=1)]


class OpenRound(Data):
    """A round that takes comments from `opens_at` (now, if left out) until `closes_at`.

    From anyone signed in if it is public.
    """

    opens_at: Instant | None = None
    closes_at: Instant
    public: bool = False


class Reschedule(Data):
    """Another end of the round, and why; whoever is asked is told both."""

    closes_at: Instant
    reason: Said


class InviteBody(Data):
    """A body, and the person who speaks for it."""

    account_id: Id
    kind: KindOfBody
    name: Line


class Decline(Data):
    reason: Said


class Give(Data):
    """A comment on a field of the draft, or on the whole; `anonymous` to the public, never to the office."""

    about: About
    text: Annotated[LongText, Field(min_length=1)]
    anonymous: bool = False


class Answer(Data):
    response: Response
    reason: Said


class ConsultationRead(EntityRead):
    topic_id: UUID
    number: int
    of_version: int | None
    opened_at: datetime
    opens_at: datetime
    closes_at: datetime
    public: bool


class ConsultationItem(ItemRead):
    topic_id: UUID
    number: int
    opens_at: datetime
    closes_at: datetime
    public: bool


class ConsultedBodyRead(EntityRead):
    consultation_id: UUID
    account_id: UUID
    kind: KindOfBody
    name: str
    reason: str | None


class ConsultedBodyItem(ItemRead):
    consultation_id: UUID
    kind: KindOfBody
    name: str


class CommentRead(EntityRead):
    consultation_id: UUID
    consulted_body_id: UUID | None
    author_id: UUID
    about: About
    text: str
    anonymous: bool
    attachment_size: int | None
    response: Response | None
    reason: str | None


class CommentItem(ItemRead):
    consultation_id: UUID
    consulted_body_id: UUID | None
    about: About
    response: Response | None
