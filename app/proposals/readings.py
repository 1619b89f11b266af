"""What is handed out of a sealed version to others than its consortium: in whose name, and who has had it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query
from sqlalchemy import select

from app.calls.rules import in_words
from app.consortia.access import ever_among
from app.core.errors import NotFound
from app.core.pages import List, Order, Wanted
from app.core.schema import Read
from app.people.models import Account
from app.proposals.access import consortium, reader, staff
from app.proposals.documents import ProposalId
from app.proposals.models import Proposal, Reading
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.who import Held

router = APIRouter()
What = Literal["answers", "document", "receipt", "whole"]


@dataclass(frozen=True)
class Copy:
    """A copy about to be handed to somebody outside the consortium; `line` stands on its pages."""

    reading: Reading
    line: str


async def copy_of(
    asked: Asked, held: Held, proposal: Proposal, number: int, what: What, document: dict[str, Any] | None
) -> Copy | None:
    """The copy that the actor gets, not yet recorded; None to the consortium, whose own it is.

    Auditors get files as they were handed in, so that a receipt's digest can be verified.
    """
    if consortium(held) or asked.actor.id is None:
        return None
    role = "reader" if reader(held) else next((r for r in ("auditor", "office") if r in held), "industry")
    found = Reading(id=uuid4(), proposal_id=proposal.id, account_id=asked.actor.id, at=asked.now)
    found.role, found.number, found.what = role, number, what
    found.document = None if document is None else document["key"]
    found.digest = None if document is None else document["digest"]
    found.marked = role != "auditor" and what in ("document", "whole")
    name = await asked.session.scalar(select(Account.name).where(Account.id == asked.actor.id))
    told = f"{proposal.reference}, version {number}. For {name}, {asked.actor.email}"
    return Copy(found, f"{told}; {in_words(asked.now)}, Brussels time. Copy {found.id.hex[:12]}.")


async def record(asked: Asked, held: Held, proposal: Proposal, number: int, what: What) -> None:
    """Write down that the actor has read this, unless it is the consortium's own."""
    copy = await copy_of(asked, held, proposal, number, what, None)
    if copy is not None:
        asked.session.add(copy.reading)


class ReadingRead(Read):
    """What somebody outside the consortium was handed; the first digits of `id` stand on marked pages."""

    id: UUID
    at: datetime
    account_id: UUID
    name: str
    role: Literal["reader", "office", "auditor", "industry"]
    number: int
    what: What
    document: str | None
    digest: str | None
    marked: bool


class ReadingPage(Read):
    items: list[ReadingRead]
    next_page_token: str | None


@router.get(
    "/proposals/{id}/readings",
    responses=refusals(401, 404),
    summary="List who has read what was handed in (proposal)",
    description=f"Who: {staff.label}, nobody who is or was of its consortium. The last first; what "
    "a consortium reads of its own is not recorded.",
    operation_id="proposal_reading_list",
)
async def list_readings(
    asked: Asking, proposal_id: ProposalId, wanted: Annotated[Wanted, Query()]
) -> ReadingPage:
    proposal, _ = await look(asked.session, Proposal, proposal_id, asked.actor, by=staff)
    # An officer who applied, or has left since, once the results are out: reviewers are named here.
    if await asked.session.scalar(select(ever_among(proposal.consortium_id, asked.actor))):
        raise NotFound
    columns: tuple[Any, ...] = (Reading, Account.name)
    found = select(*columns).join(Account, Account.id == Reading.account_id)
    pages = List("readings", {"of": proposal_id}, Order(Reading.at, descending=True), Reading.id)
    rows, more = await pages.page(asked.session, found.where(Reading.proposal_id == proposal_id), wanted)
    return ReadingPage(items=[_told(*tuple(row)[:2]) for row in rows], next_page_token=more)


def _told(reading: Reading, name: str) -> ReadingRead:
    facts = {field: getattr(reading, field) for field in ReadingRead.model_fields if field != "name"}
    return ReadingRead(**facts, name=name)
