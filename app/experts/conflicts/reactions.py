"""What follows from a conflict for seats: whoever it bars has no access any more, and must be replaced."""

from dataclasses import replace

from sqlalchemy import or_, select

from app.calls.models import Stage, TopicStage
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.workflow import CONFLICT
from app.experts.models import Assignment, AssignmentState, Contract
from app.experts.workflow import ASSIGNMENT
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire_all

SEATED = (
    AssignmentState.PROPOSED,
    AssignmentState.INVITED,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
)


async def keep_declaration(assignment: Assignment, act: Act) -> None:
    """Reaction to `declare_conflict`: the conflict is on record, to be decided by the office."""
    (seat,) = await lock_all(act.session, Assignment, [assignment.id], ["expert"])
    await create(CONFLICT, "declare", Conflict(), replace(act, parent=seat))


async def block_by_conflict(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict that is found or declared: every seat that it bars from is blocked.

    That on its proposal, those in its topic or those of its call: as far as its situation bars.
    """
    seats = select(Assignment.id).where(
        Assignment.expert_id == conflict.expert_id, Assignment.state.in_(SEATED)
    )
    of_call = select(Stage.call_id).join(TopicStage, TopicStage.stage_id == Stage.id)
    of_call = of_call.join(Proposal, Proposal.topic_stage_id == TopicStage.id)
    under = select(Contract.id).where(
        Contract.call_id.in_(of_call.where(Proposal.id == conflict.proposal_id))
    )
    barred = {
        "proposal": Assignment.proposal_id == conflict.proposal_id,
        "topic": Assignment.topic_id == conflict.topic_id,
        "call": Assignment.contract_id.in_(under),
    }
    here = or_(barred["proposal"], barred[programme().conflicts.by_code[conflict.situation].bars])
    locked = await lock_all(act.session, Assignment, await act.session.scalars(seats.where(here)))
    await fire_all(ASSIGNMENT, "block", locked, act)
