"""The reserve list that a release leaves, and whom it has promoted."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.calls.models import TopicStage
from app.core.db import Base, Entity, Keyed, state_of
from app.decisions.models import Decision
from app.decisions.redress.models import Redress, RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluation
from app.decisions.reserve.rules import NOTHING, Turn, Waiting, first_of, turn_by_review
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.proposals.models import Proposal, ProposalState
from app.workflow.table import State


class ReserveListState(State):
    OPEN = "open", "In force"
    ENDED = "ended", "Ended; nobody else is funded from it"


def _here() -> ColumnElement[bool]:
    """The proposals that hold money of the topic, or wait for some."""
    held = (ProposalState.SELECTED, ProposalState.RESERVE)
    return and_(ReserveList.topic_stage_id == foreign(Proposal.topic_stage_id), Proposal.state.in_(held))


def _refused() -> ColumnElement[bool]:
    refused = EthicsScreening.state == EthicsState.NOT_CLEARED
    return and_(ReserveList.topic_id == foreign(EthicsScreening.topic_id), refused)


def _upheld() -> ColumnElement[bool]:
    placed = and_(Redress.state == RedressState.SETTLED, Redress.place.is_not(None))
    return and_(ReserveList.topic_stage_id == foreign(Redress.topic_stage_id), placed)


class ReserveList(Entity, Base):
    """The reserve list of a topic in a stage that is filled by money, from its release on (K-05).

    It is in force until the last second of `until`, without one until it is ended. Ranks are those of the
    decision, or of the result of a review (Z-05); who has left the process keeps the place and takes no
    money, and neither does what ethics stands against (X-03).
    """

    __tablename__ = "reserve_list"
    __table_args__ = (CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_has_a_date"),)

    state: Mapped[ReserveListState] = state_of(ReserveListState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), unique=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"), unique=True)
    until: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    decision: Mapped[Decision] = relationship(lazy="raise")
    promotions: Mapped[list["Promotion"]] = relationship(
        lazy="raise", back_populates="reserve_list", order_by="Promotion.at, Promotion.rank"
    )
    proposals: Mapped[list[Proposal]] = relationship(
        primaryjoin=_here, order_by=Proposal.reference, viewonly=True, lazy="raise"
    )
    refused: Mapped[list[EthicsScreening]] = relationship(primaryjoin=_refused, viewonly=True, lazy="raise")
    upheld: Mapped[list[Redress]] = relationship(primaryjoin=_upheld, viewonly=True, lazy="raise")

    @property
    def waiting(self) -> Sequence[Waiting]:
        """Who may still be promoted, in their turn; a review counts before the list."""
        placed = {one.proposal_id: _placed(one) for one in self.upheld}
        ranks = {line.proposal_id: line.rank for line in self.decision.lines}
        ranks |= {one.proposal_id: one.rank for one in self.upheld}
        out = {screening.proposal_id for screening in self.refused}
        found = [
            Waiting(one.id, one.reference, rank, one.requested, placed.get(one.id))
            for one in self.proposals
            if one.state == ProposalState.RESERVE
            and one.id not in out
            and (rank := ranks.get(one.id)) is not None
        ]
        return sorted(found, key=lambda one: (one.turn, one.reference))

    @property
    def first(self) -> Sequence[Waiting]:
        """Who is next; several if they have one rank."""
        return first_of(self.waiting)

    @property
    def envelope(self) -> Decimal:
        """The money of the topic now, after all raises and moves."""
        return self.topic_stage.budget

    @property
    def spent(self) -> Decimal:
        """What the selected that still stand ask for, whether their grant is signed or not."""
        standing = (one.requested for one in self.proposals if one.state == ProposalState.SELECTED)
        return sum(standing, NOTHING)

    @property
    def free(self) -> Decimal:
        """What the envelope has beside that."""
        return self.envelope - self.spent


def _placed(redress: Redress) -> Turn:
    again: ReEvaluation | None = redress.re_evaluation
    assert redress.place is not None
    weighted = NOTHING if again is None or again.weighted is None else again.weighted
    first = redress.remedy == "first_on_reserve"
    return turn_by_review(redress.place, redress.shares_rank, weighted, first=first)


class Promotion(Keyed, Base):
    """A proposal that was selected from the reserve list, and out of which envelope; only ever added to."""

    __tablename__ = "reserve_promotion"
    __table_args__ = (
        UniqueConstraint("proposal_id", name="uq_reserve_promotion_once_per_proposal"),
        CheckConstraint("spent <= envelope", name="promoted_within_the_envelope"),
    )

    reserve_list_id: Mapped[UUID] = mapped_column(ForeignKey("reserve_list.id"), index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    rank: Mapped[int]
    requested: Mapped[Decimal]
    spent: Mapped[Decimal]
    envelope: Mapped[Decimal]
    at: Mapped[datetime]
    reserve_list: Mapped[ReserveList] = relationship(lazy="raise", back_populates="promotions")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
