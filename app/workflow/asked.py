"""Who asks, when, in which transaction: what every route starts from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from asgi_correlation_id import correlation_id
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Transaction
from app.workflow.run import Act
from app.workflow.table import Ask
from app.workflow.who import Actor, Held

Authenticate = Callable[[AsyncSession, str | None], Awaitable[tuple[Actor, timedelta]]]
_authenticate: list[Authenticate] = []


def install(authenticate: Authenticate) -> None:
    """Hand over how a bearer token becomes an actor and the clock's offset, in one statement."""
    _authenticate[:] = [authenticate]


@dataclass(frozen=True)
class Asked:
    """A request: its transaction, its actor, and process time when its body had arrived."""

    session: AsyncSession
    actor: Actor
    now: datetime
    request_id: str

    def act(self, held: Held, data: object = None, part: object = None, parent: object = None) -> Act:
        """The act this request stands for."""
        ask = Ask(self.actor, self.now, held, data, part)
        return Act(self.session, ask, self.request_id, parent=parent)


_bearer = HTTPBearer(auto_error=False, description="The access token of `POST /v1/auth/sign_in`.")
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def asked(request: Request, session: Transaction, token: Token) -> Asked:
    """The dependency behind every route. Raises Unauthenticated for a token that is not good."""
    actor, offset = await _authenticate[0](session, token.credentials if token else None)
    now = request.state.received_at + offset
    return Asked(session, replace(actor, at=now), now, correlation_id.get() or "")


Asking = Annotated[Asked, Depends(asked, scope="function")]
