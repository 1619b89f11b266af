"""Topics on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.schema import Data, EntityRead, Euro, ItemRead, Line, LongText, Paragraph

Reference = Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
ActionType = Literal["RIA", "IA", "CSA"]
Months = Annotated[int, Field(ge=1, le=120)]
Projects = Annotated[int, Field(ge=1, le=50)]
Written = Annotated[LongText, Field(min_length=1)]
Companies = Annotated[dict[Line, Paragraph], Field(max_length=100)]
"""What each company of the industry consortium contributes in kind, by its name."""


class Idea(Data):
    """An idea, and where it comes from: patients, the policies of the Union, industry."""

    title: Line
    challenge: Written
    impact: Written
    patient_need: LongText = ""
    eu_priority: LongText = ""
    industry_interest: LongText = ""


class Draft(Data):
    """A new topic. `indicative_budget` in euro."""

    reference: Reference
    title: Line
    action_type: ActionType = "RIA"


class Edit(Data):
    """Any of the fields; what is left out stays as it is. Of an idea only its own fields."""

    reference: Reference = ""
    title: Line = ""
    challenge: LongText = ""
    need: LongText = ""
    scope: LongText = ""
    outcomes: LongText = ""
    impact: LongText = ""
    patient_need: LongText = ""
    eu_priority: LongText = ""
    industry_interest: LongText = ""
    synergies: LongText = ""
    industry_consortium: Companies = Field(default_factory=dict)
    applicant_expectations: LongText = ""
    architecture: LongText = ""
    special_conditions: LongText = ""
    action_type: ActionType = "RIA"
    duration_months: Months | None = None
    projects_expected: Projects | None = None
    indicative_budget: Euro | None = None
    indicative_in_kind: Euro | None = None


class TopicProposed(EntityRead):
    """What the proposer of an idea reads once others work on it."""

    reference: str
    title: str


class TopicIdea(TopicProposed):
    version: int
    challenge: str
    impact: str
    patient_need: str
    eu_priority: str
    industry_interest: str


class TopicRead(TopicIdea):
    need: str
    scope: str
    outcomes: str
    synergies: str
    industry_consortium: dict[str, str]
    applicant_expectations: str
    architecture: str
    special_conditions: str
    action_type: ActionType
    duration_months: int | None
    projects_expected: int | None
    indicative_budget: Euro | None
    indicative_in_kind: Euro | None


class TopicItem(ItemRead):
    reference: str
    title: str
    action_type: ActionType
