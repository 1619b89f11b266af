"""Whom a campaign cannot invite, and what it tells of its call."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import LEFT, Call, Stage, TopicStage
from app.experts.campaign.models import Campaign, ExpertInvitation, InvitationState
from app.experts.models import NOT_OVER, Contract, Expert
from app.experts.queries import APART
from app.people.access import roles_of
from app.people.models import Account, AccountState
from app.topics.models import Topic

STANDING = (InvitationState.LISTED, InvitationState.SENT, InvitationState.ACCEPTED)
Fault = tuple[str, str]


async def not_to_invite(
    session: AsyncSession, call_id: UUID, addresses: Sequence[str], now: datetime
) -> Mapping[str, Fault]:
    """Of these addresses, in small letters, those that cannot be invited to the call, and why not."""
    email = func.lower(ExpertInvitation.email)
    invited = select(email).join(Campaign).where(Campaign.call_id == call_id, email.in_(addresses))
    found: dict[str, Fault] = {}
    for address in await session.scalars(invited.where(ExpertInvitation.state.in_(STANDING))):
        found[address] = "invited", "This person is invited to the call already."
    known = func.lower(Account.email)
    held = select(known, Account.state, roles_of(Account.id, now)).where(known.in_(addresses))
    for address, state, roles in await session.execute(held):
        for fault in _of_account(state, roles or []):
            found[address] = fault
    live = select(known).join(Expert, Expert.account_id == Account.id).join(Contract)
    live = live.where(Contract.call_id == call_id, Contract.state.in_(NOT_OVER), known.in_(addresses))
    for address in await session.scalars(live):
        found[address] = "contract", "This person has a contract for the call already."
    return found


def _of_account(state: AccountState, roles: Sequence[str]) -> Iterator[Fault]:
    if state == AccountState.CLOSED:
        yield "account-closed", "The account of this address is closed."
    if apart := sorted(APART & set(roles)):
        yield "D8", f"This person holds the role “{apart[0]}” (D8)."


async def topics_of(session: AsyncSession, call: Call) -> list[str]:
    """The topics of a published call, as everybody may know them."""
    within = select(TopicStage.topic_id).join(Stage).where(Stage.call_id == call.id)
    within = within.where(TopicStage.state.not_in(LEFT))
    wanted = select(Topic.reference, Topic.title).where(Topic.id.in_(within)).order_by(Topic.reference)
    return [f"{reference}: {title}" for reference, title in await session.execute(wanted)]
