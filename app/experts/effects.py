"""What the rows of experts, contracts and assignments bring about."""

import secrets

from sqlalchemy import select

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.queries import standing
from app.core.errors import NotFound
from app.experts.models import Assignment, Contract, Expert
from app.experts.rules import free_label
from app.people.access import office
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.rows import lock, look
from app.workflow.run import Act


async def name_known(expert: Expert, act: Act) -> None:
    """An expert is an account and an employer that exist. Raises NotFound."""
    if "account_id" in act.data.model_fields_set:
        await look(act.session, Account, act.data.account_id, act.actor)
    if act.data.organisation_id is not None:
        await look(act.session, Organisation, act.data.organisation_id, act.actor)
        await standing(act.session, act.data.organisation_id, "/body/organisation_id")


async def follow(expert: Expert, act: Act) -> None:
    """The employer is the organisation that it was merged into."""
    act.note(merged=str(expert.organisation_id))
    expert.organisation = act.parent


async def offer_to(contract: Contract, act: Act) -> None:
    """Raises NotFound for an expert who is not in the pool."""
    contract.call = act.parent
    contract.expert, _ = await look(act.session, Expert, act.data.expert_id, act.actor)


async def date_signature(contract: Contract, act: Act) -> None:
    contract.signed_at = act.now


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
