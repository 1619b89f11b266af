"""Stages on the wire."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.calls.fields import Day, Opening, Pages, Required, SchemeCode, Wall
from app.calls.rule_parts import StageKind
from app.core.schema import Data, EntityRead, ItemRead, Line


class Schedule(Data):
    """A stage: it opens at an instant and closes when the wall in Brussels shows `deadline` (C-01).

    What is left out, the kind of call and its rule set say: the kind of stage, the scheme (by its code), the
    pages of each document at most, the documents without which nothing can be handed in.
    """

    opens_at: Opening
    deadline: Wall
    kind: StageKind | None = None
    scheme: SchemeCode | None = None
    page_limits: Pages = Field(default_factory=dict)
    required_documents: Required | None = None
    evaluation_from: Day | None = None
    evaluation_to: Day | None = None
    decision_on: Day | None = None


class ConfigureStage(Schedule):
    """Any of what a stage was scheduled with; what is left out stays as it is."""

    opens_at: Opening = datetime(2000, 1, 1)
    deadline: Wall = ""
    kind: StageKind = "full"


class Extend(Data):
    """A later deadline for everybody in the stage."""

    deadline: Wall
    reason: Line


class Postpone(Data):
    """The later deadline that a corrigendum brings."""

    deadline: Wall


class StageRead(EntityRead):
    call_id: UUID
    number: int
    kind: str
    opens_at: datetime
    deadline: str
    closes_at: datetime
    scheme: str | None
    page_limits: dict[str, int]
    required_documents: list[str] | None
    evaluation_from: date | None
    evaluation_to: date | None
    decision_on: date | None


class StageItem(ItemRead):
    call_id: UUID
    number: int
    opens_at: datetime
    closes_at: datetime
