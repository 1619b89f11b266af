"""People's routes: accounts, appointments, signing in, oneself."""

from fastapi import APIRouter, Depends, Request

from app.core.errors import Unauthenticated
from app.people import by_link, sign_in
from app.people.desk import desk
from app.people.limits import client_of
from app.people.me import ties_of, waiting_for
from app.people.models import Account
from app.people.mounts import ACCOUNTS, APPOINTMENTS
from app.people.schemas import DEFAULTS, ChooseNotices, Me, NoticesRead
from app.people.workflow import ACCOUNT
from app.workflow.asked import Asking
from app.workflow.http import documented, mount, refusals
from app.workflow.rows import lock, look
from app.workflow.run import fire
from app.workflow.stage_router import StageRouter


async def limited(request: Request) -> None:
    """Every route under `/v1/auth` is limited, because the router is. Raises TooMany."""
    desk().limits.client.spend(client_of(request))


router = StageRouter(prefix="/v1", tags=["people"])
auth = APIRouter(prefix="/auth", dependencies=[Depends(limited)])
auth.include_router(by_link.router)
auth.include_router(sign_in.router)
router.include_router(auth)
mount(router, ACCOUNTS)
mount(router, APPOINTMENTS)


@router.get("/me", response_model=Me, responses=refusals(401), summary="Who am I?", operation_id="read_me")
async def read_me(asked: Asking) -> Me:
    """Your account and the acts open to you, your roles now, what you are tied to, what waits for you."""
    actor = asked.actor
    if actor.id is None:
        raise Unauthenticated
    return Me.model_validate(
        {
            "account": await ACCOUNTS.read(asked, actor.id),
            "roles": sorted(actor.roles),
            "relations": await ties_of(asked.session, actor, asked.now),
            "waiting": await waiting_for(asked.session, actor, asked.now),
        }
    )


def _chosen(account: Account) -> NoticesRead:
    return NoticesRead.model_validate({**DEFAULTS, **account.notices})


@router.get(
    "/me/notices",
    responses=refusals(401),
    summary="How am I told, and of what?",
    description="Who: anyone signed in, of oneself.",
    operation_id="read_my_notices",
)
async def read_notices(asked: Asking) -> NoticesRead:
    if asked.actor.id is None:
        raise Unauthenticated
    account, _ = await look(asked.session, Account, asked.actor.id, asked.actor)
    return _chosen(account)


@router.patch(
    "/me/notices",
    response_model=NoticesRead,
    responses=refusals(401),
    **documented(ACCOUNTS, ACCOUNT.rows("choose_notices")),
)
async def choose_notices(asked: Asking, data: ChooseNotices) -> NoticesRead:
    if asked.actor.id is None:
        raise Unauthenticated
    account, held = await lock(asked.session, Account, asked.actor.id, asked.actor)
    await fire(ACCOUNT, "choose_notices", account, asked.act(held, data))
    return _chosen(account)
