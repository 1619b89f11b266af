"""Calls, stages and topic stages on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, model_validator

from app.calls.fields import (
    MOST_OVERRIDES,
    Count,
    Day,
    Grants,
    Kind,
    Known,
    Opening,
    Pages,
    Pointer,
    Required,
    SchemeCode,
    Wall,
    bounded,
)
from app.calls.models import Call, TopicStageState
from app.calls.rule_parts import ActionType, Ceiling, StageKind
from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Paragraph, Read
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


class ConfigureStage(Data):
    """Any of what a stage was scheduled with; what is left out stays as it is."""

    opens_at: Opening = datetime(2000, 1, 1)
    deadline: Wall = ""
    kind: StageKind = "full"
    scheme: SchemeCode | None = None
    page_limits: Pages = Field(default_factory=dict)
    required_documents: Required | None = None
    evaluation_from: Day | None = None
    evaluation_to: Day | None = None
    decision_on: Day | None = None


class Extend(Data):
    """A later deadline for everybody in the stage."""

    deadline: Wall
    reason: Line


class Postpone(Data):
    """The later deadline that a corrigendum brings."""

    deadline: Wall


class Because(Data):
    """Why something is taken from applicants: the text of the motion, for the letters and the public."""

    reason: Paragraph


class Share(Data):
    """A topic's part of a stage: its budget, in euro, its ceiling.

    What is left out, the rule set and the topic say: whether the ceiling binds, the action type, how many
    short proposals are invited to the next stage (C-07).
    """

    budget: Euro
    ceiling: Ceiling | None = None
    expected_grants: Count | None = 1
    action_type: ActionType | None = None
    invited_to_next: Count | None = None


class Include(Share):
    """A topic of the stage, with its part of it."""

    topic_id: Id


class ConfigureTopic(Data):
    """Any of what a topic was included with; what is left out stays as it is."""

    budget: Euro = Decimal(0)
    ceiling: Ceiling = "binding"
    expected_grants: Count | None = None
    action_type: ActionType = "RIA"
    invited_to_next: Count | None = None


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
        return {
            **{name: getattr(source, name) for name in ANNOUNCED},
            "budget": source.budget - source.embargoed,
        }
    return source


class CallPublic(CallRead):
    """A call as anyone may know it: money that was added after a deadline is told with the results."""

    _masked = model_validator(mode="before")(_announced)


class CallItem(ItemRead):
    reference: str
    title: str


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


class TopicStageRead(EntityRead):
    """A topic's way through a stage, for those who run or decide it."""

    stage_id: UUID
    topic_id: UUID
    budget: Euro
    ceiling: str
    expected_grants: int | None
    action_type: str
    invited_to_next: int | None


class TopicStageItem(ItemRead):
    stage_id: UUID
    topic_id: UUID


def _shown(source: Any) -> Any:
    """Until release everybody else reads what applicants read: nothing of ranking or decision."""
    state: TopicStageState = source.state
    return {
        "id": source.id,
        "stage_id": source.stage_id,
        "topic_id": source.topic_id,
        "budget": source.budget - source.embargoed,
        "ceiling": source.ceiling,
        "expected_grants": source.expected_grants,
        "action_type": source.action_type,
        "invited_to_next": source.invited_to_next,
        "state": state.applicants,
    }


class TopicStagePublic(TopicStageRead):
    """A topic's way through a stage, as anyone may know it."""

    _masked = model_validator(mode="before")(_shown)


class TopicStagePublicItem(TopicStageItem):
    _masked = model_validator(mode="before")(_shown)
