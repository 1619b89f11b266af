"""What follows from an observer's declaration: the conflicts are on record, and take their topics away."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.calls.models import Stage, TopicStage
from app.calls.stage.workflow import STAGE
from app.committee.models import Mandate
from app.committee.workflow import MANDATE
from app.core.reason import Reason
from app.evaluation.observer.models import EvaluationReading, Observation, ObservationState
from app.evaluation.observer.queries import declared_on
from app.evaluation.observer.workflow import NO_OUTSIDERS, OBSERVATION
from app.experts.conflicts.declaring import keep_declared, keep_shown
from app.people.models import Appointment
from app.people.workflow import APPOINTMENT
from app.workflow.run import Act, refuse
from app.workflow.table import Workflow

OBSERVES = Reason(
    "observes",
    "This person observes an evaluation; whoever runs the process, advises or decides in it does not.",
    "/account_id",
    "office",
)


async def keep_conflicts(observation: Observation, act: Act) -> None:
    """Reaction to `declare`: what is declared, and what data show beside it."""
    proposals = (await act.session.scalars(declared_on(observation.call_id, act.now))).all()
    known = {proposal.id for proposal in proposals}
    reasons = [
        Reason("no-such-proposal", "This is no proposal of the call.", f"/conflicts/{number}/proposal_id")
        for number, one in enumerate(act.data.conflicts)
        if one.proposal_id not in known
    ]
    if reasons:
        raise refuse(OBSERVATION, "declare", observation, act, reasons)
    await keep_declared(observation.account_id, proposals, act.data.conflicts, act)
    await keep_shown({observation.account_id: proposals}, act)


async def seat_no_observer(mandate: Mandate, act: Act) -> None:
    """Reaction to a mandate's `confirm`: who observes a call, or will, neither advises nor decides (A-13)."""
    await refuse_if(_watches(mandate, act), MANDATE, mandate, act)


async def appoint_no_observer(appointment: Appointment, act: Act) -> None:
    """Reaction to an appointment's `confirm`: who observes a call, or will, does not run one (A-13)."""
    if appointment.role in NO_OUTSIDERS:
        await refuse_if(_watches(appointment, act), APPOINTMENT, appointment, act)


def _watches(subject: Mandate | Appointment, act: Act) -> ColumnElement[bool]:
    return exists().where(
        Observation.account_id == subject.account_id,
        Observation.state != ObservationState.ENDED,
        Observation.ends_at > act.now,
    )


async def refuse_if(observing: ColumnElement[bool], workflow: Workflow, subject: Any, act: Act) -> None:
    """Refuse to confirm a post while this holds: the other direction of `unfit`."""
    if await act.session.scalar(select(observing)):
        raise refuse(workflow, "confirm", subject, act, [OBSERVES])


async def keep_what_observers_read(stage: Stage, act: Act) -> None:
    """Reaction to a stage's `extend`: no proposal is replaced whose card an observer has read."""
    parts = select(TopicStage.id).where(TopicStage.stage_id == stage.id)
    opened = exists().where(EvaluationReading.topic_stage_id.in_(parts))
    if await act.session.scalar(select(opened)):
        told = "An observer has read something of its proposals."
        raise refuse(STAGE, "extend", stage, act, [Reason("observer-has-access", told, who="office")])
