"""The panel of a topic in a stage, and the list it ranks."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

import app.evaluation.consensus.meeting  # noqa: F401  # tables that consensus reports name
from app.calls.models import TopicStage
from app.committee.models import Motion
from app.core.db import Base, Entity, Keyed, state_of
from app.evaluation.consensus.models import Consensus
from app.proposals.models import Proposal, ProposalState
from app.workflow.table import State

if TYPE_CHECKING:
    from app.evaluation.hearing.models import HearingRound


class PanelState(State):
    OPEN = "open", "Open"
    RANKED = "ranked", "Ranked, not closed"
    CLOSED = "closed", "Closed; the list is frozen"
    DISSOLVED = "dissolved", "Dissolved with its call"


WORKING = (PanelState.OPEN, PanelState.RANKED)
RUNNING = (ProposalState.ELIGIBLE, ProposalState.IN_EVALUATION, ProposalState.EVALUATED)


def _listed() -> ColumnElement[bool]:
    """The proposals that the list is made of."""
    return and_(Panel.topic_stage_id == foreign(Proposal.topic_stage_id), Proposal.state.in_(RUNNING))


def _voted_on() -> ColumnElement[bool]:
    """The motions to adopt a list of the panel."""
    return and_(foreign(Motion.subject_id) == Panel.topic_stage_id, Motion.purpose == "adopt_list")


class Panel(Entity, Base):
    """The panel that makes one ranked list (V-19). `digest` is the SHA-256 of the frozen list.

    `cut` says how the overall threshold came about where it follows from the money (V-02).
    """

    __tablename__ = "panel"
    __table_args__ = (
        CheckConstraint("state <> 'closed' OR digest IS NOT NULL", name="closed_has_a_digest"),
        CheckConstraint("state IN ('closed', 'dissolved') OR digest IS NULL", name="open_has_no_digest"),
    )

    state: Mapped[PanelState] = state_of(PanelState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), unique=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    digest: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    if TYPE_CHECKING:
        hearing_rounds: Mapped[list["HearingRound"]]
    cut: Mapped[dict[str, Any] | None]
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    places: Mapped[list["Place"]] = relationship(lazy="raise", back_populates="panel", order_by="Place.rank")
    partings: Mapped[list["PanelParting"]] = relationship(
        lazy="raise", back_populates="panel", order_by="PanelParting.number"
    )
    lists: Mapped[list["FrozenList"]] = relationship(
        lazy="raise", back_populates="panel", order_by="FrozenList.number"
    )
    fallen: Mapped[list["FallenReport"]] = relationship(
        lazy="raise", back_populates="panel", order_by="FallenReport.at"
    )
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_voted_on, viewonly=True, lazy="raise")
    changes: Mapped[list["PanelChange"]] = relationship(
        lazy="raise", back_populates="panel", order_by="PanelChange.number"
    )
    proposals: Mapped[list[Proposal]] = relationship(
        primaryjoin=_listed,
        order_by=Proposal.reference,
        lazy="raise",
        viewonly=True,
    )
    consensuses: Mapped[list[Consensus]] = relationship(
        secondary=Proposal.__table__,
        primaryjoin=_listed,
        secondaryjoin=lambda: foreign(Proposal.id) == Consensus.proposal_id,
        lazy="raise",
        viewonly=True,
    )


class Place(Keyed, Base):
    """A proposal on the list. Below a threshold it has no rank (V-01); equal ranks are ex aequo.

    `weighted` is the sum that ranks are made of. Of those with an equal one, `parted_by` is the step that
    told them apart, `awaits` the one under which the panel is asked (5.5).
    """

    __tablename__ = "panel_place"
    __table_args__ = (
        UniqueConstraint("panel_id", "proposal_id", name="uq_panel_place_once"),
        CheckConstraint("above = (rank IS NOT NULL)", name="ranked_if_above"),
    )

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    rank: Mapped[int | None]
    above: Mapped[bool]
    total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    weighted: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    parted_by: Mapped[str | None]
    awaits: Mapped[str | None]
    scores: Mapped[dict[str, Any]]
    panel: Mapped[Panel] = relationship(lazy="raise", back_populates="places")
    proposal: Mapped[Proposal] = relationship(lazy="raise")


class PanelParting(Keyed, Base):
    """What the panel decided of equals under one step (5.5): groups of ids, best first; only added to."""

    __tablename__ = "panel_parting"
    __table_args__ = (UniqueConstraint("panel_id", "number", name="uq_panel_parting_number"),)

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    number: Mapped[int]
    step: Mapped[str]
    groups: Mapped[list[Any]]
    reason: Mapped[str]
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    panel: Mapped[Panel] = relationship(lazy="raise", back_populates="partings")


class PanelChange(Keyed, Base):
    """What the panel says of one criterion beside a consensus report, which stays as it was (V-19).

    Never changed: of several about the same the last one counts.
    """

    __tablename__ = "panel_change"
    __table_args__ = (
        UniqueConstraint("panel_id", "number", name="uq_panel_change_number"),
        CheckConstraint("score IS NOT NULL OR comment IS NOT NULL", name="changes_something"),
    )

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    number: Mapped[int]
    criterion: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    comment: Mapped[str | None]
    reason: Mapped[str]
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    panel: Mapped[Panel] = relationship(lazy="raise", back_populates="changes")


class FrozenList(Keyed, Base):
    """One version of the list as the panel closed it, kept for good: what it is made of, places, digest.

    `inputs` are empty where it is older than their sealing. Reopened, it counts no more: `fault` is a code of
    the programme's list, `reopened_for` the officer's words.
    """

    __tablename__ = "panel_list"
    __table_args__ = (
        UniqueConstraint("panel_id", "number", name="uq_panel_list_number"),
        CheckConstraint(
            "(reopened_at IS NULL) = (fault IS NULL) AND (fault IS NULL) = (reopened_for IS NULL)",
            name="reopened_has_a_reason",
        ),
    )

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    number: Mapped[int]
    inputs: Mapped[dict[str, Any]]
    places: Mapped[list[Any]]
    digest: Mapped[str]
    closed_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    reopened_for: Mapped[str | None]
    panel: Mapped[Panel] = relationship(lazy="raise", back_populates="lists")


class FallenReport(Keyed, Base):
    """A report that became void after the list that stands on it was closed, until that is reopened."""

    __tablename__ = "panel_fallen_report"
    __table_args__ = (UniqueConstraint("panel_id", "report_id", name="uq_panel_fallen_report_once"),)

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    at: Mapped[datetime]
    taken_up: Mapped[bool] = mapped_column(default=False)
    panel: Mapped[Panel] = relationship(lazy="raise", back_populates="fallen")
