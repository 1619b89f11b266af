"""All that a consortium is warned of, as one list: from the database, for whoever may read it."""

from decimal import Decimal
from uuid import UUID

import pytest
from app.consortia.budget.shown import for_reader
from sqlalchemy import select

from app.consortia.budget.parts import NEEDS, warnings
from app.consortia.models import Consortium
from app.workflow.rows import loading
from tests.conftest import World
from tests.consortia.budget.test_budget import says, two
from tests.consortia.budget.test_signing import signed

pytestmark = pytest.mark.anyio


async def test_limits_the_request_and_missing_signatures_stand_in_one_list(world: World) -> None:
    lead, made, pat, mine = await two(world)
    first = made["partners"][0]["id"]

    async def told(requested: Decimal | None, *shown: str) -> list[tuple[str, str]]:
        async with world.sessions() as session:
            wanted = select(Consortium).where(Consortium.id == UUID(made["id"]))
            found = await session.scalars(wanted.options(*loading(Consortium, NEEDS)))
            reasons = warnings(found.unique().one(), requested)
            return [(reason.code, reason.path) for reason in for_reader(reasons, shown)]

    unsigned = [("not-signed", f"/partners/{key}") for key in (first, mine)]
    assert await told(Decimal(7)) == unsigned
    await says(pat, mine, requested="5.00")
    await signed(pat, mine)
    over = ("over-funding-rate", f"/partners/{mine}/requested")
    assert await told(Decimal(7), mine, first) == [over, ("request-differs", "/requested"), unsigned[0]]
    assert await told(Decimal(5), first) == [unsigned[0]]
    assert await told(None, mine) == [over, unsigned[0]]
    await lead.make(f"/partners/{mine}/remove")
    assert await told(Decimal(7), mine) == [unsigned[0]]
