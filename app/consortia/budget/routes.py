"""Reading a consortium's budget, and what its partners signed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.consortia.access import leads
from app.consortia.budget import parts
from app.consortia.budget.rules import FIGURES, Line, floor
from app.consortia.budget.schemas import (
    BudgetRead,
    LineRead,
    ShareRead,
    SignatureRead,
    Signatures,
    TotalsRead,
)
from app.consortia.budget.shown import for_reader, shown_to
from app.consortia.eligibility import unsigned
from app.consortia.models import Consortium, Partner, Person, Signature
from app.consortia.schemas import EntryRead
from app.core.errors import NotFound
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, seen
from app.workflow.who import Actor

router = APIRouter()


@router.get(
    "/consortia/{id}/budget",
    responses=refusals(401, 404),
    summary="Read the budget (consortium)",
    description="Who: the consortium. Its coordinator and deputy contacts read the figures of every partner, "
    "a partner its own and the sums; those of others if the consortium shows them (`open_budgets`).",
    operation_id="consortium_budget_read",
)
async def read_budget(asked: Asking, consortium_id: Annotated[UUID, Path(alias="id")]) -> BudgetRead:
    consortium, _ = await look(asked.session, Consortium, consortium_id, asked.actor, parts.NEEDS)
    shown = await shown_to(asked.session, consortium.id, asked.actor)
    budget = parts.budget_of(consortium)
    partners = {str(partner.id): partner for partner in consortium.partners}
    industry = budget.industry
    return BudgetRead(
        consortium_id=consortium.id,
        lines=[_line(partners[line.part.key], line) for line in budget.lines if line.part.key in shown],
        totals=TotalsRead(**budget.totals),
        ceiling=budget.ceiling,
        ceiling_kind=budget.ceiling_kind,
        contribution=industry and ShareRead.model_validate(industry),
        messages=[EntryRead.model_validate(one) for one in for_reader(budget.messages, shown)],
        unsigned=[EntryRead.model_validate(one) for one in unsigned(consortium)],
    )


def _line(partner: Partner, line: Line) -> LineRead:
    return LineRead(
        partner_id=partner.id,
        version=partner.version,
        state=partner.state.value,
        legal_name=line.part.name,
        coordinates=partner.coordinates,
        self_financed=partner.self_financed,
        **{name: getattr(partner, name) for name in FIGURES},
        direct=line.direct,
        indirect=line.indirect,
        eligible_costs=line.eligible_costs,
        rate=line.rate,
        highest=None if line.highest is None else floor(line.highest),
        at_own_cost=line.at_own_cost,
    )


@router.get(
    "/partners/{id}/signatures",
    responses=refusals(401, 404),
    summary="Read what was signed (partner)",
    description="Who: its own people, of what was signed while they were there, also once they have left; "
    "the coordinator and deputy contacts.",
    operation_id="partner_signatures_read",
)
async def read_signatures(asked: Asking, partner_id: Annotated[UUID, Path(alias="id")]) -> Signatures:
    wanted = select(Signature).join(Partner).where(Partner.id == partner_id, _kept_by(asked.actor))
    found = (await asked.session.scalars(wanted.order_by(Signature.signed_at, Signature.id))).all()
    if not found:
        here = seen(asked.actor, Partner).where(Partner.id == partner_id)
        if (await asked.session.execute(here, parameters(asked.actor))).first() is None:
            raise NotFound
    return Signatures(items=[SignatureRead.model_validate(one) for one in found])


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    """Whoever acted for the partner when it signed keeps what was signed; those who lead read it as well."""
    mine = and_(Person.partner_id == Partner.id, Person.account_id == actor.id)
    theirs = exists().where(mine, or_(Person.until.is_(None), Person.until > Signature.signed_at))
    return or_(theirs, leads(actor))
