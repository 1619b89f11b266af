"""What the rows of conflicts and settled identities bring about."""

from sqlalchemy import literal, select

from app.consortia.models import Consortium, Partner, Person
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.queries import standing
from app.consortia.organisations.rules import folded
from app.core.errors import NotFound
from app.experts.conflicts.access import partial_to
from app.experts.conflicts.models import Conflict, Identity
from app.experts.conflicts.queries import conflicts_between
from app.experts.models import Assignment, Expert
from app.people.queries import somebody
from app.proposals.models import Proposal
from app.workflow.rows import look
from app.workflow.run import Act


async def name_seat(conflict: Conflict, act: Act) -> None:
    """Whose conflict it is with which proposal: that of the assignment under which it came up."""
    assignment: Assignment = act.parent
    conflict.account_id, conflict.expert_id = assignment.expert.account_id, assignment.expert_id
    conflict.proposal_id, conflict.topic_id = assignment.proposal_id, assignment.topic_id
    conflict.situation, conflict.path = act.data.situation, act.data.text


async def take_what_it_concerns(conflict: Conflict, act: Act) -> None:
    """Of the expert of a seat with the proposal that is said, on which they may have none."""
    seat: Assignment = act.parent
    conflict.account_id, conflict.expert_id = seat.expert.account_id, seat.expert_id
    conflict.proposal_id, conflict.topic_id = act.data.proposal_id, act.data.topic_id
    conflict.situation, conflict.path = act.data.situation, f"{act.data.listed}: {act.data.text}"


async def keep_reason(conflict: Conflict, act: Act) -> None:
    conflict.reason = act.data.reason


async def take_what_data_show(conflict: Conflict, act: Act) -> None:
    """Of whom, with which proposal: as data show it, with what the office knows beside it."""
    proposal: Proposal = act.parent
    account = await somebody(act.session, act.data.account_id, "/body/account_id")
    conflict.account_id = account.id
    conflict.expert_id = await act.session.scalar(select(Expert.id).where(Expert.account_id == account.id))
    conflict.proposal_id, conflict.topic_id = proposal.id, proposal.topic_id
    conflict.situation = act.data.situation
    findings = await conflicts_between(act.session, [account.id], [proposal.id], act.now)
    shown = [one for one in findings.of(account.id, proposal.id) if one.situation == act.data.situation]
    known = next((one for one in shown if one.fact), None)
    conflict.fact = known.fact if known else None
    conflict.path = "; ".join(told for told in (known.path if known else None, act.data.text) if told)
    act.note(path=conflict.path)


async def take_what_was_detected(conflict: Conflict, act: Act) -> None:
    seat: Assignment = act.parent
    conflict.account_id, conflict.expert_id = seat.expert.account_id, seat.expert_id
    conflict.proposal_id, conflict.topic_id = seat.proposal_id, seat.topic_id
    conflict.situation, conflict.fact, conflict.path = act.data.situation, act.data.fact, act.data.path


async def take_of_person(conflict: Conflict, act: Act) -> None:
    """Of somebody without a seat on the proposal, who may be of the pool."""
    proposal: Proposal = act.parent
    conflict.account_id, conflict.proposal_id = act.data.account_id, proposal.id
    conflict.topic_id = proposal.topic_id
    mine = select(Expert.id).where(Expert.account_id == act.data.account_id)
    conflict.expert_id = await act.session.scalar(mine)
    conflict.situation, conflict.fact, conflict.path = act.data.situation, act.data.fact, act.data.path


async def name_both(identity: Identity, act: Act) -> None:
    """Who may be whom. Raises NotFound for a person or an organisation that is not there."""
    identity.expert, given = act.parent, act.data
    identity.name = folded(given.name) if given.name is not None else None
    if given.person_id is not None:
        wanted = select(Person.id, Consortium.topic_id).join(Partner, Partner.id == Person.partner_id)
        wanted = wanted.join(Consortium, Consortium.id == Partner.consortium_id)
        found = (await act.session.execute(wanted.where(Person.id == given.person_id))).one_or_none()
        # Who applies in a topic, or has a conflict there, does not learn who is an expert of it.
        if found is None or await act.session.scalar(select(partial_to(act.actor, literal(found[1])))):
            raise NotFound
        identity.person_id, identity.topic_id = found
    if given.organisation_id is not None:
        await look(act.session, Organisation, given.organisation_id, act.actor)
        identity.organisation = await standing(act.session, given.organisation_id, "/body/organisation_id")


async def settle(identity: Identity, act: Act) -> None:
    assert act.actor.id is not None
    identity.same, identity.reason = act.data.same, act.data.reason
    identity.settled_by_id, identity.settled_at = act.actor.id, act.now
