"""How requests for a review stand on the wire, and who would move by one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import ColumnElement, and_, not_

from app.calls.models import TopicStage
from app.calls.periods import day_of
from app.core.errors import Unmet
from app.core.pages import Order
from app.core.reason import Reason
from app.decisions.redress.access import applicant, named_member, redress_member
from app.decisions.redress.models import OPEN, Redress, RedressState
from app.decisions.redress.schemas import (
    AnewRead,
    EffectRead,
    RedressForCommittee,
    RedressForNamed,
    RedressItem,
    RedressOwn,
    RedressRead,
    ResultRead,
)
from app.decisions.redress.weighing import weigh
from app.decisions.redress.workflow import REDRESS, SEATS
from app.people.access import auditor, office, signatory
from app.proposals.models import Proposal
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.who import Actor

handlers = office | auditor | signatory
everybody = handlers | redress_member | named_member | applicant


def overdue(actor: Actor, wanted: bool) -> ColumnElement[bool]:
    """Requests whose answer was due before today in Brussels, and is not there (Z-06)."""
    late = and_(Redress.state.in_(OPEN), Redress.answer_due < day_of(actor.at))
    return late if wanted else not_(late)


async def complete(asked: Asked, redress: Redress, body: Any) -> None:
    """To applicants the new summary, once it is settled; to who is named, whose proposal it is about."""
    if isinstance(body, RedressOwn):
        body.result = _result(redress)


def _result(redress: Redress) -> ResultRead | None:
    again = redress.re_evaluation
    if again is None or redress.state != RedressState.SETTLED:
        return None
    anew = [AnewRead(criterion=code, **again.agreed[code]) for code in again.criteria]
    return ResultRead(anew=anew, scores=again.scores, total=again.total, above=again.above)


REDRESSES = Mounted(
    REDRESS,
    Redress,
    "redresses",
    views=(
        (handlers, RedressRead),
        (redress_member, RedressForCommittee),
        (named_member, RedressForNamed),
        (applicant, RedressOwn),
    ),
    items=((everybody, RedressItem),),
    needs=(*SEATS, "proposal.consortium.partners.organisation"),
    root=(TopicStage, Redress.topic_stage_id),
    further=(Proposal, Redress.proposal_id),
    orders={"answer_due": Order(Redress.answer_due)},
    filters={
        "proposal_id": Filter(UUID, lambda actor, key: Redress.proposal_id == key),
        "overdue": Filter(bool, overdue),
    },
    completes=complete,
)

router = APIRouter()


@router.get(
    "/redresses/{id}/effect",
    responses=refusals(401, 404, 409),
    summary="Read who would move by it (request for a review)",
    description=f"Who: {handlers.label}. By the result of the new evaluation; before there is one, by the "
    "best that it may come to. Nobody who is selected loses a place (Z-06).",
    operation_id="redress_effect",
)
async def read_effect(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> EffectRead:
    redress, _ = await look(asked.session, Redress, key, asked.actor, SEATS, by=handlers)
    weighed = await weigh(asked.session, redress, asked.now)
    if weighed is None:
        told = "The list of its topic is not decided on; nothing can be told of who would move."
        raise Unmet(reasons=[Reason("not-decided", told, who="committee")])
    moves = weighed.moves
    return EffectRead(
        basis=weighed.basis,
        scores=dict(weighed.result.scores),
        total=weighed.result.total,
        rank=moves.rank,
        shares_rank=moves.shares,
        above_line=moves.above_line,
        requested=weighed.requested,
        left=moves.left,
        fits=moves.fits,
        remedy=weighed.remedy,
        waits_longer=list(weighed.waits),
    )
