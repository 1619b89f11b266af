"""Published calls and topics as pages: listed, found by their words, read by their reference."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.calls.models import Call
from app.calls.rules import Phase
from app.core import pages
from app.core.errors import NotFound
from app.exchange.public import queries
from app.exchange.public.answers import UNCHANGED, Public
from app.exchange.public.schemas import (
    CallDetail,
    CallPublicItem,
    CallPublicPage,
    TopicDetail,
    TopicPublicItem,
    TopicPublicPage,
    Wanted,
)
from app.topics.models import Topic
from app.workflow.route import refusals

router = APIRouter()
NEWEST = pages.Order(Call.published_at, descending=True)
BY_TITLE = pages.Order(Topic.title)
Reference = Annotated[str, Path(max_length=60)]


class CallsWanted(Wanted):
    """Which calls: in a phase, with these words in reference or title."""

    phase: Annotated[Phase, Field(strict=False)] | None = None


class TopicsWanted(Wanted):
    """Which topics: with these words in their text; the best answer first unless `order` is `title`."""

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
    statement = queries.calls().order_by(*NEWEST.by(Call.id)).limit(wanted.page_size + 1)
    if wanted.phase is not None:
        statement = statement.where(queries.in_phase(wanted.phase, reading.now))
    if wanted.q:
        statement = statement.where(queries.call_says(wanted.q))
    binding = pages.bind("public_calls", {"phase": wanted.phase, "q": wanted.q})
    if wanted.page_token:
        last = pages.read(wanted.page_token, binding, NEWEST)
        statement = statement.where(NEWEST.after(Call.id, last))
    found = (await reading.session.scalars(statement)).all()
    shown = found[: wanted.page_size]
    more = pages.token(binding, shown[-1].published_at, shown[-1].id) if len(found) > len(shown) else None
    items = [CallPublicItem.of(call, reading.now) for call in shown]
    return reading.answer(CallPublicPage(items=items, next_page_token=more))


@router.get(
    "/calls/{reference}",
    response_model=CallDetail,
    responses={**UNCHANGED, **refusals(404)},
    summary="Read a published call",
    description="Who: anyone. Its stages, topics, deadlines and budgets as announced.",
    operation_id="public_call_read",
)
async def read_call(reading: Public, reference: Reference) -> Response:
    call = (await reading.session.scalars(queries.call_called(reference))).one_or_none()
    if call is None:
        raise NotFound
    return reading.answer(CallDetail.of(call, reading.now))


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
    statement = queries.topics().where(queries.topic_says(wanted.q)).add_columns(order.column)
    statement = statement.order_by(*order.by(Topic.id)).limit(wanted.page_size + 1)
    binding = pages.bind("public_topics", {"q": wanted.q, "order": wanted.order})
    if wanted.page_token:
        last = pages.read(wanted.page_token, binding, order)
        statement = statement.where(order.after(Topic.id, last))
    found = (await reading.session.execute(statement)).all()
    shown = found[: wanted.page_size]
    more = pages.token(binding, shown[-1][1], shown[-1][0].id) if len(found) > len(shown) else None
    items = [TopicPublicItem.of(topic) for topic, _ in shown]
    return reading.answer(TopicPublicPage(items=items, next_page_token=more))


@router.get(
    "/topics/{reference}",
    response_model=TopicDetail,
    responses={**UNCHANGED, **refusals(404)},
    summary="Read a topic of a published call",
    description="Who: anyone. Its text, and the stages of published calls in which it is.",
    operation_id="public_topic_read",
)
async def read_topic(reading: Public, reference: Reference) -> Response:
    wanted = queries.topics().where(Topic.reference == reference)
    topic = (await reading.session.scalars(wanted)).one_or_none()
    if topic is None:
        raise NotFound
    parts = (await reading.session.scalars(queries.parts_of(topic))).all()
    return reading.answer(TopicDetail.of(topic, parts, reading.now))
