"""People's routes: accounts, appointments, signing in, oneself."""

from fastapi import APIRouter, Depends, Request

from app.core.errors import Unauthenticated
from app.people import by_link, sign_in
from app.people.desk import desk
from app.people.limits import client_of
from app.people.me import ties_of, waiting_for
from app.people.mounts import ACCOUNTS, APPOINTMENTS
from app.people.schemas import Me
from app.workflow.asked import Asking
from app.workflow.http import mount, refusals


async def limited(request: Request) -> None:
    """Every route under `/v1/auth` is limited, because the router is. Raises TooMany."""
    desk().limits.client.spend(client_of(request))


router = APIRouter(prefix="/v1", tags=["people"])
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
