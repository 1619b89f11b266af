"""Topics on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, LongText, Paragraph, Read
from app.topics.focus.schemas import FocusAreaNamed

Reference = Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
ActionType = Literal["RIA", "IA", "CSA"]
Months = Annotated[int, Field(ge=1, le=120)]
FocusAreas = Annotated[list[Id], Field(max_length=20), AfterValidator(lambda keys: list(dict.fromkeys(keys)))]
Short = Annotated[LongText, Field(max_length=200)]
AgendaCode = Annotated[LongText, Field(max_length=60)]
Projects = Annotated[int, Field(ge=1, le=50)]
Companies = Annotated[dict[Line, Paragraph], Field(max_length=100)]
"""What each company of the industry consortium contributes in kind, by its name."""


class Substance(Data):
    """What an idea says, and a topic as well."""

    title: Line = ""
    challenge: LongText = ""
    impact: LongText = ""
    beneficiaries: LongText = ""
    patient_need: LongText = ""
    eu_priority: LongText = ""
    eu_priority_code: AgendaCode = ""
    industry_interest: LongText = ""
    industry_contribution: LongText = ""


class Idea(Substance):
    """An idea, and where it comes from: patients, the policies of the Union, industry.

    It may be unfinished. `eu_priority_code` is the priority's code in the programme's agenda,
    `industry_contribution` what industry could bring, `on_behalf_of` who stands behind the proposer.
    """

    focus_area_ids: FocusAreas = Field(default_factory=list)
    on_behalf_of: Short = ""


class Draft(Data):
    """A new topic. `indicative_budget` in euro."""

    reference: Reference
    title: Line
    action_type: ActionType = "RIA"


class Text(Substance):
    """Every text and figure of a topic."""

    reference: Reference = ""
    need: LongText = ""
    scope: LongText = ""
    outcomes: LongText = ""
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


class Edit(Text):
    """Any of the fields; what is left out stays as it is. Of an idea only its own fields."""

    focus_area_ids: FocusAreas = Field(default_factory=list)
    on_behalf_of: Short = ""


class TopicProposed(EntityRead):
    """What the proposer of an idea reads once others work on it."""

    reference: str
    title: str


class TopicIdea(TopicProposed):
    version: int
    focus_areas: list[FocusAreaNamed]
    challenge: str
    impact: str
    beneficiaries: str
    patient_need: str
    eu_priority: str
    eu_priority_code: str
    industry_interest: str
    industry_contribution: str


class TopicOwnIdea(TopicIdea):
    """One's own idea."""

    on_behalf_of: str


class TopicOwnMerged(TopicOwnIdea):
    """One's own idea, merged into what one may see as well."""

    merged_into_id: UUID


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


class TopicNamed(Read):
    id: UUID
    reference: str
    title: str


class TopicInside(TopicRead):
    """What those who make the topic read: also who stands behind it, and what was merged."""

    on_behalf_of: str
    submitted_at: datetime | None
    merged_into_id: UUID | None
    merged_from: list[TopicNamed]


class Similar(TopicNamed):
    """A topic with words in common; the score is from 0 to 1, and says nothing by itself."""

    state: str
    score: float


class SimilarTopics(Read):
    items: list[Similar]


class TopicItem(ItemRead):
    reference: str
    title: str
    action_type: ActionType
