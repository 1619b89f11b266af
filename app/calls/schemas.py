"""Calls on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, JsonValue, model_validator

from app.calls.fields import (
    MOST_OVERRIDES,
    Grants,
    Kind,
    Known,
    Pointer,
    bounded,
)
from app.calls.models import Call
from app.core.schema import Data, EntityRead, Euro, ItemRead, Line, Paragraph, Read
from app.topics.schemas import Reference


class PrepareCall(Data):
    """A new call. `budget` in euro, for all its topics; `earlier_grants` by number or acronym (C-13)."""

    reference: Reference
    title: Line
    rule_set: Known
    budget: Euro
    kind: Kind = "single_stage"
    earlier_grants: Grants = Field(default_factory=list)


class Copy(Data):
    """A past call again, under another reference, all its dates so many whole days later on the wall."""

    reference: Reference
    shift_days: Annotated[int, Field(ge=-3_660, le=3_660)]


class EditCall(Data):
    title: Line = ""
    budget: Euro = Decimal(0)
    kind: Kind = "single_stage"
    earlier_grants: Grants = Field(default_factory=list)


class Override(Data):
    """Another value at a place of the rule set (a JSON pointer), for this call, with the reason."""

    path: Annotated[Pointer, Field(examples=["/deadline_time"])]
    value: Annotated[JsonValue, AfterValidator(bounded), Field(examples=["12:00"])]
    reason: Annotated[Paragraph, Field(min_length=1)]


class ImportCall(PrepareCall):
    """A call from a file, with what it changes in its rule set."""

    overrides: Annotated[list[Override], Field(max_length=MOST_OVERRIDES, default_factory=list)]


class Restore(Data):
    """The place whose override is taken back."""

    path: Annotated[Pointer, Field(examples=["/deadline_time"])]


class Reasoned(Data):
    """Why an adopted call goes back into preparation, or one in preparation is given up."""

    reason: Annotated[Paragraph, Field(min_length=1)]


class Because(Data):
    """Why something is taken from applicants: the text of the motion, for the letters and the public."""

    reason: Paragraph


class Raise(Data):
    """What an envelope or a call's budget is raised to, in euro (K-04), and whether it stays inside."""

    budget: Euro
    embargoed: bool


class OverrideRead(Read):
    """A place of the rule set that the call changes: from what, to what, why and when."""

    path: str
    value: JsonValue
    was: JsonValue
    reason: str
    at: datetime


class CallRead(EntityRead):
    version: int
    reference: str
    title: str
    kind: str
    earlier_grants: list[str]
    rule_set: str
    overrides: list[OverrideRead]
    budget: Euro
    published_at: datetime | None


ANNOUNCED = "id state version reference title kind earlier_grants rule_set overrides published_at".split()


def _announced(source: Any) -> Any:
    """Whoever does not run or decide the call reads the budget as announced."""
    if isinstance(source, Call):
        return {**{name: getattr(source, name) for name in ANNOUNCED}, "budget": source.announced}
    return source


class CallPublic(CallRead):
    """A call as anyone may know it: money that was added after a deadline is told with the results."""

    _masked = model_validator(mode="before")(_announced)


class CallItem(ItemRead):
    reference: str
    title: str
