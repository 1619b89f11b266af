"""Sign-ins: each opens a family of tokens; a refresh token is good once, and its reuse ends the family."""

import hashlib
import secrets
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from app.core.clock import machine_now
from app.people.desk import desk
from app.people.models import Account, AccountState, Family, RefreshToken
from app.people.schemas import SignedIn
from app.people.tokens import Bearer


def new_secret() -> tuple[str, str]:
    """A secret of 256 bits, and the hash by which it is known."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def open_family(session: AsyncSession, account_id: UUID) -> SignedIn:
    """Sign somebody in who has shown who they are."""
    family = Family(id=uuid4(), account_id=account_id, opened_at=machine_now())
    session.add(family)
    return _issue(session, family)


def _issue(session: AsyncSession, family: Family) -> SignedIn:
    secret, known_by = new_secret()
    expiry = machine_now() + desk().refresh_life
    session.add(RefreshToken(hash=known_by, family=family, expires_at=expiry))
    tokens = desk().tokens
    access = tokens.issue(Bearer(family.account_id, family.id))
    return SignedIn(access_token=access, expires_in=int(tokens.life.total_seconds()), refresh_token=secret)


async def rotate(session: AsyncSession, secret: str) -> SignedIn | None:
    """The next pair of tokens, or None. The caller commits in both cases: reuse has ended the family."""
    statement = (
        select(RefreshToken, Account.state)
        .join(RefreshToken.family)
        .join(Account, Account.id == Family.account_id)
        .where(RefreshToken.hash == hash_of(secret))
        .options(contains_eager(RefreshToken.family))
        .with_for_update(of=[RefreshToken, Family])
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    token, state = row
    family, now = token.family, machine_now()
    if token.used_at is not None:
        family.revoked_at = family.revoked_at or now
        return None
    if family.revoked_at or token.expires_at <= now or state != AccountState.ACTIVE:
        return None
    token.used_at = now
    return _issue(session, family)


async def revoke(session: AsyncSession, *which: Any) -> None:
    """End the sign-ins of these families: their access tokens are refused from the next request on."""
    still = update(Family).where(*which, Family.revoked_at.is_(None))
    await session.execute(still.values(revoked_at=machine_now()))
