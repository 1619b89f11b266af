"""What is news of published calls: that one is published, and whatever is changed in it afterwards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.access import is_out
from app.calls.amendments.models import Amendment
from app.calls.models import Call
from app.calls.rules import BRUSSELS
from app.exchange.public import queries
from app.exchange.public.urls import call_url

LONGEST = 50
"""How many entries a feed has; older ones have left it."""
CHANGED = {
    "extension": ("later deadline", "is extended."),
    "budget": ("other budgets of topics", "has other budgets for its topics."),
    "corrigendum": ("corrigendum", "has a corrigendum."),
    "withdrawal": ("a topic taken out", "is without the topic {topic} from now on."),
    "cancellation": ("cancelled", "is cancelled."),
}
"""By the kind of an amendment: what the title tells of the call, and the text."""


@dataclass(frozen=True)
class Entry:
    """One piece of news: its id never changes, and what it says does not either."""

    id: str
    title: str
    text: str
    url: str
    at: datetime


async def news(session: AsyncSession, root: str) -> list[Entry]:
    """The latest entries, the newest first; two statements."""
    columns = (Call.id, Call.reference, Call.title, Call.published_at)
    newest = select(*columns).where(is_out).order_by(Call.published_at.desc(), Call.id)
    found = [_published(row, root) for row in await session.execute(newest.limit(LONGEST))]
    latest = queries.amendments().add_columns(Call.reference, Call.title).where(is_out)
    latest = latest.order_by(Amendment.created_at.desc(), Amendment.id).limit(LONGEST)
    found += [_changed(row, root) for row in await session.execute(latest)]
    return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)[:LONGEST]


def _called(row: Any) -> str:
    return f"The call {row.reference}, “{row.title}”,"


def _published(row: Any, root: str) -> Entry:
    told = f"{_called(row)} is published."
    return Entry(row.id.urn, f"{row.reference}: {row.title}", told, root + call_url(row), row.published_at)


def _changed(row: Any, root: str) -> Entry:
    """An amendment as news: public as it stands, and written once."""
    amendment: Amendment = row.Amendment
    title, what = CHANGED[amendment.kind]
    told = [f"{_called(row)} {what.format(topic=row.topic)}"]
    if moves(amendment):
        assert amendment.new_deadline is not None
        wall = f"{amendment.new_deadline.astimezone(BRUSSELS):%d %B %Y, %H:%M}"
        told.append(f"The deadline of stage {row.stage} has moved to {wall}, Brussels time.")
    text = " ".join([*told, amendment.reason])
    url = root + call_url(row)
    return Entry(amendment.id.urn, f"{row.reference}: {title}", text, url, amendment.at)


def moves(amendment: Amendment) -> bool:
    """Whether a deadline is another one by it; a corrigendum may name the present one again."""
    return amendment.new_deadline != amendment.old_deadline
