"""How proposals stand on the wire."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, case, cast, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.budget.shown import shown_to
from app.consortia.schemas import EntryRead
from app.core.pages import Order
from app.core.schema import EntityRead, Line
from app.proposals.access import as_staff, blind_reader, consortium, industry_partner, reader, staff
from app.proposals.consistency import consistency
from app.proposals.document_texts import search_draft
from app.proposals.models import UNDER_EVALUATION, Proposal, ProposalState, Section
from app.proposals.problems import problems
from app.proposals.queries import came_with_merger, last_manifests, who_stays
from app.proposals.review import review_until
from app.proposals.schemas import Shown
from app.proposals.views import (
    ConsistencyNote,
    ProposalApplicant,
    ProposalApplicantItem,
    ProposalBlind,
    ProposalBlindItem,
    ProposalItem,
    ProposalRead,
    ProposalReview,
    ProposalReviewItem,
    SectionRead,
)
from app.proposals.workflow import PROPOSAL
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted, Part
from app.workflow.who import Actor

HIDDEN = [state for state in ProposalState if state.applicants == UNDER_EVALUATION]


def in_state(actor: Actor, shown: Shown) -> ColumnElement[bool]:
    """Proposals that read so to this actor: the filter knows no more than the reader does."""
    true_state = cast(Proposal.state, Text)
    hidden = and_(Proposal.state.in_(HIDDEN), Proposal.released_at.is_(None))
    for_applicants = case((hidden, UNDER_EVALUATION), else_=true_state)
    known = as_staff(actor)
    return or_(and_(known, true_state == shown.value), and_(not_(known), for_applicants == shown.value))


async def section(session: AsyncSession, proposal_id: UUID, key: str) -> Any:
    """One section of a draft, or None."""
    found = select(Section).where(Section.proposal_id == proposal_id, Section.key == key)
    return (await session.scalars(found)).one_or_none()


async def complete(asked: Asked, proposal: Proposal, body: EntityRead) -> None:
    """Beside what is of the proposal itself: to staff how it differs, to its consortium what it lacks."""
    if isinstance(body, ProposalRead):
        body.consistency = await _noted(asked, proposal)
        return
    if not isinstance(body, ProposalApplicant):
        return
    if proposal.released_at is not None:
        body.review_until = await review_until(asked.session, proposal.id)
    if proposal.draft_lives:
        shown = await shown_to(asked.session, proposal.consortium_id, asked.actor)
        searched = await search_draft(asked.session, proposal)
        found = problems(proposal, asked.now, shown, searched)
        body.problems = [EntryRead.model_validate(one, from_attributes=True) for one in found]


async def _noted(asked: Asked, proposal: Proposal) -> list[ConsistencyNote]:
    """How a full proposal of two stages differs from the short one, as both were handed in (C-10)."""
    if proposal.follows_id is None:
        return []
    keys = (proposal.follows_id, proposal.id)
    sealed = await last_manifests(asked.session, keys)
    if len(sealed) < len(keys):
        return []
    short, full = (sealed[key] for key in keys)
    industry = await came_with_merger(asked.session, proposal)
    named = {part["organisation_id"] for part in (*short["partners"], *full["partners"])}
    found = consistency(short, full, industry, await who_stays(asked.session, named))
    return [ConsistencyNote(code=note.code, text=note.text) for note in found]


PROPOSALS = Mounted(
    PROPOSAL,
    Proposal,
    "proposals",
    views=(
        (staff, ProposalRead),
        (consortium, ProposalApplicant),
        (blind_reader, ProposalBlind),
        (reader | industry_partner, ProposalReview),
    ),
    items=(
        (staff, ProposalItem),
        (consortium, ProposalApplicantItem),
        (blind_reader, ProposalBlindItem),
        (reader | industry_partner, ProposalReviewItem),
    ),
    needs=("corrigenda",),
    completes=complete,
    parts=(Part("sections", section, SectionRead, consortium),),
    orders={"reference": Order(Proposal.reference)},
    filters={
        "state": Filter(Shown, in_state),
        "reference": Filter(Line, lambda actor, value: Proposal.reference == value),
        "topic_stage_id": Filter(UUID, lambda actor, key: Proposal.topic_stage_id == key),
    },
)
