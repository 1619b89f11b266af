"""Acts of people who hold no token but read the mail of an address: register, activate, reset."""

from asgi_correlation_id import correlation_id
from fastapi import APIRouter, Depends, Request
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import process_now
from app.people import families, links, passwords
from app.people.desk import desk, in_turn
from app.people.models import Account
from app.people.mounts import ACCOUNTS
from app.people.schemas import Activate, Address, Chosen, Reset, SignedIn, Told
from app.people.workflow import ACCOUNT
from app.workflow.asked import Asking
from app.workflow.http import documented, refusals
from app.workflow.run import Act, create, fire
from app.workflow.table import Ask
from app.workflow.who import Actor

router = APIRouter()
HELD = frozenset({"link_holder"})


@router.post(
    "/register", status_code=202, response_model=Told, **documented(ACCOUNTS, ACCOUNT.rows("register"))
)
async def register(asked: Asking, data: Address) -> Told:
    return await _write(asked, data.email)


@router.post(
    "/reset_request",
    status_code=202,
    response_model=Told,
    summary="Ask for a new password",
    operation_id="request_reset",
)
async def request_reset(asked: Asking, data: Address) -> Told:
    """Have a link mailed with which to choose a new password; the answer is the same for every address."""
    return await _write(asked, data.email)


async def _write(asked: Asking, email: str) -> Told:
    desk().limits.letters.spend(email.lower())
    await links.send_link(asked.session, email, asked.now)
    return Told()


@router.post(
    "/activate",
    response_model=SignedIn,
    responses=refusals(401, 409),
    dependencies=[Depends(in_turn, scope="function")],
    **documented(ACCOUNTS, ACCOUNT.rows("activate")),
)
async def activate(request: Request, data: Activate) -> SignedIn:
    link = data.link.get_secret_value()
    password = await _chosen(request, "activate", link, data.password, data.name)
    async with request.app.state.sessions() as session, session.begin():
        email = await links.redeem(session, "activate", link)
        account = await _account(session, email)
        if account is None:
            account = Account()
            chosen = Chosen(email=email, name=data.name, password=password)
            await create(ACCOUNT, "register", account, await _act(session, Actor(), chosen))
        else:
            chosen = Chosen(name=data.name, password=password)
            await fire(ACCOUNT, "activate", account, await _act(session, Actor(account.id), chosen))
        return await families.open_family(session, account.id)


@router.post(
    "/reset",
    response_model=SignedIn,
    responses=refusals(401, 409),
    dependencies=[Depends(in_turn, scope="function")],
    **documented(ACCOUNTS, ACCOUNT.rows("reset_password")),
)
async def reset(request: Request, data: Reset) -> SignedIn:
    link = data.link.get_secret_value()
    password = await _chosen(request, "reset", link, data.password)
    async with request.app.state.sessions() as session, session.begin():
        account = await _account(session, await links.redeem(session, "reset", link))
        assert account is not None  # such links are made for accounts alone, and no account is deleted
        act = await _act(session, Actor(account.id), Chosen(password=password))
        await fire(ACCOUNT, "reset_password", account, act)
        return await families.open_family(session, account.id)


async def _chosen(request: Request, kind: str, link: str, password: SecretStr, *about: str) -> str:
    """The hash of a password that is good enough; no connection is held while it is made."""
    async with request.app.state.sessions() as session:
        email = await links.whose(session, kind, link)
    await passwords.refuse_weak(password, email, *about)
    return await passwords.hashed(password)


async def _account(session: AsyncSession, email: str) -> Account | None:
    return (await session.scalars(links.account_of(email).with_for_update(key_share=True))).one_or_none()


async def _act(session: AsyncSession, actor: Actor, chosen: Chosen) -> Act:
    """The act of whoever followed a link: it shows who they are."""
    now = await process_now(session)
    return Act(session, Ask(actor, now, HELD, chosen), correlation_id.get() or "")
