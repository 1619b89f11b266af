"""Calls and topics that are out, written once for pages and feeds; nothing else enters these statements."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    not_,
    select,
    true,
)
from sqlalchemy.orm import contains_eager, defer, selectinload

from app.calls.access import OUT
from app.calls.models import Call, Stage, TopicStage
from app.calls.rules import LAST_SECOND, Phase
from app.topics.models import OUT as TOPIC_OUT
from app.topics.models import WORDS, Topic

ENGLISH: Any = literal_column("'english'::regconfig")
VECTOR: Any = literal_column(f"({WORDS})")
# Spelled out in the SQL: with parameters there, a prepared statement would not know the partial index.
IS_OUT = Topic.state.in_(bindparam("topic_out", list(TOPIC_OUT), expanding=True, literal_execute=True))
STAGED = selectinload(Call.stages).selectinload(Stage.topic_stages).joinedload(TopicStage.topic)


def calls() -> Select[Call]:
    """Published calls with their stages."""
    kept = (selectinload(Call.stages), defer(Call.rules, raiseload=True))
    return select(Call).where(Call.state.in_(OUT)).options(*kept)


def call_called(reference: str) -> Select[Call]:
    """One published call with all that is in it."""
    return select(Call).where(Call.state.in_(OUT), Call.reference == reference).options(STAGED)


def in_phase(wanted: Phase, now: datetime) -> ColumnElement[bool]:
    """Calls in this phase, as `phase_of` computes it."""
    begun = exists().where(Stage.call_id == Call.id, Stage.opens_at <= now)
    running = begun.where(Stage.closes_at > now - LAST_SECOND)
    match wanted:
        case Phase.PLANNED:
            return not_(begun)
        case Phase.OPEN:
            return running
    return begun & not_(running)


def call_says(words: str) -> ColumnElement[bool]:
    """Calls whose reference or title has these words."""
    told = func.to_tsvector(ENGLISH, Call.reference + " " + Call.title)
    return told.op("@@", is_comparison=True)(_query(words))


def topics() -> Select[Topic]:
    """Topics of published calls."""
    called = exists().where(
        TopicStage.topic_id == Topic.id,
        TopicStage.stage_id == Stage.id,
        Stage.call_id == Call.id,
        Call.state.in_(OUT),
    )
    return select(Topic).where(IS_OUT, called)


def topic_says(words: str | None) -> ColumnElement[bool]:
    return VECTOR.op("@@", is_comparison=True)(_query(words)) if words else true()


def relevance(words: str) -> ColumnElement[int]:
    """How well a topic answers: a whole number, which a page token can name exactly."""
    return cast(func.ts_rank(VECTOR, _query(words)) * 1_000_000, Integer)


def parts_of(topic: Topic) -> Select[TopicStage]:
    """The topic in the stages of published calls, the latest call first."""
    return (
        select(TopicStage)
        .join(TopicStage.stage)
        .join(Stage.call)
        .where(TopicStage.topic_id == topic.id, Call.state.in_(OUT))
        .options(contains_eager(TopicStage.stage).contains_eager(Stage.call).defer(Call.rules))
        .order_by(Call.published_at.desc(), Call.id, Stage.number)
    )


def _query(words: str) -> ColumnElement[Any]:
    """Never refused, whatever is written: quotes, `or` and `-` mean what they do on the web."""
    return func.websearch_to_tsquery(ENGLISH, words)
