"""An Atom feed (RFC 4287), and the same entries as a JSON Feed (1.1); pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement, tostring

from app.core.schema import Read

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
PUBLISHER = "Calls for proposals"
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last updated: it must say so, and must not seem new each time."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Told(Protocol):
    """What a feed says of one piece of news."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def printable(text: str) -> str:
    """The text without what XML 1.0 has no way to write, escaped or not."""
    return NOT_XML.sub("\ufffd", text)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def atom(key: str, title: str, url: str, entries: Sequence[Told]) -> bytes:
    """The feed `key`, which is found at `url`; its entries the newest first."""
    feed = Element("feed", xmlns=NAMESPACE)
    _say(feed, id=key, title=title, updated=instant(entries[0].at if entries else NOTHING_YET))
    SubElement(feed, "link", rel="self", type=MEDIA_TYPE, href=url)
    _say(SubElement(feed, "author"), name=PUBLISHER)
    for told in entries:
        entry = SubElement(feed, "entry")
        _say(entry, id=told.id, title=told.title, published=instant(told.at), updated=instant(told.at))
        # Without a type: readers take an entry to have no page at all if they are told that it is JSON.
        SubElement(entry, "link", rel="alternate", href=told.url)
        _say(entry, content=told.text)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _say(inside: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(inside, name).text = printable(text)


class JsonItem(Read):
    id: str
    url: str
    title: str
    content_text: str
    date_published: datetime
    date_modified: datetime


class JsonFeed(Read):
    """A JSON Feed (https://jsonfeed.org/version/1.1)."""

    version: str = "https://jsonfeed.org/version/1.1"
    title: str
    feed_url: str
    items: list[JsonItem]


def json_feed(title: str, url: str, entries: Sequence[Told]) -> JsonFeed:
    """The same entries for readers of JSON."""
    items = [
        JsonItem(
            id=told.id,
            url=told.url,
            title=told.title,
            content_text=told.text,
            date_published=told.at,
            date_modified=told.at,
        )
        for told in entries
    ]
    return JsonFeed(title=title, feed_url=url, items=items)
