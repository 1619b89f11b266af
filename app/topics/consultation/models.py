"""Rounds of consultation, the bodies invited to one, the comments given in it."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, exists, func
from sqlalchemy.orm import Mapped, backref, column_property, foreign, mapped_column, relationship

from app.core.db import Base, Entity, one_of, state_of
from app.topics.models import Topic
from app.workflow.table import State

About = Literal[
    "title", "focus_areas", "challenge", "need", "scope", "outcomes", "impact", "beneficiaries",
    "patient_need", "eu_priority", "eu_priority_code", "industry_interest", "industry_contribution",
    "synergies", "industry_consortium", "applicant_expectations", "architecture", "special_conditions",
    "action_type", "duration_months", "projects_expected", "indicative_budget", "indicative_in_kind", "whole",
]  # fmt: skip
"""What a comment may be about: a field of the draft, or the whole."""
KindOfBody = Literal["patients", "regulator", "industry", "states", "other"]
Response = Literal["accepted", "partly", "not_accepted"]


class ConsultationState(State):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed; every comment has its answer"


class ConsultedBodyState(State):
    INVITED = "invited", "Invited to comment"
    DECLINED = "declined", "Has nothing to say"


class CommentState(State):
    GIVEN = "given", "Given, to be answered"
    ANSWERED = "answered", "Answered"


def _unanswered() -> ColumnElement[bool]:
    return and_(foreign(Comment.consultation_id) == Consultation.id, Comment.state == CommentState.GIVEN)


class Consultation(Entity, Base):
    """A round on one version of a topic's draft, opened by the office at `opened_at`.

    Comments are taken from `opens_at` until `closes_at`, if `public` from all who sign in.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        UniqueConstraint("topic_id", "number", name="uq_consultation_number_once_per_topic"),
        Index(
            "uq_consultation_one_open_per_topic", "topic_id", unique=True, postgresql_where="state = 'open'"
        ),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("opens_at >= opened_at", name="opens_once_it_is_there"),
    )

    state: Mapped[ConsultationState] = state_of(ConsultationState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    number: Mapped[int]
    of_version: Mapped[int | None]
    opened_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    public: Mapped[bool]
    topic: Mapped[Topic] = relationship(lazy="raise", backref=backref("rounds", lazy="raise"))
    bodies: Mapped[list["ConsultedBody"]] = relationship(lazy="raise", back_populates="consultation")
    comments: Mapped[list["Comment"]] = relationship(lazy="raise", back_populates="consultation")
    unanswered: Mapped[list["Comment"]] = relationship(
        primaryjoin=_unanswered,
        order_by="(Comment.created_at, Comment.id)",
        viewonly=True,
        lazy="raise",
    )


class ConsultedBody(Entity, Base):
    """A body that is asked for its comments, and the person who speaks for it."""

    __tablename__ = "consulted_body"
    __table_args__ = (
        UniqueConstraint("consultation_id", "account_id", name="uq_consulted_body_one_per_person"),
        CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="declined_has_a_reason"),
    )

    state: Mapped[ConsultedBodyState] = state_of(ConsultedBodyState)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = one_of(*get_args(KindOfBody), name="kind")
    name: Mapped[str]
    reason: Mapped[str | None]
    consultation: Mapped[Consultation] = relationship(lazy="raise", back_populates="bodies")
    comments: Mapped[list["Comment"]] = relationship(lazy="raise", back_populates="body")
    if TYPE_CHECKING:  # said below, of a table that comes after
        has_commented: Mapped[bool]


Index(
    "uq_consulted_body_once_per_round",
    ConsultedBody.consultation_id,
    func.lower(ConsultedBody.name),
    unique=True,
)


class Comment(Entity, Base):
    """A comment on a field of the draft, or on the whole; without a body if its author speaks for none.

    `anonymous`: the public reads it without a name. `attachment`: the SHA-256 of a PDF, for those alone who
    read the comment itself.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("(state = 'answered') = (response IS NOT NULL)", name="answered_has_a_response"),
        CheckConstraint("(response IS NULL) = (reason IS NULL)", name="response_has_a_reason"),
    )

    state: Mapped[CommentState] = state_of(CommentState)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    consulted_body_id: Mapped[UUID | None] = mapped_column(ForeignKey("consulted_body.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    about: Mapped[str] = one_of(*get_args(About), name="about")
    text: Mapped[str]
    anonymous: Mapped[bool] = mapped_column(default=False)
    attachment: Mapped[str | None]
    attachment_size: Mapped[int | None]
    response: Mapped[str | None] = one_of(*get_args(Response), name="response")
    reason: Mapped[str | None]
    consultation: Mapped[Consultation] = relationship(lazy="raise", back_populates="comments")
    body: Mapped[ConsultedBody | None] = relationship(lazy="raise", back_populates="comments")


# Whether it has, not what: a body may give any number of comments.
ConsultedBody.has_commented = column_property(
    exists().where(Comment.consulted_body_id == ConsultedBody.id).correlate_except(Comment)
)
