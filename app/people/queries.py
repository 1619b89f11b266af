"""Looking up whom somebody names."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Malformed
from app.core.reason import Reason
from app.people.models import Account, AccountState


async def somebody(session: AsyncSession, key: UUID, path: str) -> Account:
    """Whoever has this account, which is not closed; `path` is where it was named. Raises Malformed."""
    account = await session.get(Account, key)
    if account is None or account.state == AccountState.CLOSED:
        told = "There is nobody with this account."
        raise Malformed(reasons=[Reason("no-such-person", told, path, "sender")])
    return account
