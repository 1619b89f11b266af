"""From a bearer token to an actor: the account, all its roles and the clock, in one statement."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Select, Text, Uuid, bindparam, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import machine_now, offset
from app.core.errors import Unauthenticated
from app.people.access import RoleSource, role_sources, roles_of
from app.people.desk import desk
from app.people.models import Account, AccountState, Family
from app.people.tokens import NOT_GOOD
from app.workflow.who import NOBODY, Actor

ACTOR = "app.actor"


@cache
def _speaks_for(sources: tuple[RoleSource, ...]) -> Select[Any]:
    """The statement, built once for what gives roles: it is asked with every request."""
    key: Any = bindparam("account_id", type_=Uuid)
    signed_in = exists().where(
        Family.id == bindparam("family_id", type_=Uuid),
        Family.account_id == Account.id,
        Family.revoked_at.is_(None),
    )
    now = bindparam("machine_now", type_=DateTime(timezone=True)) + func.coalesce(offset(), timedelta(0))
    named = func.set_config(ACTOR, cast(Account.id, Text), True)
    columns = (offset(), Account.id, Account.email, roles_of(key, now), named)
    return select(*columns).where(Account.id == key, Account.state == AccountState.ACTIVE, signed_in)


async def authenticate(session: AsyncSession, token: str | None) -> tuple[Actor, timedelta]:
    """The actor that a token speaks for, and how far process time is ahead.

    Names the actor to the database for this transaction. Raises Unauthenticated for a token that is not
    good, a sign-in that was ended or an account that is not active.
    """
    if token is None:
        named = func.set_config(ACTOR, "", True)
        ahead, _ = (await session.execute(select(offset(), named))).one()
        return NOBODY, ahead or timedelta(0)
    bearer = desk().tokens.read(token)
    given = {"account_id": bearer.account_id, "family_id": bearer.family_id, "machine_now": machine_now()}
    row = (await session.execute(_speaks_for(role_sources()), given)).one_or_none()
    if row is None:
        raise Unauthenticated(NOT_GOOD)
    ahead, key, email, roles_held, _ = row
    return Actor(key, frozenset(roles_held), email), ahead or timedelta(0)
