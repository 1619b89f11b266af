"""An auditor of one call reads of it what an auditor of everything reads, and of all else what anybody reads.

Asked is every read that the contract has, on everything in a thread up to a decision under embargo; answers
are compared by every byte.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.committee.models import Body, Mandate, Motion, Session
from app.core.postgres import Database
from app.core.settings import Settings
from app.people.models import Appointment, AppointmentState
from app.process import SIGHTS
from app.workflow.sight import name_of, parameters, visible_ids
from app.workflow.who import Actor
from tests.asks import Ask, asks
from tests.build import LONG_AGO, standing_call
from tests.looking import Asking
from tests.matrix.cast import Cast, days
from tests.matrix.conftest import gathered
from tests.worlds import Fact, thread

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def there(settings: Settings, database: Database, engine: AsyncEngine) -> AsyncIterator[Asking]:
    with pytest.MonkeyPatch.context() as patch:
        async with gathered(settings, database, engine) as cast:
            await thread(cast)
            made = await standing_call(cast.world)
            cast.ids |= {f"other {name}": made[name]["id"] for name in made}
            yield Asking(cast, patch)


def reads(cast: Cast) -> list[Ask]:
    return [ask for ask in asks(cast) if not ask.acts and not ask.probes]


def appointed(kind: str, call: str | None) -> Fact:
    """The fact that somebody is an auditor: of this call, or of everything."""

    async def fact(cast: Cast) -> None:
        term = {"starts_at": LONG_AGO, "ends_at": days(9), "created_at": LONG_AGO, "confirmed_at": LONG_AGO}
        about = {"account_id": cast.account(kind), "role": "auditor", "appointing_act": "act", **term}
        about |= {"call_id": None if call is None else cast.ids[call], "state": AppointmentState.ACTIVE}
        await cast.connection.execute(insert(Appointment).values(**about))

    return fact
