"""Feeds: valid for a strict reader, with ids that stay, and nothing in them that is not out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.models import Call, CallState, TopicStage
from app.exchange.atom import NAMESPACE, PUBLISHER, atom, json_feed, printable
from app.exchange.public.feeds import TITLE
from app.exchange.public.news import Entry
from app.topics.models import Topic
from tests.build import EUR45M, adopted_topic, committee, person, vote
from tests.calls.build import euro
from tests.calls.ending import WHY, there
from tests.calls.living import carried
from tests.conftest import World
from tests.exchange.build import ask, published, put, read_back, told

pytestmark = pytest.mark.anyio
A = f"{{{NAMESPACE}}}"
NOON = datetime(2020, 1, 21, 12, tzinfo=UTC)
LATER = {"deadline": "2051-03-31T17:00", "reason": "The portal & its <mail> were down."}


def one(element: Any, name: str) -> Any:
    (found,) = element.findall(A + name)
    return found


def read(content: bytes) -> list[dict[str, str]]:
    """The entries of a feed, read as RFC 4287 says: what must be there once is there once."""
    feed = ElementTree.fromstring(content)
    assert feed.tag == A + "feed"
    for name in ("title", "id", "updated"):
        assert one(feed, name).text
    assert one(one(feed, "author"), "name").text
    assert one(feed, "link").get("rel") == "self"
    entries = [_entry(entry) for entry in feed.findall(A + "entry")]
    assert len({entry["id"] for entry in entries}) == len(entries)
    dates = [entry["updated"] for entry in entries]
    assert dates == sorted(dates, reverse=True)
    if entries:
        assert one(feed, "updated").text == dates[0]
    return entries


def _entry(entry: Any) -> dict[str, str]:
    names = ("id", "title", "updated", "published", "content")
    found = {name: one(entry, name).text for name in names}
    assert UUID(found["id"].removeprefix("urn:uuid:"))
    assert datetime.fromisoformat(found["updated"]).tzinfo is not None
    link = one(entry, "link")
    return {**found, "rel": link.get("rel"), "href": link.get("href")}


async def feed(world: World) -> list[dict[str, str]]:
    answer = await ask(world, "/calls.atom")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml")
    return read(answer.content)


async def test_a_feed_of_nothing_is_a_feed_and_stays_the_same(world: World) -> None:
    assert await feed(world) == []
    assert (await ask(world, "/calls.atom")).content == (await ask(world, "/calls.atom")).content


async def test_a_call_and_each_move_of_its_deadline_are_news(world: World) -> None:
    office, made = await world.prepared(published)
    await put(world, made, "call", title="Hearts & <minds>")
    (first,) = await feed(world)
    call = made["call"]["reference"]
    assert (first["id"], first["rel"]) == (f"urn:uuid:{made['call']['id']}", "alternate")
    assert first["href"] == f"http://test/v1/public/calls/{call}"
    assert first["title"] == f"{call}: Hearts & <minds>"
    await office.make(f"/stages/{made['stage']['id']}/extend", LATER)
    moved, again = await feed(world)
    assert again == first
    assert moved["content"].endswith(
        "has moved to 31 March 2051, 17:00, Brussels time. The portal & its <mail> were down."
    )
    await office.make(f"/stages/{made['stage']['id']}/extend", LATER | {"deadline": "2052-03-31T17:00"})
    assert [entry["id"] for entry in (await feed(world))[1:]] == [moved["id"], first["id"]]
    items = (await told(world, "/calls.json"))["items"]
    assert [item["id"] for item in items] == [entry["id"] for entry in await feed(world)]
    await put(world, made, "call", state=CallState.PREPARING)
    assert await feed(world) == []


async def test_a_reader_of_feeds_that_others_wrote_reads_the_same(world: World) -> None:
    office, made = await world.prepared(published)
    await put(world, made, "call", title="Hearts & <minds>, é 你 🧪")
    await office.make(f"/stages/{made['stage']['id']}/extend", LATER)
    answer = await ask(world, "/calls.atom")
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert (found.bozo, found.version, found.encoding) == (False, "atom10", "utf-8")
    assert (found.feed.title, found.feed.author) == (TITLE, PUBLISHER)
    own = read(answer.content)
    assert [(one.id, one.title, one.link, one.updated) for one in found.entries] == [
        (one["id"], one["title"], one["href"], one["updated"]) for one in own
    ]
    assert [one.content[0].value for one in found.entries] == [one["content"] for one in own]
    assert all(one.content[0].type == "text/plain" for one in found.entries)


async def test_whatever_is_changed_in_a_call_is_news(world: World) -> None:
    here = await there(world)
    (first,) = await feed(world)
    call, title = (await read_back(world, Call, here.call)).reference, "A call"
    topic = (
        await read_back(world, Topic, str((await read_back(world, TopicStage, here.other)).topic_id))
    ).reference
    text = {"text": "Annex 2 & <3> name the wrong form."}
    await here.office.make(f"/calls/{here.call}/amendments", text)
    touching = text | {"touches": ["scope"], "deadline": "2051-03-31T17:00"}
    await here.office.make(f"/calls/{here.call}/amendments", touching)
    raised = {
        "purpose": "raise_envelope",
        "subject_id": here.part,
        "text": "More of it.",
        "amount": euro(46_000_000),
    }
    assert (await carried(here.office, here.body, here.members, **raised)).status_code == 200
    assert (await here.vote("withdraw_topic", here.other)).status_code == 200
    assert (await here.cancel()).status_code == 200
    named = f"The call {call}, “{title}”,"
    moved = "The deadline of stage 1 has moved to 31 March 2051, 17:00, Brussels time."
    found = await feed(world)
    assert [(entry["title"], entry["content"]) for entry in found[:-1]] == [
        (f"{call}: cancelled", f"{named} is cancelled. {WHY['text']}"),
        (f"{call}: a topic taken out", f"{named} is without the topic {topic} from now on. {WHY['text']}"),
        (f"{call}: other budgets of topics", f"{named} has other budgets for its topics. More of it."),
        (f"{call}: corrigendum", f"{named} has a corrigendum. {moved} {text['text']}"),
        (f"{call}: corrigendum", f"{named} has a corrigendum. {text['text']}"),
    ]
    assert found[-1] == first


async def test_what_moved_before_publication_is_no_news(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    dates = {"opens_at": "2049-01-01T00:00:00Z", "deadline": "2050-03-31T17:00"}
    stage = await office.make(f"/calls/{call['id']}/stages", dates)
    await office.make(f"/stages/{stage['id']}/topic_stages", {"topic_id": topic["id"], "budget": EUR45M})
    await office.make(f"/stages/{stage['id']}/configure", {"deadline": LATER["deadline"]})
    await vote(office, body, members, "adopt_call", call["id"])
    await office.make(f"/calls/{call['id']}/publish")
    assert [entry["id"] for entry in await feed(world)] == [f"urn:uuid:{call['id']}"]
    calendar = (await ask(world, "/calls/C-1.ics")).text
    assert calendar.count("SEQUENCE:0") == 2
    await office.make(f"/stages/{stage['id']}/extend", LATER | {"deadline": "2052-03-31T17:00"})
    assert len(await feed(world)) == 2
    assert (await ask(world, "/calls/C-1.ics")).text.count("SEQUENCE:1") == 1


def entry(number: int, text: str) -> Entry:
    return Entry(UUID(int=number).urn, text, text, "http://test/a?b&c", NOON + timedelta(days=number))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_any_text_is_carried_as_it_is_but_for_what_xml_cannot_say(texts: list[str]) -> None:
    entries = [entry(len(texts) - number, text) for number, text in enumerate(texts)]
    found = read(atom("urn:uuid:x", "News", "http://test/feed", entries))
    assert [one["content"] or "" for one in found] == [
        printable(text).replace("\r\n", "\n").replace("\r", "\n") for text in texts
    ]
    items = json.loads(json_feed("News", "http://test/feed", entries).model_dump_json())["items"]
    assert [item["content_text"] for item in items] == texts


def test_what_xml_cannot_say_is_marked() -> None:
    assert printable("a\x00\x0b\x1f\ufffe\uffffb\t\n\U0001f9ea") == "a" + "\ufffd" * 5 + "b\t\n\U0001f9ea"
