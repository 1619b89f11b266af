"""A request for a review of a proposal's outcome, the committee that weighs it, the money it leads to."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.calls.models import TopicStage
from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.decisions.redress.rules import Remedy
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State

if TYPE_CHECKING:
    from app.decisions.redress.re_evaluation.models import ReEvaluation

Advice = Literal["reject", "re_evaluate", "reinstate"]
Way = Literal["raise_envelope", "move_budget", "reserve_first", "next_call"]
"""What is offered to the committee where the money is spent."""


class RedressState(State):
    FILED = "filed", "Filed"
    ADMITTED = "admitted", "Admitted, before the redress committee"
    DISMISSED = "dismissed", "Dismissed: it is not admissible"
    RECOMMENDED = "recommended", "Recommended on, before the signatory"
    REJECTED = "rejected", "Rejected"
    RE_EVALUATION = "re_evaluation", "Upheld, being evaluated anew"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"
    VOID = "void", "Ended: there is nothing left to review"


OPEN = (RedressState.FILED, RedressState.ADMITTED, RedressState.RECOMMENDED, RedressState.RE_EVALUATION)
"""Where an answer is still due."""


class Redress(Entity, Base):
    """A request for a review (Z-01 to Z-06); a proposal stands in one stage, and has one.

    `last_day` was the last to file it, `answer_due` is the day by which it should be settled. `prepared_by`
    has judged its admissibility. `criteria` are those to be evaluated anew. Where the money is spent, `way`
    is what the committee votes on: `source_id` the topic that money would move from; `promise` are the words
    in which the next call's budget is promised. `rank` is where the new result stands, `place` the rank of
    the frozen list that it shares, or comes behind.
    """

    __tablename__ = "redress"
    __table_args__ = (
        UniqueConstraint("proposal_id", name="uq_redress_once_per_proposal"),
        CheckConstraint("(state = 'settled') = (outcome IS NOT NULL)", name="settled_has_an_outcome"),
        CheckConstraint("(outcome IS NULL) = (remedy IS NULL)", name="outcome_has_a_remedy"),
        CheckConstraint(
            "(state = 'void'"
            " OR (state IN ('rejected', 're_evaluation', 'settled')) = (decided_at IS NOT NULL))"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_has_a_date",
        ),
        CheckConstraint(
            "(state IN ('filed', 'withdrawn', 'void') OR prepared_by IS NOT NULL)"
            " AND (decided_by IS NULL OR decided_by <> prepared_by)"
            " AND (settled_by IS NULL OR settled_by <> prepared_by)",
            name="signatory_did_not_prepare",
        ),
        CheckConstraint(
            "(advice IS NULL) = (advice_text IS NULL) AND (state <> 'recommended' OR advice IS NOT NULL)",
            name="advice_has_a_reason",
        ),
        CheckConstraint("(way = 'move_budget') = (source_id IS NOT NULL)", name="moved_from_a_topic"),
        CheckConstraint(
            "(remedy IS NOT DISTINCT FROM 'next_call') = (promise IS NOT NULL)", name="promised_in_words"
        ),
        CheckConstraint("(rank IS NULL) = (place IS NULL)", name="ranked_has_a_place"),
    )

    if TYPE_CHECKING:
        re_evaluation: Mapped[ReEvaluation | None]
    state: Mapped[RedressState] = state_of(RedressState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    grounds: Mapped[list[str]]
    text: Mapped[str]
    filed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    last_day: Mapped[date | None]
    answer_due: Mapped[date] = mapped_column(index=True)
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    admissibility: Mapped[str | None]
    advice: Mapped[str | None] = one_of(*get_args(Advice), name="advice")
    criteria: Mapped[list[str]] = mapped_column(default=list)
    advice_text: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decision_text: Mapped[str | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None] = one_of("kept", "changed", name="outcome")
    remedy: Mapped[str | None] = one_of(*get_args(Remedy), name="remedy")
    rank: Mapped[int | None]
    place: Mapped[int | None]
    shares_rank: Mapped[bool] = mapped_column(default=False)
    way: Mapped[str | None] = one_of(*get_args(Way), name="way")
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("topic_stage.id"))
    promise: Mapped[str | None]
    proposal: Mapped[Proposal] = relationship(
        lazy="raise", backref=backref("redress", lazy="raise", uselist=False)
    )
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise", foreign_keys=topic_stage_id)
    members: Mapped[list["RedressMember"]] = relationship(
        lazy="raise", back_populates="redress", order_by="RedressMember.named_at"
    )

    @property
    def applying(self) -> list[str]:
        """The organisations of the proposal, by name."""
        return sorted(one.organisation.legal_name for one in self.proposal.consortium.partners)

    @property
    def sitting(self) -> list["RedressMember"]:
        """Who is on its committee now."""
        return [one for one in self.members if one.out_for is None]

    @property
    def declared(self) -> list["RedressMember"]:
        """Those who have declared to be free of conflict."""
        return [one for one in self.sitting if one.declared_at is not None]


class RedressMember(Keyed, Base):
    """Somebody who took no part and weighs the request; reads nothing before declaring."""

    __tablename__ = "redress_member"
    __table_args__ = (UniqueConstraint("redress_id", "account_id", name="uq_redress_member_once"),)

    redress_id: Mapped[UUID] = mapped_column(ForeignKey("redress.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    named_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    out_for: Mapped[str | None]
    redress: Mapped[Redress] = relationship(lazy="raise", back_populates="members")
    account: Mapped[Account] = relationship(lazy="raise")


class RedressFunding(Keyed, Base):
    """Money of a topic that an upheld request has led to, once; never more than the topic has.

    The database counts it with what is selected, under the lock of the topic in its stage.
    """

    __tablename__ = "redress_funding"
    __table_args__ = (
        UniqueConstraint("redress_id", name="uq_redress_funding_once_per_redress"),
        UniqueConstraint("proposal_id", name="uq_redress_funding_once_per_proposal"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
    )

    redress_id: Mapped[UUID] = mapped_column(ForeignKey("redress.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    amount: Mapped[Decimal]
    at: Mapped[datetime]
