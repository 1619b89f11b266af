"""What follows for information requests from the clock."""

from sqlalchemy import select

from app.calls.rules import LAST_SECOND
from app.proposals.information.models import InformationRequest, InformationState
from app.proposals.information.workflow import INFORMATION_REQUEST
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all


async def lapse_requests(act: Act) -> None:
    """Due: requests whose last day is over without an answer."""
    over = InformationRequest.until <= act.now - LAST_SECOND
    here = select(InformationRequest.id).where(over, InformationRequest.state == InformationState.ASKED)
    found = await lock_all(act.session, InformationRequest, await act.session.scalars(here))
    asked = [one for one in found if one.state == InformationState.ASKED]  # none was answered meanwhile
    await fire_all(INFORMATION_REQUEST, "lapse", asked, act)
