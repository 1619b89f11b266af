"""Seats on a panel, for which proposals their holders are out, and the items of its agenda."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.evaluation.consensus.meeting import CrossReader
from app.evaluation.consensus.models import Consensus, ConsensusState, Point
from app.evaluation.panel.models import Panel, PanelChange
from app.evaluation.report.models import Report, ReportState
from app.experts.models import Contract
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State

SeatPart = Literal["member", "moderator", "observer"]


class PanelSeatState(State):
    NAMED = "named", "Named"
    LEFT = "left", "No longer on the panel"


class ItemState(State):
    PLANNED = "planned", "On the agenda"
    CURRENT = "current", "Under discussion"
    DECIDED = "decided", "Decided"
    DROPPED = "dropped", "Off the agenda"


class PanelSeat(Entity, Base):
    """Somebody's place on a panel: a member by contract, the moderator of the office, an observer.

    `declared_at`: when a member has declared on the panel's proposals, and reads them from then on.
    """

    __tablename__ = "panel_seat"
    __table_args__ = (
        Index(
            "uq_panel_seat_once", "panel_id", "account_id", unique=True, postgresql_where="state = 'named'"
        ),
        Index(
            "uq_panel_seat_one_moderator",
            "panel_id",
            unique=True,
            postgresql_where="state = 'named' AND part = 'moderator'",
        ),
        CheckConstraint("(part = 'member') = (contract_id IS NOT NULL)", name="member_by_contract"),
    )

    state: Mapped[PanelSeatState] = state_of(PanelSeatState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    part: Mapped[str] = one_of(*get_args(SeatPart), name="part")
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("expert_contract.id"))
    declared_at: Mapped[datetime | None]
    panel: Mapped[Panel] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")
    contract: Mapped[Contract | None] = relationship(lazy="raise")
    exits: Mapped[list["PanelExit"]] = relationship(
        lazy="raise", back_populates="seat", order_by="PanelExit.proposal_id", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        return self.account.name

    def is_out_of(self, proposal_id: UUID) -> bool:
        """Its holder leaves the room for this proposal."""
        return any(one.proposal_id == proposal_id for one in self.exits)


class PanelExit(Keyed, Base):
    """That the holder of a seat is out of the room for a proposal; `path` is why, for the office alone."""

    __tablename__ = "panel_exit"
    __table_args__ = (UniqueConstraint("seat_id", "proposal_id", name="uq_panel_exit_once"),)

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("panel_seat.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    path: Mapped[str]
    seat: Mapped[PanelSeat] = relationship(lazy="raise", back_populates="exits")


class AgendaItem(Entity, Base):
    """A proposal on the agenda of a panel, and what the panel decided of it (V-19)."""

    __tablename__ = "panel_item"
    __table_args__ = (
        Index(
            "uq_panel_item_once",
            "panel_id",
            "proposal_id",
            unique=True,
            postgresql_where="state <> 'dropped'",
        ),
        Index("uq_panel_item_one_current", "panel_id", unique=True, postgresql_where="state = 'current'"),
        CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name="decided_has_an_outcome",
        ),
    )

    state: Mapped[ItemState] = state_of(ItemState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    position: Mapped[int]
    outcome: Mapped[str | None] = one_of("kept", "changed", name="outcome")
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    panel: Mapped[Panel] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    beside: Mapped[list["AgendaItem"]] = relationship(
        primaryjoin=lambda: and_(
            AgendaItem.panel_id == foreign(remote(AgendaItem.panel_id)),
            remote(AgendaItem.id) != AgendaItem.id,
        ),
        viewonly=True,
        uselist=True,
        lazy="raise",
    )
    seats: Mapped[list[PanelSeat]] = relationship(
        primaryjoin=lambda: and_(
            AgendaItem.panel_id == foreign(PanelSeat.panel_id), PanelSeat.state == PanelSeatState.NAMED
        ),
        order_by=PanelSeat.created_at,
        viewonly=True,
        lazy="raise",
    )
    consensuses: Mapped[list[Consensus]] = relationship(
        primaryjoin=lambda: and_(
            AgendaItem.proposal_id == foreign(Consensus.proposal_id),
            Consensus.state.in_((ConsensusState.FINAL, ConsensusState.NO_CONSENSUS)),
        ),
        viewonly=True,
        lazy="raise",
    )
    reports: Mapped[list[Report]] = relationship(
        primaryjoin=lambda: and_(
            AgendaItem.proposal_id == foreign(Report.proposal_id), Report.state == ReportState.SEALED
        ),
        viewonly=True,
        lazy="raise",
    )
    changes: Mapped[list[PanelChange]] = relationship(
        primaryjoin=lambda: and_(
            AgendaItem.panel_id == foreign(PanelChange.panel_id),
            AgendaItem.proposal_id == foreign(PanelChange.proposal_id),
        ),
        order_by=PanelChange.number,
        viewonly=True,
        lazy="raise",
    )

    @property
    def final(self) -> list[Consensus]:
        """The report that the panel may decide on; one on which the experts disagree is only read (V-16)."""
        return [consensus for consensus in self.consensuses if consensus.state == ConsensusState.FINAL]

    @property
    def standing_changes(self) -> list[PanelChange]:
        """What the panel has changed of the report that counts."""
        counts = {consensus.id for consensus in self.final}
        return [change for change in self.changes if change.consensus_id in counts]

    @property
    def reference(self) -> str:
        return self.proposal.reference

    @property
    def acronym(self) -> str:
        return self._said("acronym")

    @property
    def title(self) -> str:
        return self._said("title")

    @property
    def abstract(self) -> str:
        return self._said("abstract")

    def _said(self, name: str) -> str:
        """As it was handed in."""
        return str(self.proposal.handed_in.get(name, ""))

    @property
    def points(self) -> list[Point]:
        return [point for consensus in self.consensuses for point in consensus.points]

    @property
    def majority_view(self) -> str | None:
        return next((consensus.majority_view for consensus in self.consensuses), None)

    @property
    def minority_view(self) -> str | None:
        return next((consensus.minority_view for consensus in self.consensuses), None)

    @property
    def notes(self) -> list[CrossReader]:
        """What experts of other panels have made of it, who keep their seats (V-18)."""
        return [one for consensus in self.consensuses for one in consensus.notes]

    @property
    def leaving(self) -> list[str]:
        """The names of those who are out of the room for it."""
        return sorted(seat.name for seat in self.seats if seat.is_out_of(self.proposal_id))

    @property
    def spread(self) -> list[dict[str, Any]]:
        """By criterion, the lowest and the highest score of the sealed reports."""
        given: dict[str, list[Decimal]] = defaultdict(list)
        for report in self.reports:
            for mark in report.marks:
                if mark.score is not None:
                    given[mark.criterion].append(mark.score)
        return [{"criterion": c, "least": min(some), "most": max(some)} for c, some in sorted(given.items())]
