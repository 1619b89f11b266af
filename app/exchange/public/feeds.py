"""Published calls as feeds: news for readers of Atom and JSON, dates for calendars."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Response

from app.calls.amendments.models import Amendment
from app.calls.models import Call, Stage
from app.exchange import atom, icalendar
from app.exchange.icalendar import Event
from app.exchange.public import queries
from app.exchange.public.answers import UNCHANGED, Public
from app.exchange.public.news import moves, news
from app.exchange.public.pages import Reference
from app.exchange.public.urls import call_url
from app.workflow.route import refusals

router = APIRouter()
TITLE = "Calls for proposals: published, and what is changed in them"


def _a_file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of an answer that is no JSON."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}, **UNCHANGED}


@router.get(
    "/calls.atom",
    response_class=Response,
    responses=_a_file(atom.MEDIA_TYPE),
    summary="News of published calls, as an Atom feed",
    description="Who: anyone. A call is published, or something in it is changed. The latest fifty.",
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
    description="Who: anyone. An event for each opening and each deadline; SEQUENCE counts its changes.",
    operation_id="public_call_calendar",
)
async def call_calendar(reading: Public, reference: Reference) -> Response:
    call = await reading.one(queries.calls().where(Call.reference == reference))
    amended = (await reading.session.scalars(queries.amendments_of(call))).all()
    events = [event for stage in call.stages for event in _events(call, stage, amended, reading.root)]
    return reading.answer(icalendar.calendar(f"{call.reference}: {call.title}", events), icalendar.MEDIA_TYPE)


def _events(call: Call, stage: Stage, amended: Sequence[Amendment], root: str) -> Iterator[Event]:
    """The opening of a stage, which never moves once it is published, and its deadline, which may.

    Both are still told of a call that was cancelled, as cancelled: left out, they would stay in calendars.
    """
    assert call.published_at is not None
    named, url = f"{call.reference}, stage {stage.number}", root + call_url(call)
    moved = [amendment.at for amendment in amended if amendment.stage_id == stage.id and moves(amendment)]
    ended = [amendment.at for amendment in amended if amendment.kind == "cancellation"]
    for name, at, summary, changes in (
        ("opening", stage.opens_at, f"{named} opens", ended),
        ("deadline", stage.closes_at, f"{named}: deadline", [*moved, *ended]),
    ):
        yield Event(
            f"{stage.id}-{name}",
            at,
            summary,
            call.title,
            url,
            stamp=max([call.published_at, *changes]),
            changes=len(changes),
            cancelled=bool(ended),
        )
