"""A letter to the coordinator of a proposal, its copies, and who has opened it."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.calls.models import TopicStage
from app.calls.rule_set import pinned
from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.core.outbox import Mail
from app.decisions.letter.rules import Period, period
from app.proposals.models import Proposal
from app.workflow.table import State

Kind = Literal["outcome", "finding", "reserve", "redress", "ending"]
"""What is told: the outcome, what was found before any evaluation, a place on the reserve list, a review,
the end of its call."""


class LetterState(State):
    SENT = "sent", "Sent, not opened yet"
    OPENED = "opened", "Opened"


class Letter(Entity, Base):
    """A letter as it was written, by the SHA-256 of its text and signed; neither ever changes.

    `reviewable`: it tells of the means of redress, so that its period is one to ask for a review in (Z-01).
    """

    __tablename__ = "letter"

    state: Mapped[LetterState] = state_of(LetterState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    kind: Mapped[str] = one_of(*get_args(Kind), name="kind")
    reviewable: Mapped[bool]
    subject: Mapped[str]
    text: Mapped[str]
    digest: Mapped[str]
    signature: Mapped[str]
    proposal: Mapped[Proposal] = relationship(
        lazy="raise",
        backref=backref("letters", lazy="raise", order_by=lambda: (Letter.created_at, Letter.id)),
    )
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    copies: Mapped[list["LetterCopy"]] = relationship(lazy="raise", back_populates="letter")
    openings: Mapped[list["LetterOpening"]] = relationship(
        lazy="raise", back_populates="letter", order_by="LetterOpening.at"
    )

    @property
    def sent_at(self) -> datetime | None:
        """When the first copy was sent."""
        return min((one.mail.sent_at for one in self.copies if one.mail.sent_at is not None), default=None)

    @property
    def opened_at(self) -> datetime | None:
        """When the first of the contacts has opened it."""
        return min((one.at for one in self.openings), default=None)

    @property
    def period(self) -> Period:
        """By the rules that its call has pinned (Z-01)."""
        sent = [one.mail.sent_at for one in self.copies]
        return period(sent, [one.at for one in self.openings], pinned(self.topic_stage.stage.call))

    @property
    def received_on(self) -> date | None:
        return self.period.received_on

    @property
    def last_day(self) -> date | None:
        """The last day to ask for a review, where the letter is one that may be reviewed."""
        return self.period.last_day if self.reviewable else None


class LetterCopy(Keyed, Base):
    """The mail that brought a letter to one of the contacts; the outbox knows when it was sent."""

    __tablename__ = "letter_copy"
    __table_args__ = (UniqueConstraint("mail_id", name="uq_letter_copy_one_per_mail"),)

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letter.id"), index=True)
    mail_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"))
    letter: Mapped[Letter] = relationship(lazy="raise", back_populates="copies")
    mail: Mapped[Mail] = relationship(lazy="raise")


class LetterOpening(Keyed, Base):
    """When one of the contacts has opened a letter: at the first reading, once each."""

    __tablename__ = "letter_opening"
    __table_args__ = (UniqueConstraint("letter_id", "account_id", name="uq_letter_opening_once_each"),)

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letter.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    letter: Mapped[Letter] = relationship(lazy="raise", back_populates="openings")
