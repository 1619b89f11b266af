"""Signing in with a password, staying so, ending it, changing the password."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from asgi_correlation_id import correlation_id
from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.core.audit import Refusal
from app.core.clock import process_now
from app.core.errors import Unauthenticated
from app.core.reason import Reason
from app.people import families, passwords
from app.people.desk import desk, in_turn
from app.people.links import account_of
from app.people.models import Account, AccountState, Family
from app.people.mounts import ACCOUNTS
from app.people.schemas import ChangePassword, Chosen, Credentials, Refresh, SignedIn
from app.people.workflow import ACCOUNT
from app.workflow.asked import Asking
from app.workflow.http import documented, refusals
from app.workflow.rows import lock
from app.workflow.run import fire, refuse

router = APIRouter()
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


@router.post(
    "/sign_in",
    response_model=SignedIn,
    responses=refusals(401),
    dependencies=[Depends(in_turn, scope="function")],
    summary="Sign in",
    operation_id="sign_in",
)
async def sign_in(request: Request, data: Credentials) -> SignedIn:
    """Sign in with address and password: the work is the same whether or not there is such an account."""
    desk().limits.sign_in.spend(data.email.lower())
    sessions = request.app.state.sessions
    # No connection is held while the password is tried.
    async with sessions() as session:
        now = await process_now(session)
        account = (await session.scalars(account_of(data.email))).one_or_none()
    kept = account.password if account and account.state == AccountState.ACTIVE else None
    if await passwords.matches(data.password, kept) and account is not None:
        async with sessions() as session, session.begin():
            # Shared with other sign-ins, but not with a change of the password or the closing of the account.
            unchanged = select(Account.id).where(
                Account.id == account.id, Account.password == kept, Account.state == AccountState.ACTIVE
            )
            if await session.scalar(unchanged.with_for_update(read=True)):
                return await families.open_family(session, account.id)
    raise _refused(account.id if account else None, now)


def _refused(account_id: UUID | None, now: datetime) -> Unauthenticated:
    problem = Unauthenticated("The address or the password is wrong.")
    problem.record = Refusal(
        id=uuid4(),
        at=now,
        entity=ACCOUNT.entity,
        entity_id=account_id,
        act="sign_in",
        actor_id=None,
        codes=["wrong-password"],
        request_id=correlation_id.get() or "",
    )
    return problem


@router.post(
    "/refresh",
    response_model=SignedIn,
    responses=refusals(401),
    summary="Refresh the tokens",
    operation_id="refresh",
)
async def refresh(request: Request, data: Refresh) -> SignedIn:
    """Exchange a refresh token for the next pair. One that comes twice ends all that came of its sign-in."""
    async with request.app.state.sessions() as session, session.begin():
        pair = await families.rotate(session, data.refresh_token.get_secret_value())
    # Raised after the commit: the family of a token that came twice stays revoked.
    if pair is None:
        raise Unauthenticated("The refresh token is not good, or no longer; sign in again.")
    return pair


@router.post(
    "/sign_out", status_code=204, responses=refusals(401), summary="Sign out", operation_id="sign_out"
)
async def sign_out(asked: Asking, token: Bearer) -> None:
    """End this sign-in: its access and refresh tokens are refused from now on."""
    if token is None:
        raise Unauthenticated
    family = desk().tokens.read(token.credentials).family_id
    await families.revoke(asked.session, Family.id == family)


@router.post(
    "/password",
    response_model=SignedIn,
    responses=refusals(401, 409),
    dependencies=[Depends(in_turn, scope="function")],
    **documented(ACCOUNTS, ACCOUNT.rows("change_password")),
)
async def change_password(asked: Asking, data: ChangePassword) -> SignedIn:
    if asked.actor.id is None:
        raise Unauthenticated
    desk().limits.sign_in.spend(asked.actor.email.lower())
    account, held = await lock(asked.session, Account, asked.actor.id, asked.actor)
    if not await passwords.matches(data.current_password, account.password):
        wrong = Reason(
            "wrong-password", "The current password is another.", "/body/current_password", "sender"
        )
        raise refuse(ACCOUNT, "change_password", account, asked.act(held), [wrong])
    await passwords.refuse_weak(data.password, account.email, account.name)
    chosen = Chosen(password=await passwords.hashed(data.password))
    await fire(ACCOUNT, "change_password", account, asked.act(held, chosen))
    return await families.open_family(asked.session, account.id)
