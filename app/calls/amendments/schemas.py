"""Amendments on the wire: one face, for everybody."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, field_validator

from app.calls.amendments.models import Kind
from app.calls.fields import Wall
from app.core.schema import Data, EntityRead, Euro, ItemRead, Paragraph, Read

Touched = Literal["scope", "eligibility", "budget"]


class Correct(Data):
    """A corrigendum. If it touches anything, the deadline moves: to `deadline`, or by the rules."""

    text: Annotated[Paragraph, Field(min_length=1)]
    touches: Annotated[list[Touched], Field(max_length=3, default_factory=list)]
    deadline: Wall | None = None


class BudgetRead(Read):
    """What the money of a topic was, and what it is, in euro."""

    topic_id: UUID
    old: Euro
    new: Euro

    @field_validator("old", "new", mode="before")
    @classmethod
    def _kept(cls, amount: Any) -> Any:
        return Decimal(amount) if isinstance(amount, str) else amount


class AmendmentRead(EntityRead):
    call_id: UUID
    number: int
    kind: Kind
    reason: str
    touches: list[str]
    stage_id: UUID | None
    topic_id: UUID | None
    old_deadline: datetime | None
    new_deadline: datetime | None
    budgets: list[BudgetRead]
    at: datetime


class AmendmentItem(ItemRead):
    call_id: UUID
    number: int
    kind: Kind
    reason: str
    at: datetime
