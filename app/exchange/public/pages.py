"""Published calls and topics as pages: listed, found by their words, read by their reference."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.calls.models import Call
from app.calls.rules import Phase
from app.core import pages
from app.core.schema import Line
from app.exchange.public import queries
from app.exchange.public.answers import UNCHANGED, Public
from app.exchange.public.call_schemas import CallDetail, CallPublicItem, CallPublicPage
from app.exchange.public.topic_schemas import TopicDetail, TopicPublicItem, TopicPublicPage
from app.topics.models import Topic
from app.workflow.route import refusals

router = APIRouter()
NEWEST = pages.Order(Call.published_at, descending=True)
BY_TITLE = pages.Order(Topic.title)
Reference = Annotated[str, Path(max_length=60)]


class CallsWanted(pages.Wanted):
    """Which calls: in a phase, with these words in reference or title."""

    q: Line | None = None
    phase: Annotated[Phase, Field(strict=False)] | None = None


class TopicsWanted(pages.Wanted):
    """Which topics: with these words in their text; the best answer first unless `order` is `title`."""

    q: Line | None = None
    order: Literal["relevance", "title"] = "relevance"


@router.get(
    "/calls",
    response_model=CallPublicPage,
    responses=UNCHANGED,
    summary="List the published calls",
    description="Who: anyone. The newest first; a call is open while one of its stages is.",
    operation_id="public_call_list",
)
async def list_calls(reading: Public, wanted: Annotated[CallsWanted, Query()]) -> Response:
    statement = queries.calls()
    if wanted.phase is not None:
        statement = statement.where(queries.in_phase(wanted.phase, reading.now))
    if wanted.q:
        statement = statement.where(queries.call_says(wanted.q))
    listed = pages.List("public_calls", {"phase": wanted.phase, "q": wanted.q}, NEWEST, Call.id)
    rows, more = await listed.page(reading.session, statement, wanted)
    items = [CallPublicItem.of(row[0], reading.now) for row in rows]
    return reading.answer(CallPublicPage(items=items, next_page_token=more))


@router.get(
    "/calls/{reference}",
    response_model=CallDetail,
    responses={**UNCHANGED, **refusals(404)},
    summary="Read a published call",
    description="Who: anyone. Its stages, topics, deadlines and budgets as announced, where it departs from "
    "its rule set, and what was changed since; a call that was cancelled stays.",
    operation_id="public_call_read",
)
async def read_call(reading: Public, reference: Reference) -> Response:
    call = await reading.one(queries.call_called(reference))
    amended = (await reading.session.execute(queries.amendments_of(call))).all()
    return reading.answer(CallDetail.of(call, amended, reading.now))


@router.get(
    "/topics",
    response_model=TopicPublicPage,
    responses=UNCHANGED,
    summary="List or search the topics of published calls",
    description='Who: anyone. `q` finds English words; `"in this order"`, `or` and `-not` mean that.',
    operation_id="public_topic_list",
)
async def list_topics(reading: Public, wanted: Annotated[TopicsWanted, Query()]) -> Response:
    by_rank = wanted.q is not None and wanted.order == "relevance"
    order = pages.Order(queries.relevance(wanted.q or ""), descending=True) if by_rank else BY_TITLE
    listed = pages.List("public_topics", {"q": wanted.q, "order": wanted.order}, order, Topic.id)
    statement = queries.topics().where(queries.topic_says(wanted.q))
    rows, more = await listed.page(reading.session, statement, wanted)
    items = [TopicPublicItem.of(row[0]) for row in rows]
    return reading.answer(TopicPublicPage(items=items, next_page_token=more))


@router.get(
    "/topics/{reference}",
    response_model=TopicDetail,
    responses={**UNCHANGED, **refusals(404)},
    summary="Read a topic of a published call",
    description="Who: anyone. Its text, and the stages of published calls in which it is or was.",
    operation_id="public_topic_read",
)
async def read_topic(reading: Public, reference: Reference) -> Response:
    topic = await reading.one(queries.topic_called(reference))
    parts = (await reading.session.scalars(queries.parts_of(topic))).all()
    return reading.answer(TopicDetail.of(topic, parts, reading.now))
