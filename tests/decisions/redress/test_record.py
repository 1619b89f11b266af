"""What is kept of letters, reviews and money says the same; what was altered is named."""

import asyncio
from uuid import UUID

import psycopg
import pytest

from app.calls.models import Call
from app.core.invariants import Invariant, broken
from app.core.postgres import libpq
from app.decisions import invariants as of_decisions
from app.decisions import replay
from app.decisions.letter import invariants as of_letters
from app.decisions.redress import invariants as of_redress
from app.decisions.reserve import invariants as of_reserve
from app.proposals.models import ProposalState
from tests.build import person, vote
from tests.conftest import World
from tests.decisions.build import proposal, released
from tests.decisions.redress.build import Contested, contested
from tests.decisions.two_stages import two_stages

pytestmark = pytest.mark.anyio
EVERY: tuple[Invariant, ...] = (
    *of_decisions.INVARIANTS,
    *of_reserve.INVARIANTS,
    *of_letters.INVARIANTS,
    *of_redress.INVARIANTS,
)


async def faults(world: World) -> list[str]:
    async with world.sessions() as session:
        return [told async for told in broken(session, EVERY)]


async def said(here: Contested, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The code, and what is said of letters."""
    world = here.world
    async with world.sessions() as session:
        call = (await session.get_one(Call, UUID(here.there.made["call"]["id"]))).reference
    capsys.readouterr()
    code = await asyncio.to_thread(replay.main, world.database, call, world.settings.key)
    lines = capsys.readouterr().out.splitlines()
    return code, [line.partition(": ")[2] for line in lines if line.startswith("Letters: ")]


# What is altered, by which table, and what is then said of it.
ALTERED: tuple[tuple[str, str], ...] = (
    ("letter SET text = replace(text, 'is on the reserve list', 'is not selected for funding')"
     " WHERE kind = 'reserve'", "it does not say that the proposal is on the reserve list."),
    ("letter SET digest = repeat('0', 64) WHERE kind = 'reserve'", "its digest is not of its text."),
    ("letter SET signature = other.signature FROM letter other"
     " WHERE letter.kind = 'reserve' AND other.kind = 'outcome'", "what is signed is a letter of "),
    ("letter SET signature = signature || 'x' WHERE kind = 'reserve'", "The signature is not of this key"),
    ("letter SET text = replace(text, 'INSUFFICIENT_BUDGET', 'BELOW_OVERALL_THRESHOLD')"
     " WHERE kind = 'reserve'",
     "it gives the reason BELOW_OVERALL_THRESHOLD; the trail INSUFFICIENT_BUDGET."),
    ("decision_line SET outcome = 'rejected' WHERE outcome = 'reserve'",
     "it tells of reserve (INSUFFICIENT_BUDGET); the line says rejected (INSUFFICIENT_BUDGET)."),
    ("audit_detail SET detail = detail || '{\"digest\": \"x\"}' WHERE detail ->> 'kind' = 'reserve'",
     "the trail tells of a letter of kind reserve, digest x."),
)  # fmt: skip


async def test_letters_are_read_again_and_what_was_altered_is_named(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    here = await contested(live, "30000000.00", "20000000.00", below=("1.00",))
    await here.file(1)
    code, told = await said(here, capsys)
    assert told == ["4 as they were written, of what was decided."]
    was = code
    for change, expected in ALTERED:
        behind(live, f"CREATE TABLE kept AS TABLE {change.split()[0]}", f"UPDATE {change}")
        code, told = await said(here, capsys)
        assert code == 1
        assert [one for one in told if expected in one] != [], told
        behind(live, back(change.split()[0]), "DROP TABLE kept")
    assert await said(here, capsys) == (was, ["4 as they were written, of what was decided."])


def back(table: str) -> str:
    columns: dict[str, tuple[str, tuple[str, ...]]] = {
        "letter": ("id", ("text", "digest", "signature")),
        "decision_line": ("id", ("outcome",)),
        "audit_detail": ("event_id", ("detail",)),
    }
    key, names = columns[table]
    sets = ", ".join(f"{name} = kept.{name}" for name in names)
    return f"UPDATE {table} SET {sets} FROM kept WHERE kept.{key} = {table}.{key}"


BROKEN: tuple[tuple[str, str], ...] = (
    ("DELETE FROM redress_funding", "Who a review has funded is so once"),
    ("UPDATE redress SET remedy = 'first_on_reserve'", "A first place on the reserve list"),
    ("UPDATE proposal SET state = 'selected' WHERE state = 'reserve'",
     "What is selected on a released topic asks for no more than its envelope."),
    ("UPDATE decision_line SET rank = NULL", "Who waits on a reserve list has a rank"),
    ("DELETE FROM redress_funding; UPDATE redress SET state = 'filed', outcome = NULL, remedy = NULL,"
     " rank = NULL, place = NULL, decided_at = NULL, decided_by = NULL, settled_by = NULL",
     "No review is under way of what has been selected"),
    ("DELETE FROM letter_copy; DELETE FROM letter WHERE kind = 'reserve'",
     "Whoever is told of an outcome has a letter of it"),
    ("UPDATE letter SET digest = 'x' WHERE kind = 'reserve'",
     "Each letter is the one that the trail tells of."),
)  # fmt: skip


async def test_what_must_hold_is_named_where_it_does_not(live: World) -> None:
    here = await contested(live, "30000000.00", "20000000.00", below=("10000000.00",))
    await here.settled(await here.final(2, "5", "5", "4.5"))
    assert await faults(live) == []
    for change, expected in BROKEN:
        found = await with_this(live, change)
        assert [told for told in found if expected in told] != [], (change, found)
    assert await faults(live) == []


async def with_this(live: World, change: str) -> list[str]:
    """What is said while this was altered behind the process, in a transaction that is taken back."""

    def ask() -> list[str]:
        with psycopg.connect(libpq(live.database.owner_url)) as connection:
            connection.execute(UNGUARDED)
            connection.execute(change)
            found = [one.says for one in EVERY if connection.execute(one.broken_by).fetchall()]
            connection.rollback()
        return found

    return await asyncio.to_thread(ask)


def behind(live: World, *statements: str) -> None:
    """Done by the owner of the database, past all triggers."""
    with psycopg.connect(libpq(live.database.owner_url)) as connection:
        connection.execute(UNGUARDED)
        for statement in statements:
            connection.execute(statement)


GUARDED = ("letter", "letter_copy", "redress", "redress_funding", "audit_detail", "decision_line", "proposal")
UNGUARDED = "; ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in GUARDED)


async def test_letters_of_a_first_stage_of_findings_and_of_promotions_are_as_decided(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    there = await two_stages(live, "1000000.00", "2000000.00", below=("3000000.00",))
    who = await person(live, "out")
    await proposal(live, there.ranked.made, "1.00", who, ProposalState.INELIGIBLE)
    await released(there.ranked)
    here = Contested(live, there.ranked, await person(live, "signatory", "signatory"))
    assert (await said(here, capsys))[1] == ["4 as they were written, of what was decided."]
    sent = (await there.office.get("/invitations", params={"topic_id": there.topic})).json()["items"]
    await here.one(0).coordinator.make(f"/invitations/{sent[0]['id']}/decline", {"reason": "Another grant."})
    members = there.ranked.members
    await vote(there.office, there.ranked.body, members, "invite_next", there.ranked.topic_stage)
    assert (await said(here, capsys))[1] == ["5 as they were written, of what was decided."]
    assert await faults(live) == []
