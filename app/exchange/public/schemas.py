"""Published calls and topics on the wire: what was announced, and nothing that came after."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.calls.models import Call, Stage, TopicStage
from app.calls.rules import Phase
from app.core import pages
from app.core.schema import Data, Euro, Line, Read
from app.exchange.public.dates import StagePublic, phase_of, stage_facts
from app.exchange.public.urls import call_url, topic_url
from app.topics.models import Topic


class Wanted(Data):
    """Which page of a list."""

    page_size: Annotated[int, Field(strict=False, ge=1, le=pages.LARGEST)] = pages.SIZE
    page_token: Annotated[str, Field(max_length=pages.LONGEST_TOKEN)] | None = None
    q: Line | None = None


class TopicBudget(Read):
    """A topic in a stage, with the budget that was announced for it."""

    reference: str
    title: str
    action_type: str
    budget: Euro
    url: str

    @classmethod
    def of(cls, part: TopicStage) -> "TopicBudget":
        topic = part.topic
        return cls(
            reference=topic.reference,
            title=topic.title,
            action_type=topic.action_type,
            budget=part.announced,
            url=topic_url(topic),
        )


class StageDetail(StagePublic):
    topics: list[TopicBudget]


class CallPublicItem(Read):
    reference: str
    title: str
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
    """A published call. `budget` is what was announced for all its topics."""

    reference: str
    title: str
    phase: Phase
    published_at: datetime
    budget: Euro
    rule_set: RulesNamed
    stages: list[StageDetail]
    url: str
    calendar_url: str

    @classmethod
    def of(cls, call: Call, now: datetime) -> "CallDetail":
        stages = [
            {**stage_facts(stage, now), "topics": [TopicBudget.of(part) for part in _in_order(stage)]}
            for stage in call.stages
        ]
        more = {"budget": call.announced, "rule_set": call.rules, "stages": stages}
        return cls.model_validate({**_call(call, now), **more, "calendar_url": f"{call_url(call)}.ics"})


def _in_order(stage: Stage) -> list[TopicStage]:
    return sorted(stage.topic_stages, key=lambda part: part.topic.reference)


class CallPublicPage(Read):
    items: list[CallPublicItem]
    next_page_token: str | None = None


class TopicPublicItem(Read):
    reference: str
    title: str
    action_type: str
    url: str

    @classmethod
    def of(cls, topic: Topic) -> "TopicPublicItem":
        given = {name: getattr(topic, name) for name in ("reference", "title", "action_type")}
        return cls(**given, url=topic_url(topic))


class TopicPublicPage(Read):
    items: list[TopicPublicItem]
    next_page_token: str | None = None


class InCall(Read):
    """A stage of a published call in which the topic is, with the budget that was announced for it there."""

    call: str
    call_url: str
    stage: StagePublic
    budget: Euro

    @classmethod
    def of(cls, part: TopicStage, now: datetime) -> "InCall":
        call = part.stage.call
        return cls(
            call=call.reference,
            call_url=call_url(call),
            stage=StagePublic.of(part.stage, now),
            budget=part.announced,
        )


class TopicDetail(Read):
    """The text of a topic, as adopted."""

    reference: str
    title: str
    action_type: str
    challenge: str
    need: str
    scope: str
    outcomes: str
    impact: str
    patient_need: str
    eu_priority: str
    industry_interest: str
    duration_months: int | None
    indicative_budget: Euro | None
    in_calls: list[InCall]
    url: str

    @classmethod
    def of(cls, topic: Topic, parts: Sequence[TopicStage], now: datetime) -> "TopicDetail":
        own = {name: getattr(topic, name) for name in cls.model_fields if hasattr(topic, name)}
        more = {"in_calls": [InCall.of(part, now) for part in parts], "url": topic_url(topic)}
        return cls.model_validate({**own, **more})
