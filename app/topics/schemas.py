"""Topics on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.schema import Data, EntityRead, Euro, ItemRead, Line, LongText

Reference = Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
ActionType = Literal["RIA", "IA", "CSA"]
Months = Annotated[int, Field(ge=1, le=120)]


class Draft(Data):
    """A new topic. `indicative_budget` in euro."""

    reference: Reference
    title: Line
    action_type: ActionType = "RIA"


class Edit(Data):
    """Any of the fields; what is left out stays as it is."""

    title: Line = ""
    challenge: LongText = ""
    need: LongText = ""
    scope: LongText = ""
    outcomes: LongText = ""
    impact: LongText = ""
    duration_months: Months | None = None
    indicative_budget: Euro | None = None


class TopicRead(EntityRead):
    version: int
    reference: str
    title: str
    challenge: str
    need: str
    scope: str
    outcomes: str
    impact: str
    action_type: ActionType
    duration_months: int | None
    indicative_budget: Euro | None


class TopicItem(ItemRead):
    reference: str
    title: str
    action_type: ActionType
