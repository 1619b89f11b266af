"""What must always hold is asked of the database itself, and the row that breaks it is named."""

import asyncio

import pytest
from sqlalchemy import create_engine, text

from app.core import audit_cli
from app.process import INVARIANTS
from tests.build import committee, person, published_call
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def asked(world: World, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = await asyncio.to_thread(audit_cli.invariants, world.database, INVARIANTS)
    return code, capsys.readouterr().out.splitlines()


def by_owner(world: World, statement: str) -> None:
    owner = create_engine(world.database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(statement))
    owner.dispose()


async def test_they_hold_until_somebody_breaks_one(live: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(INVARIANTS) >= 20
    office = await person(live, "office", "office")
    body, members = await committee(live, "ann", "bob", "cas")
    made = await published_call(office, body, members)
    capsys.readouterr()
    assert await asked(live, capsys) == (0, [f"{len(INVARIANTS)} invariants hold."])
    by_owner(live, "UPDATE topic SET audit_seq = 1")
    by_owner(live, "UPDATE ballot SET choice = 'no'")
    code, lines = await asked(live, capsys)
    assert (code, lines[-1]) == (1, "3 rows break them.")
    ends = "Every topic ends at the last event of its chain."
    assert lines[0] == f"{ends} Not so: {made['topic']['id']}."
    adopted = "A motion is adopted if it had its majority, and only then."
    assert [line.split(" Not so")[0] for line in lines[1:-1]] == [adopted, adopted]
