"""Topics of published calls on the wire: their text as adopted."""

from collections.abc import Sequence
from datetime import datetime

from app.calls.models import TopicStage
from app.core.schema import Euro, Read
from app.exchange.public.dates import StagePublic, stage_facts
from app.exchange.public.urls import call_url, topic_url
from app.topics.focus.schemas import FocusAreaNamed
from app.topics.models import Topic


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
    """A stage of a published call in which the topic is, with the budget that was announced for it there.

    `state` as applicants know it; where it is `withdrawn` or `cancelled`, nothing is open any more.
    """

    call: str
    call_url: str
    state: str
    stage: StagePublic
    budget: Euro

    @classmethod
    def of(cls, part: TopicStage, now: datetime) -> "InCall":
        call = part.stage.call
        return cls(
            call=call.reference,
            call_url=call_url(call),
            state=part.state.applicants,
            stage=StagePublic.model_validate(stage_facts(part.stage, now, part)),
            budget=part.announced,
        )


class TopicDetail(Read):
    """The text of a topic, as adopted; `industry_consortium` says by company what it contributes in kind."""

    reference: str
    title: str
    focus_areas: list[FocusAreaNamed]
    challenge: str
    need: str
    scope: str
    outcomes: str
    impact: str
    beneficiaries: str
    patient_need: str
    eu_priority: str
    eu_priority_code: str
    industry_interest: str
    industry_contribution: str
    synergies: str
    industry_consortium: dict[str, str]
    applicant_expectations: str
    architecture: str
    special_conditions: str
    action_type: str
    duration_months: int | None
    projects_expected: int | None
    indicative_budget: Euro | None
    indicative_in_kind: Euro | None
    in_calls: list[InCall]
    url: str

    @classmethod
    def of(cls, topic: Topic, parts: Sequence[TopicStage], now: datetime) -> "TopicDetail":
        own = {name: getattr(topic, name) for name in cls.model_fields if hasattr(topic, name)}
        more = {"in_calls": [InCall.of(part, now) for part in parts], "url": topic_url(topic)}
        return cls.model_validate({**own, **more})
