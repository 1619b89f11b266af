"""Pointing out proposals on a topic that may be the same; nothing follows from it."""

from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import and_, select

from app.calls.models import TopicStage
from app.consortia.models import LIVE, Partner
from app.consortia.organisations.rules import folded
from app.core.schema import Read
from app.people.access import office
from app.proposals.models import Proposal, ProposalState
from app.proposals.rules import alike
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter()
APART = (ProposalState.DRAFT, ProposalState.WITHDRAWN, ProposalState.DISCONTINUED)
TEXTS = ("acronym", "title", "abstract")
Because = Literal["same_coordinator", "similar_acronym", "similar_title", "similar_abstract"]


class Likely(Read):
    """Two proposals that may be the same, and why one may think so."""

    proposal_id: UUID
    reference: str
    other_id: UUID
    other: str
    because: list[Because]


@router.get(
    "/topic_stages/{id}/likely_duplicates",
    responses=refusals(401, 404),
    summary="List proposals for a topic that may be the same, by pairs",
    description=f"Who: {office.label}. Two of four signs: the same coordinating organisation, an acronym, a "
    "title or an abstract with most words in common. Which one stands is asked by an information request.",
    operation_id="likely_duplicates",
)
async def likely_duplicates(asked: Asking, topic_stage_id: Annotated[UUID, Path(alias="id")]) -> list[Likely]:
    await look(asked.session, TopicStage, topic_stage_id, asked.actor, by=office)
    lead = and_(Partner.coordinates, Partner.state.in_(LIVE), Partner.consortium_id == Proposal.consortium_id)
    found = (
        select(Proposal.id, Proposal.reference, Proposal.handed_in, Partner.organisation_id)
        .outerjoin(Partner, lead)
        .where(Proposal.topic_stage_id == topic_stage_id, Proposal.state.not_in(APART))
        .order_by(Proposal.reference)
    )
    rows = [(*row, _words(row.handed_in)) for row in await asked.session.execute(found)]
    return list(_pairs(rows))


def _words(handed_in: dict[str, Any]) -> dict[str, frozenset[str]]:
    return {name: frozenset(folded(handed_in.get(name, "")).split()) for name in TEXTS}


def _pairs(rows: list[Any]) -> Iterator[Likely]:
    for one, other in combinations(rows, 2):
        because = ["same_coordinator"] if one[3] is not None and one[3] == other[3] else []
        because += [f"similar_{name}" for name in TEXTS if alike(one[4][name], other[4][name])]
        if len(because) > 1:
            about = {"proposal_id": one[0], "reference": one[1], "other_id": other[0], "other": other[1]}
            yield Likely.model_validate(about | {"because": because})
