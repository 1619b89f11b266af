"""Which pairs a conflict of interest bars, and what must be settled before anybody is assigned.

The one place where assigning asks about conflicts: a finder that knows more takes the place of `barred`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.models import LIVE, Consortium, Partner, Person
from app.consortia.organisations.models import Organisation
from app.experts.assigning.rules import Barred, Pair
from app.experts.models import BARS_CALL, BARS_TOPIC, Assignment, Conflict, ConflictState, Contract, Expert
from app.experts.queries import APART, takes_or_took_part
from app.experts.rules import conflicting
from app.people.access import roles_of
from app.people.models import Account
from app.proposals.models import Proposal


async def barred(
    session: AsyncSession, contracts: Collection[UUID], proposals: Collection[UUID], now: datetime
) -> Barred:
    """In a constant number of statements, however many there are."""
    found: dict[Pair, list[str]] = defaultdict(list)

    def bar(contract: UUID, proposal: UUID, situation: str, path: str) -> None:
        found[contract, proposal].append(conflicting(situation, path).text)

    rows = await session.execute(
        select(Proposal.id, Proposal.topic_id, Proposal.consortium_id).where(Proposal.id.in_(proposals))
    )
    of_topic: dict[UUID, list[UUID]] = defaultdict(list)
    of_consortium: dict[UUID, UUID] = {}
    for key, topic, consortium in rows:
        of_topic[topic].append(key)
        of_consortium[consortium] = key

    here = Contract.id.in_(contracts)
    person = select(Contract.id, roles_of(Expert.account_id, now)).join(
        Expert, Expert.id == Contract.expert_id
    )
    for contract, roles in await session.execute(person.where(here)):
        for role in sorted(APART & set(roles or ())):
            for proposal in proposals:
                bar(contract, proposal, "D8", f"holds the role “{role}”")

    same = or_(Person.account_id == Account.id, func.lower(Person.email) == func.lower(Account.email))
    involved = (
        select(Contract.id, Consortium.id, Consortium.topic_id, Organisation.legal_name)
        .distinct()
        .join(Expert, Expert.id == Contract.expert_id)
        .join(Account, Account.id == Expert.account_id)
        .join(Person, same)
        .join(Partner, Partner.id == Person.partner_id)
        .join(Consortium, Consortium.id == Partner.consortium_id)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(here, Consortium.topic_id.in_(of_topic), takes_or_took_part())
        .order_by(Organisation.legal_name)
    )
    for contract, consortium, topic, name in await session.execute(involved):
        for proposal in of_topic[topic]:
            if of_consortium.get(consortium) == proposal:
                bar(contract, proposal, "D1", f"a person of {name} in this consortium")
            else:
                bar(contract, proposal, "D9", f"a person of {name} in another consortium")

    employed = (
        select(Contract.id, Partner.consortium_id, Organisation.legal_name)
        .join(Expert, Expert.id == Contract.expert_id)
        .join(Organisation, Organisation.id == Expert.organisation_id)
        .join(Partner, and_(Partner.organisation_id == Organisation.id, Partner.state.in_(LIVE)))
        .where(here, Partner.consortium_id.in_(of_consortium))
    )
    for contract, consortium, name in await session.execute(employed):
        bar(contract, of_consortium[consortium], "D5", f"employed by {name}")

    await _on_record(session, contracts, of_topic, bar)
    return Barred(found)


async def _on_record(
    session: AsyncSession,
    contracts: Collection[UUID],
    of_topic: dict[UUID, list[UUID]],
    bar: Callable[[UUID, UUID, str, str], None],
) -> None:
    every = [proposal for group in of_topic.values() for proposal in group]
    of_call = select(Assignment.proposal_id).where(Assignment.contract_id == Contract.id)
    rows = await session.execute(
        select(Contract.id, Conflict)
        .join(Conflict, Conflict.expert_id == Contract.expert_id)
        .where(Contract.id.in_(contracts), Conflict.state != ConflictState.WAIVED)
        .where(
            or_(
                Conflict.proposal_id.in_(every),
                and_(Conflict.situation == BARS_TOPIC, Conflict.topic_id.in_(of_topic)),
                and_(Conflict.situation.in_(BARS_CALL), Conflict.proposal_id.in_(of_call)),
            )
        )
        .order_by(Conflict.situation)
    )
    for contract, conflict in rows:
        barring = [conflict.proposal_id] if conflict.proposal_id in every else []
        if conflict.situation in BARS_CALL:
            barring = every
        elif conflict.situation == BARS_TOPIC:
            barring = of_topic.get(conflict.topic_id, barring)
        for proposal in barring:
            bar(contract, proposal, conflict.situation, f"a conflict is {conflict.state.value}")
