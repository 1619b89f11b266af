"""From a bearer token to an actor: the account, all its roles and the clock, in one statement."""

from datetime import timedelta

from sqlalchemy import Text, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import machine_now, offset
from app.core.errors import Unauthenticated
from app.people.access import roles_of
from app.people.desk import desk
from app.people.models import Account, AccountState, Family
from app.people.tokens import NOT_GOOD
from app.workflow.who import NOBODY, Actor

ACTOR = "app.actor"


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
    named = func.set_config(ACTOR, cast(Account.id, Text), True)
    now = literal(machine_now()) + func.coalesce(offset(), timedelta(0))
    roles = roles_of(literal(bearer.account_id), now)
    signed_in = exists().where(
        Family.id == bearer.family_id, Family.account_id == Account.id, Family.revoked_at.is_(None)
    )
    statement = select(offset(), Account.id, Account.email, roles, named).where(
        Account.id == bearer.account_id, Account.state == AccountState.ACTIVE, signed_in
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise Unauthenticated(NOT_GOOD)
    ahead, key, email, roles_held, _ = row
    return Actor(key, frozenset(roles_held), email), ahead or timedelta(0)
