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
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.calls.access import is_out
from app.calls.amendments.models import Amendment
from app.calls.models import LEFT, Call, CallState, Stage, TopicStage
from app.calls.rules import LAST_SECOND, Phase
from app.topics.models import OUT as TOPIC_OUT
from app.topics.models import WORDS, Topic, TopicState

ENGLISH: Any = literal_column("'english'::regconfig")
VECTOR: Any = literal_column(f"({WORDS})")
# Spelled out in the SQL: with parameters there, a prepared statement would not know the partial index.
IS_OUT = Topic.state.in_(bindparam("topic_out", list(TOPIC_OUT), expanding=True, literal_execute=True))
STAGED = selectinload(Call.stages).joinedload(Stage.topic_stages).joinedload(TopicStage.topic)


def calls() -> Select[Call]:
    """Published calls with their stages; also those that were cancelled since."""
    kept = (selectinload(Call.stages), defer(Call.rules, raiseload=True))
    return select(Call).where(is_out).options(*kept)


def call_called(reference: str) -> Select[Call]:
    """One published call with all that is in it."""
    return select(Call).where(is_out, Call.reference == reference).options(STAGED)


def amendments() -> Select[Amendment, int, str]:
    """What was changed in calls, with the number of the stage and the reference of the topic named."""
    return (
        select(Amendment, Stage.number.label("stage"), Topic.reference.label("topic"))
        .join(Amendment.call)
        .outerjoin(Stage, Stage.id == Amendment.stage_id)
        .outerjoin(Topic, Topic.id == Amendment.topic_id)
    )


def amendments_of(call: Call) -> Select[Amendment, int, str]:
    """What was changed in one call since its publication, in order."""
    return amendments().where(Amendment.call_id == call.id).order_by(Amendment.number)


def in_phase(wanted: Phase, now: datetime) -> ColumnElement[bool]:
    """Calls in this phase, as `phase_of` computes it."""
    lives = Call.state != CallState.CANCELLED
    begun = exists().where(Stage.call_id == Call.id, Stage.opens_at <= now)
    running = begun.where(Stage.closes_at > now - LAST_SECOND)
    match wanted:
        case Phase.PLANNED:
            return lives & not_(begun)
        case Phase.OPEN:
            return lives & running
    return not_(lives) | (begun & not_(running))


def call_says(words: str) -> ColumnElement[bool]:
    """Calls whose reference or title has these words."""
    told = func.to_tsvector(ENGLISH, Call.reference + " " + Call.title)
    return told.op("@@", is_comparison=True)(_query(words))


def _called(state: ColumnElement[bool]) -> ColumnElement[bool]:
    """Topics in a published call, there in such a state."""
    return exists().where(
        TopicStage.topic_id == Topic.id,
        TopicStage.stage_id == Stage.id,
        Stage.call_id == Call.id,
        is_out,
        state,
    )


def topics() -> Select[Topic]:
    """Topics of published calls."""
    return select(Topic).where(IS_OUT, _called(TopicStage.state.not_in(LEFT)))


def topic_called(reference: str) -> Select[Topic]:
    """One topic of a published call; one that has left it, for another, stays as public as it was."""
    left = (Topic.state == TopicState.ADOPTED) & _called(TopicStage.state.in_(LEFT))
    here = IS_OUT & _called(TopicStage.state.not_in(LEFT))
    told = select(Topic).where(Topic.reference == reference, here | left)
    return told.options(joinedload(Topic.focus_areas))


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
        .where(TopicStage.topic_id == topic.id, is_out)
        .options(contains_eager(TopicStage.stage).contains_eager(Stage.call).defer(Call.rules))
        .order_by(Call.published_at.desc(), Call.id, Stage.number)
    )


def _query(words: str) -> ColumnElement[Any]:
    """Never refused, whatever is written: quotes, `or` and `-` mean what they do on the web."""
    return func.websearch_to_tsquery(ENGLISH, words)
