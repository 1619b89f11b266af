"""What the rows of assignments bring about."""

import secrets
from datetime import timedelta

from sqlalchemy import select

from app.calls.periods import day_of, end_of
from app.calls.rule_set import pinned
from app.core.errors import NotFound
from app.experts.models import Assignment, Contract
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
    assignment.topic_id, assignment.reads_only = proposal.topic_id, act.data.reads_only
    taken = await act.session.scalars(select(Assignment.label).where(Assignment.proposal_id == proposal.id))
    assignment.label = free_label(set(taken), secrets.randbelow(1_000_000))


async def date_invitation(assignment: Assignment, act: Act) -> None:
    """Until when it is answered: so many days as the call's rule set gives whoever is invited, if it does."""
    terms = pinned(assignment.contract.call).experts
    if terms is not None:
        assignment.answer_until = end_of(day_of(act.now) + timedelta(days=terms.answer_days))


async def name_rapporteur(assignment: Assignment, act: Act) -> None:
    assignment.rapporteur = True


async def read_only(assignment: Assignment, act: Act) -> None:
    assignment.reads_only = True


async def relieve_rapporteur(assignment: Assignment, act: Act) -> None:
    assignment.rapporteur = False


async def date_declaration(assignment: Assignment, act: Act) -> None:
    assignment.declared_at = act.now
