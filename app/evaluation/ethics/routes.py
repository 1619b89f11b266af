"""The routes of ethics screenings, and the conflict card of an ethics expert."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

import app.evaluation.panel.routes  # noqa: F401  # screenings are opened from a panel's list
from app.evaluation.ethics.access import at_work, decider, ethics_expert, holder, invited, watching
from app.evaluation.ethics.models import EthicsScreening, EthicsSeat
from app.evaluation.ethics.schemas import (
    EthicsSeatItem,
    EthicsSeatRead,
    ScreeningForApplicant,
    ScreeningForExpert,
    ScreeningItem,
    ScreeningOutcome,
    ScreeningRead,
    SeatForHolder,
    SeatOwn,
)
from app.evaluation.ethics.workflow import ETHICS_SCREENING, ETHICS_SEAT
from app.evaluation.observer.readings import record
from app.experts.schemas import Card
from app.people.access import auditor, office
from app.proposals.access import consortium
from app.proposals.models import Proposal
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/v1")
staff = office | auditor
shown = invited | at_work

mount(
    router,
    Mounted(
        ETHICS_SCREENING,
        EthicsScreening,
        "ethics_screenings",
        views=(
            (staff, ScreeningRead),
            (ethics_expert | watching, ScreeningForExpert),
            (consortium, ScreeningForApplicant),
            (decider, ScreeningOutcome),
        ),
        items=((staff | ethics_expert | watching | consortium | decider, ScreeningItem),),
        needs=("proposal", "requirements", "lapsed"),
        root=(Proposal, EthicsScreening.proposal_id),
        filters={
            "panel_id": Filter(UUID, lambda actor, value: EthicsScreening.panel_id == value),
            "proposal_id": Filter(UUID, lambda actor, value: EthicsScreening.proposal_id == value),
        },
        records=record,
    ),
)
mount(
    router,
    Mounted(
        ETHICS_SEAT,
        EthicsSeat,
        "ethics_seats",
        views=((staff, EthicsSeatRead), (at_work, SeatOwn), (holder | invited, SeatForHolder)),
        items=((staff | holder | invited | at_work, EthicsSeatItem),),
        needs=("remarks",),
        root=(EthicsScreening, EthicsSeat.screening_id),
        filters={"ethics_screening_id": Filter(UUID, lambda actor, value: EthicsSeat.screening_id == value)},
        records=record,
    ),
)


@router.get(
    "/ethics_seats/{id}/card",
    responses=refusals(401, 404),
    summary="Read the conflict card (seat of an ethics expert)",
    description=f"All that there is to see before declaring. Who: {shown.label}.",
    operation_id="ethics_seat_card",
)
async def card(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Card:
    """The card of a proposal, for the expert who is asked to declare. Raises NotFound."""
    seat, _ = await look(asked.session, EthicsSeat, key, asked.actor, ["proposal.versions"], by=shown)
    return Card.of(seat.proposal.versions[-1].manifest)
