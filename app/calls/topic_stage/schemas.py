"""Topics in a stage on the wire."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import model_validator

from app.calls.fields import Count
from app.calls.models import TopicStageState
from app.calls.rule_parts import ActionType, Ceiling
from app.core.schema import Data, EntityRead, Euro, Id, ItemRead


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


ANNOUNCED = "id stage_id topic_id ceiling expected_grants action_type invited_to_next".split()


def _shown(source: Any) -> Any:
    """Until release everybody else reads what applicants read: nothing of ranking or decision."""
    state: TopicStageState = source.state
    same = {name: getattr(source, name) for name in ANNOUNCED}
    return {**same, "budget": source.announced, "state": state.applicants}


class TopicStagePublic(TopicStageRead):
    """A topic's way through a stage, as anyone may know it."""

    _masked = model_validator(mode="before")(_shown)


class TopicStagePublicItem(TopicStageItem):
    _masked = model_validator(mode="before")(_shown)
