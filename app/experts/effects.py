"""What the rows of assignments and conflicts bring about."""

import secrets

from sqlalchemy import select

from app.core.errors import NotFound
from app.experts.models import Assignment, Conflict, Contract
from app.experts.rules import free_label
from app.people.access import office
from app.proposals.models import Proposal
from app.workflow.rows import lock
from app.workflow.run import Act


async def seat(assignment: Assignment, act: Act) -> None:
    """Tie it to the proposal, which is locked so that a label is given once.

    Raises NotFound, too, for an officer who applies in the topic: an applicant's sight seats nobody.
    """
    contract: Contract = act.parent
    needs = ["topic_stage.stage"]
    proposal, held = await lock(act.session, Proposal, act.data.proposal_id, act.actor, needs)
    if not office(held):
        raise NotFound
    assignment.contract, assignment.expert, assignment.proposal = contract, contract.expert, proposal
    assignment.topic_id = proposal.topic_id
    taken = await act.session.scalars(select(Assignment.label).where(Assignment.proposal_id == proposal.id))
    assignment.label = free_label(set(taken), secrets.randbelow(1_000_000))


async def date_declaration(assignment: Assignment, act: Act) -> None:
    assignment.declared_at = act.now


async def record(conflict: Conflict, act: Act) -> None:
    """Whose conflict it is with which proposal: that of the assignment under which it came up."""
    assignment: Assignment = act.parent
    conflict.expert_id, conflict.proposal_id = assignment.expert_id, assignment.proposal_id
    conflict.topic_id = assignment.topic_id
    conflict.situation, conflict.path = act.data.situation, act.data.text


async def give_waiver(conflict: Conflict, act: Act) -> None:
    conflict.waiver = act.data.reason
