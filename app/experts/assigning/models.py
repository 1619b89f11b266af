"""Sets of seats that may become assignments, and the runs that make them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Stage
from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.experts.models import Assignment, Contract
from app.proposals.models import Proposal
from app.workflow.table import State


class SetState(State):
    DRAFT = "draft", "Draft"
    RELEASED = "released", "Released: its seats are proposed"
    UNDONE = "undone", "Undone: its seats are taken back"
    DISCARDED = "discarded", "Discarded"


class RunState(State):
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Running"
    SOLVED = "solved", "Solved, and proved"
    INFEASIBLE = "infeasible", "The rules cannot be kept together"
    STOPPED = "stopped", "Stopped, by time or by hand"
    FAILED = "failed", "Failed"


class AssignmentRun(Entity, Base):
    """One search for panels of a stage, by `terms`; `fixed` are pairs of contract and proposal that it keeps.

    `replaces`: seats that stand are kept wherever that is possible, and who is gone is replaced; `replaced`
    is what came of that. `progress` is written by the worker while it goes on. `figures` are what came of
    the search, `sentences` say it, or why nothing came of it; they name experts by the id of their contract.
    """

    __tablename__ = "assignment_run"
    __table_args__ = (
        CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name="over_has_a_date"),
    )

    state: Mapped[RunState] = state_of(RunState)
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("call_stage.id"), index=True)
    terms: Mapped[dict[str, Any]]
    fixed: Mapped[list[Any]] = mapped_column(default=list)
    replaces: Mapped[bool] = mapped_column(default=False)
    replaced: Mapped[dict[str, Any] | None]
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancel_asked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    models: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sentences: Mapped[list[str]] = mapped_column(default=list)
    stage: Mapped[Stage] = relationship(lazy="raise")
    sets: Mapped[list["AssignmentSet"]] = relationship(
        lazy="raise", back_populates="run", order_by="AssignmentSet.goal"
    )


class AssignmentSet(Versioned, Entity, Base):
    """Seats for the proposals of a stage, judged by `terms`; `goal`: what a run's set has most of.

    `named` and `relieved` are the seats that stood already, of which its release has made rapporteurs or no
    rapporteurs any more: what an undo gives back.
    """

    __tablename__ = "assignment_set"
    __table_args__ = (
        CheckConstraint("(run_id IS NULL) = (goal IS NULL)", name="of_a_run_has_a_goal"),
        CheckConstraint(
            "state NOT IN ('released', 'undone') OR released_at IS NOT NULL", name="released_has_a_date"
        ),
        UniqueConstraint("run_id", "goal", name="uq_assignment_set_once_per_goal"),
    )

    state: Mapped[SetState] = state_of(SetState)
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("call_stage.id"), index=True)
    title: Mapped[str]
    terms: Mapped[dict[str, Any]]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment_run.id"))
    goal: Mapped[str | None] = one_of("total", "worst", name="goal")
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment_set.id"))
    released_at: Mapped[datetime | None]
    named: Mapped[list[str]] = mapped_column(default=list)
    relieved: Mapped[list[str]] = mapped_column(default=list)
    stage: Mapped[Stage] = relationship(lazy="raise")
    run: Mapped[AssignmentRun | None] = relationship(lazy="raise", back_populates="sets")
    seats: Mapped[list["SetSeat"]] = relationship(
        lazy="raise", back_populates="of", cascade="all, delete-orphan"
    )


class SetSeat(Keyed, Base):
    """A seat of a set. `assignment` is what its release has made of it; none where there was one already.

    `rapporteur`: whoever has it is to draft for the panel.
    """

    __tablename__ = "assignment_set_seat"
    __table_args__ = (
        UniqueConstraint("set_id", "proposal_id", "contract_id", name="uq_assignment_set_seat_once"),
        Index(
            "uq_assignment_set_seat_one_rapporteur",
            "set_id",
            "proposal_id",
            unique=True,
            postgresql_where="rapporteur",
        ),
    )

    set_id: Mapped[UUID] = mapped_column(ForeignKey("assignment_set.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    fixed: Mapped[bool] = mapped_column(default=False)
    rapporteur: Mapped[bool] = mapped_column(default=False)
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"), unique=True)
    of: Mapped[AssignmentSet] = relationship(lazy="raise", back_populates="seats")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    contract: Mapped[Contract] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")
