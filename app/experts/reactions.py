"""What follows for experts from appointments, and for an assignment from a conflict."""

from dataclasses import replace

from sqlalchemy import select

from app.committee.models import Mandate
from app.committee.workflow import MANDATE
from app.core.reason import Reason
from app.experts.models import Assignment, AssignmentState, Conflict
from app.experts.queries import APART, live_contracts
from app.experts.workflow import ASSIGNMENT, CONFLICT
from app.people.models import Appointment
from app.people.workflow import APPOINTMENT
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire, refuse
from app.workflow.table import Workflow

SEATED = (
    AssignmentState.PROPOSED,
    AssignmentState.INVITED,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
)


async def seat_no_expert(mandate: Mandate, act: Act) -> None:
    """Reaction to a mandate's `confirm`: no expert under contract sits in a body (D8)."""
    await _no_contract(MANDATE, mandate, act)


async def appoint_no_expert(appointment: Appointment, act: Act) -> None:
    """Reaction to an appointment's `confirm`: no expert under contract runs the process (D8)."""
    if appointment.role in APART:
        await _no_contract(APPOINTMENT, appointment, act)


async def _no_contract(workflow: Workflow, subject: Mandate | Appointment, act: Act) -> None:
    if await act.session.scalar(select(live_contracts(subject.account_id))):
        reason = Reason("D8", "This person has a contract as an expert (D8).", "/account_id", "office")
        raise refuse(workflow, "confirm", subject, act, [reason])


async def keep_declaration(assignment: Assignment, act: Act) -> None:
    """Reaction to `declare_conflict`: the conflict is on record, to be decided by the office."""
    await create(CONFLICT, "declare", Conflict(), replace(act, parent=assignment))


async def block_by_conflict(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict's `find`: the expert's seat on that proposal is blocked until it is decided."""
    here = select(Assignment.id).where(
        Assignment.expert_id == conflict.expert_id,
        Assignment.proposal_id == conflict.proposal_id,
        Assignment.state.in_(SEATED),
    )
    for assignment in await lock_all(act.session, Assignment, await act.session.scalars(here)):
        await fire(ASSIGNMENT, "block", assignment, act)
