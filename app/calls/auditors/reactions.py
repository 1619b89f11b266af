"""What an appointment for one call must find: that call."""

from sqlalchemy import select

from app.calls.models import Call
from app.core.reason import Reason
from app.people.models import Appointment
from app.people.workflow import APPOINTMENT
from app.workflow.run import Act, refuse
from app.workflow.sight import parameters, visible_to

NO_CALL = Reason("no-such-call", "There is no such call, or not for you to see.", "/body/call_id", "sender")


async def frame_appointment(appointment: Appointment, act: Act) -> None:
    """Frame: the call that an appointment is for is there, and no secret to who proposes it."""
    if appointment.call_id is None:
        return
    seen = select(Call.id).where(Call.id == appointment.call_id, visible_to(act.actor, Call))
    if await act.session.scalar(seen, parameters(act.actor)) is None:
        raise refuse(APPOINTMENT, "propose", None, act, [NO_CALL])
