"""Inviting somebody from any stage: the account of an address, and the link that makes it theirs."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.links import account_of, new_link
from app.people.models import Account, AccountState
from app.people.schemas import Invite
from app.people.workflow import ACCOUNT
from app.workflow.run import SYSTEM, Act, create


async def invite(
    session: AsyncSession, email: str, name: str, act: Act, cause: UUID | None = None
) -> tuple[Account, str | None]:
    """The account of an address, made if there is none, and a link if it is still to be activated.

    The caller writes the mail, in its own words. `cause` is the id of the audit event that this follows.
    """
    # Two acts that invite the same stranger at once would both find no account.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(email.lower()))))
    account = (await session.scalars(account_of(email))).one_or_none()
    if account is None:
        account = Account()
        ask = replace(act.ask, held=SYSTEM, data=Invite(email=email, name=name), part=None)
        await create(ACCOUNT, "introduce", account, Act(session, ask, act.request_id, cause, by_system=True))
    link = new_link(session, "activate", account.email) if account.state == AccountState.INVITED else None
    return account, link
