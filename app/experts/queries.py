"""Conflicts that the data know of, before anybody declares one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import LIVE, Consortium, Partner, Person
from app.consortia.organisations.models import Organisation
from app.experts.models import (
    BARS_CALL,
    BARS_TOPIC,
    Assignment,
    Conflict,
    ConflictState,
    Contract,
    ContractState,
    Expert,
)
from app.people.access import roles_of
from app.people.models import Account
from app.proposals.models import Proposal

_same_mail = func.lower(IndustryMember.email) == func.lower(Account.email)
APART = frozenset(
    {"office", "signatory", "auditor", "observer", "committee", "committee_chair", "advisory_member"}
)
"""Roles that exclude being an expert, and the other way round (D8)."""


def in_force() -> ColumnElement[bool]:
    """There is access under it: signed, the briefing acknowledged, neither suspended nor over."""
    return and_(Contract.state == ContractState.SIGNED, Contract.briefed_at.is_not(None))


def bars(expert_id: Any, proposal_id: Any, topic_id: Any, contract_id: Any) -> ColumnElement[bool]:
    """Conflicts that stand between an expert and a proposal: D6 to D8 hold for a call, D9 for a topic."""
    other = aliased(Assignment)
    of_call = select(other.proposal_id).where(other.contract_id == contract_id).correlate_except(other)
    return and_(
        Conflict.expert_id == expert_id,
        Conflict.state != ConflictState.WAIVED,
        or_(
            Conflict.proposal_id == proposal_id,
            and_(Conflict.situation == BARS_TOPIC, Conflict.topic_id == topic_id),
            and_(Conflict.situation.in_(BARS_CALL), Conflict.proposal_id.in_(of_call)),
        ),
    )


def takes_or_took_part() -> ColumnElement[bool]:
    """People of partners that are in a consortium or were; who was only invited is not barred by that."""
    return or_(Partner.state.in_(LIVE), Person.until.is_not(None))


async def seats_apart(session: AsyncSession, account_id: UUID | None, now: datetime) -> list[str]:
    """The roles of this account that exclude being an expert (D8)."""
    held = await session.scalar(select(roles_of(account_id, now)))
    return sorted(APART & set(held or []))


async def conflicts_in_data(
    session: AsyncSession, contract: Contract, proposal: Proposal, now: datetime
) -> list[tuple[str, str]]:
    """Every situation on record between this contract's expert and the proposal, and how it is known."""
    expert: Expert = contract.expert
    held = await seats_apart(session, expert.account_id, now)
    found = [("D8", f"holds the role “{role}”") for role in held]
    same = or_(Person.account_id == Account.id, func.lower(Person.email) == func.lower(Account.email))
    involved = (
        select(Consortium.id, Organisation.legal_name)
        .distinct()
        .join(Partner, Partner.consortium_id == Consortium.id)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .join(Person, Person.partner_id == Partner.id)
        .join(Account, same)
        .where(Account.id == expert.account_id, Consortium.topic_id == proposal.topic_id)
        .where(takes_or_took_part())
        .order_by(Organisation.legal_name)
    )
    for consortium_id, name in await session.execute(involved):
        if consortium_id == proposal.consortium_id:
            found.append(("D1", f"a person of {name} in this consortium"))
        else:
            found.append(("D9", f"a person of {name} in another consortium"))
    companies = (
        select(Organisation.legal_name)
        .join(IndustryMember, IndustryMember.organisation_id == Organisation.id)
        .join(Account, or_(IndustryMember.account_id == Account.id, _same_mail))
        .where(Account.id == expert.account_id, IndustryMember.topic_id == proposal.topic_id)
        .where(IndustryMember.state == IndustryMemberState.NAMED)
    )
    found += [
        ("D9", f"a person of {name} in the topic's industry consortium")
        for name in await session.scalars(companies)
    ]
    employer = (
        select(Organisation.legal_name)
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.consortium_id == proposal.consortium_id, Partner.state.in_(LIVE))
        .where(Organisation.id == expert.organisation_id)
    )
    found += [("D5", f"employed by {name}") for name in await session.scalars(employer)]
    barring = bars(expert.id, proposal.id, proposal.topic_id, contract.id)
    stood = select(Conflict.situation, Conflict.state).where(barring).order_by(Conflict.situation)
    for situation, state in await session.execute(stood):
        found.append((situation, f"a conflict is {state.value}"))
    return found


def live_contracts(account_id: UUID) -> ColumnElement[bool]:
    """The account has a contract as an expert that is offered or signed."""
    live = (ContractState.OFFERED, ContractState.SIGNED, ContractState.SUSPENDED)
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == account_id)
    return mine.where(Contract.state.in_(live)).exists()
