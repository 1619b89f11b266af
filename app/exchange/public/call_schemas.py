"""Published calls on the wire: what was announced, what was changed since, and nothing under embargo."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.calls.amendments.models import Amendment, Kind
from app.calls.models import Call, CallState, Stage, TopicStage
from app.calls.rules import Phase
from app.calls.schemas import OverrideRead
from app.core.schema import Euro, Read
from app.exchange.public.dates import StagePublic, phase_of, stage_facts
from app.exchange.public.urls import call_url, conditions_url, topic_url


class TopicBudget(Read):
    """A topic in a stage, with the budget that was announced for it; `state` as applicants know it.

    What its proposals consist of and how they are scored stands at `conditions_url`.
    """

    reference: str
    title: str
    state: str
    action_type: str
    budget: Euro
    ceiling: str
    expected_grants: int | None
    invited_to_next: int | None
    url: str
    conditions_url: str

    @classmethod
    def of(cls, part: TopicStage) -> "TopicBudget":
        return cls(
            reference=part.topic.reference,
            title=part.topic.title,
            state=part.state.applicants,
            action_type=part.action_type,
            budget=part.announced,
            ceiling=part.ceiling,
            expected_grants=part.expected_grants,
            invited_to_next=part.invited_to_next,
            url=topic_url(part.topic),
            conditions_url=conditions_url(part),
        )


class StageDetail(StagePublic):
    """A stage with its topics, and what it chooses from the rules; the days are indicative."""

    kind: str
    scheme: str | None
    page_limits: dict[str, int]
    required_documents: list[str] | None
    evaluation_from: date | None
    evaluation_to: date | None
    decision_on: date | None
    topics: list[TopicBudget]

    @classmethod
    def of(cls, stage: Stage, now: datetime) -> "StageDetail":
        own = {name: getattr(stage, name) for name in cls.model_fields if hasattr(stage, name)}
        parts = sorted(stage.topic_stages, key=lambda part: part.topic.reference)
        topics = [TopicBudget.of(part) for part in parts]
        return cls.model_validate({**own, **stage_facts(stage, now), "topics": topics})


class BudgetMoved(Read):
    """What the money of a topic was, and what it is, in euro."""

    topic: str
    old: Euro
    new: Euro


class AmendmentTold(Read):
    """What was changed after publication, and why; stage and topic by number and reference."""

    number: int
    kind: Kind
    reason: str
    touches: list[str]
    stage: int | None
    topic: str | None
    old_deadline: datetime | None
    new_deadline: datetime | None
    budgets: list[BudgetMoved]
    at: datetime

    @classmethod
    def of(cls, row: Any, call: Call) -> "AmendmentTold":
        """`row` is an amendment of the call, as `queries.amendments` gives it."""
        amendment: Amendment = row.Amendment
        own = {name: getattr(amendment, name) for name in cls.model_fields if hasattr(amendment, name)}
        named = {part.topic_id: part.topic.reference for stage in call.stages for part in stage.topic_stages}
        moved = [
            {"topic": named[UUID(one["topic_id"])], "old": Decimal(one["old"]), "new": Decimal(one["new"])}
            for one in amendment.budgets
        ]
        return cls.model_validate({**own, "stage": row.stage, "topic": row.topic, "budgets": moved})


class CallPublicItem(Read):
    reference: str
    title: str
    cancelled: bool
    phase: Phase
    published_at: datetime
    stages: list[StagePublic]
    url: str

    @classmethod
    def of(cls, call: Call, now: datetime) -> "CallPublicItem":
        return cls.model_validate({**_call(call, now), "stages": [stage_facts(s, now) for s in call.stages]})


def _call(call: Call, now: datetime) -> dict[str, object]:
    return {
        "reference": call.reference,
        "title": call.title,
        "cancelled": call.state == CallState.CANCELLED,
        "phase": phase_of(call.stages, now),
        "published_at": call.published_at,
        "url": call_url(call),
    }


class RulesNamed(Read):
    """The rule set that the call has pinned; those in force stand at `url`."""

    code: str
    version: int
    url: str = "/v1/rule_sets"


class CallDetail(Read):
    """A published call. `budget` is what was announced for all its topics.

    `overrides` are the places in which it departs from its rule set. A restricted call is for the
    participants of `earlier_grants`.
    """

    reference: str
    title: str
    kind: str
    earlier_grants: list[str]
    cancelled: bool
    phase: Phase
    published_at: datetime
    budget: Euro
    rule_set: RulesNamed
    overrides: list[OverrideRead]
    stages: list[StageDetail]
    amendments: list[AmendmentTold]
    url: str
    calendar_url: str

    @classmethod
    def of(cls, call: Call, amended: Sequence[Any], now: datetime) -> "CallDetail":
        own = {name: getattr(call, name) for name in ("kind", "earlier_grants", "overrides")}
        more = {
            "budget": call.announced,
            "rule_set": call.rules,
            "stages": [StageDetail.of(stage, now) for stage in call.stages],
            "amendments": [AmendmentTold.of(row, call) for row in amended],
            "calendar_url": f"{call_url(call)}.ics",
        }
        return cls.model_validate({**own, **_call(call, now), **more})


class CallPublicPage(Read):
    items: list[CallPublicItem]
    next_page_token: str | None = None
