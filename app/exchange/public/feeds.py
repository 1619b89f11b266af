"""Published calls as feeds: news for readers of Atom and JSON, dates for calendars."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Response

from app.calls.models import Call, Stage
from app.core.errors import NotFound
from app.exchange import atom, icalendar
from app.exchange.icalendar import Event
from app.exchange.public import queries
from app.exchange.public.answers import UNCHANGED, Public
from app.exchange.public.news import moves, news
from app.exchange.public.pages import Reference
from app.exchange.public.urls import call_url
from app.workflow.route import refusals

router = APIRouter()
TITLE = "Calls for proposals: published, and deadlines that moved"


def _a_file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of an answer that is no JSON."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}, **UNCHANGED}


@router.get(
    "/calls.atom",
    response_class=Response,
    responses=_a_file(atom.MEDIA_TYPE),
    summary="News of published calls, as an Atom feed",
    description="Who: anyone. A call is published; a deadline has moved. The latest fifty.",
    operation_id="public_calls_atom",
)
async def calls_atom(reading: Public) -> Response:
    url = f"{reading.root}/v1/public/calls.atom"
    entries = await news(reading.session, reading.root)
    return reading.answer(atom.atom(uuid5(NAMESPACE_URL, url).urn, TITLE, url, entries), atom.MEDIA_TYPE)


@router.get(
    "/calls.json",
    response_model=atom.JsonFeed,
    responses=UNCHANGED,
    summary="News of published calls, as a JSON Feed",
    description="Who: anyone. The same entries as in the Atom feed.",
    operation_id="public_calls_json",
)
async def calls_json(reading: Public) -> Response:
    entries = await news(reading.session, reading.root)
    feed = atom.json_feed(TITLE, f"{reading.root}/v1/public/calls.json", entries)
    return reading.answer(feed, "application/feed+json")


@router.get(
    "/calls/{reference}.ics",
    response_class=Response,
    responses={**_a_file(icalendar.MEDIA_TYPE), **refusals(404)},
    summary="The dates of a published call, as a calendar",
    description="Who: anyone. An event for each opening and each deadline; SEQUENCE counts its moves.",
    operation_id="public_call_calendar",
)
async def call_calendar(reading: Public, reference: Reference) -> Response:
    wanted = queries.calls().where(Call.reference == reference)
    call = (await reading.session.scalars(wanted)).one_or_none()
    if call is None:
        raise NotFound
    moved = await moves(reading.session, [stage.id for stage in call.stages])
    dated = (_events(call, stage, moved.get(stage.id), reading.root) for stage in call.stages)
    events = [event for events in dated for event in events]
    return reading.answer(icalendar.calendar(f"{call.reference}: {call.title}", events), icalendar.MEDIA_TYPE)


def _events(call: Call, stage: Stage, moved: tuple[int, datetime] | None, root: str) -> Iterator[Event]:
    """The opening of a stage, which never moves once it is published, and its deadline, which may."""
    assert call.published_at is not None
    named, url = f"{call.reference}, stage {stage.number}", root + call_url(call)
    opening = (f"{stage.id}-opening", stage.opens_at, f"{named} opens", call.title, url)
    yield Event(*opening, stamp=call.published_at)
    changes, last = moved or (0, call.published_at)
    closing = (f"{stage.id}-deadline", stage.closes_at, f"{named}: deadline", call.title, url)
    yield Event(*closing, stamp=last, changes=changes)
