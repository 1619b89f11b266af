"""Two worlds that differ in one hidden fact answer an applicant alike, by every byte of every answer.

The facts: who reviews, a score, the decision before its release, that a proposal was found ineligible late or
a duplicate, what the office makes of an answer, which other envelopes it looks at. Everything is asked in a
world where all differ; what is answered otherwise there is asked again in the world of each, to say by which.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app import process
from app.calls import reactions
from app.core.postgres import Database
from app.core.settings import Settings
from app.docs import contract
from app.proposals.access import interest
from app.workflow import run, sight
from app.workflow.mounted import MOUNTED
from app.workflow.table import Effect
from tests import leaks
from tests.asks import THINGS, Ask, asks
from tests.leaks import Canary
from tests.looking import Asking, unlike
from tests.matrix.acts import Answer
from tests.matrix.conftest import gathered
from tests.matrix.walk import FAULTY, Known
from tests.worlds import (
    FACTS,
    Fact,
    a_late_finding,
    a_score,
    the_decision,
    thread,
    undecided,
    what_came_of_it,
    what_ethics_finds,
    what_is_prepared,
    who_reviews,
)

pytestmark = pytest.mark.anyio
APPLICANTS = ("coordinator", "rival", "applying_office", "applying_member", "nobody")
LEAST, OPERATIONS = 320, 150


@pytest.fixture(scope="module")
async def there(settings: Settings, database: Database, engine: AsyncEngine) -> AsyncIterator[Asking]:
    with pytest.MonkeyPatch.context() as patch:
        async with gathered(settings, database, engine) as cast:
            await thread(cast)
            Known(patch)
            yield Asking(cast, patch)


@pytest.mark.parametrize("kind", APPLICANTS)
async def test_an_applicant_is_answered_alike_whatever_is_hidden(there: Asking, kind: str) -> None:
    wanted = [ask for ask in asks(there.cast) if kind == "coordinator" or not ask.probes]
    before = await there.look(kind, wanted)
    assert len(before) == len(wanted) >= LEAST
    assert [f"{ask.name}: {told.status}" for ask, (told, _) in before.items() if _faulty(ask, told)] == []
    async with there.world(*FACTS):
        after = await there.look(kind, wanted)
    found = unlike(before, after)
    suspects = [ask for ask in wanted if ask.name in found]
    by = {fact.__name__: await there.apart(kind, suspects, fact) for fact in FACTS if found}
    first = [(ask.name, before[ask], after[ask]) for ask in suspects[:1]]
    assert (first, by) == ([], {})


def _faulty(ask: Ask, told: Answer) -> bool:
    """Neither an answer nor a refusal for a reason: it would be the same in any world."""
    return told.status in FAULTY and not ask.probes


@pytest.mark.parametrize("kind", ["applying_office", "applying_member"])
async def test_an_applicant_learns_by_no_act_whether_it_is_decided(there: Asking, kind: str) -> None:
    acts = [ask for ask in asks(there.cast) if ask.acts]
    assert await there.apart(kind, acts, undecided) == []


async def test_nothing_that_the_contract_lets_one_ask_is_left_out(there: Asking) -> None:
    document = contract.document()
    operations = {f"{method} {path}" for method, path, _ in contract.operations(document)}
    assert {ask.operation for ask in asks(there.cast)} - {""} == operations
    assert len(operations) >= OPERATIONS
    assert set(THINGS) == set(MOUNTED)
    assert sum(ask.probes for ask in asks(there.cast)) == 2 * sum(m.items != () for m in MOUNTED.values())


async def test_what_is_tried_is_undone_and_chance_is_the_same(there: Asking) -> None:
    names = ("POST /v1/topics/ideas", "POST /v1/accounts")
    acts = [ask for ask in asks(there.cast) if ask.operation in names]
    for kind, made in (("coordinator", 1), ("applying_office", 2)):
        one, other = await there.look(kind, acts), await there.look(kind, acts)
        assert [told.status for told, _ in one.values()].count(201) == made
        assert unlike(one, other) == []


async def test_headers_are_compared_and_no_date_is_among_them(there: Asking) -> None:
    wanted = [ask for ask in asks(there.cast) if ask.operation == "GET /v1/calls/{id}"]
    ((told, _),) = (await there.look("coordinator", wanted)).values()
    assert {b"etag", b"x-request-id", b"cache-control"} - set(dict(told.headers)) == set()
    assert b"date" not in dict(told.headers)


def about(there: Asking, *names: str) -> list[Ask]:
    """To read these things, and the lists of their kind."""
    found = []
    for entity, things in THINGS.items():
        plural = MOUNTED[entity].plural
        keys = [there.cast.ids[thing] for thing in things if thing in names]
        found += [Ask("GET", f"/v1/{plural}/{key}", "") for key in keys]
        found += [Ask("GET", f"/v1/{plural}", "")] if keys else []
    return found


@pytest.mark.parametrize(
    ("fact", "names", "lists"),
    [
        (who_reviews, ("assignment second_reviewer", "assignment invited_reviewer", "conflict"), 2),
        (a_score, ("report second_reviewer", "consensus", "panel", "summary"), 1),
        (the_decision, ("decision", "topic_stage", "call", "raise"), 1),
        (a_late_finding, ("proposal", "rival proposal"), 1),
        (what_came_of_it, ("information_request",), 0),
        (what_is_prepared, ("hearing_round", "hearing"), 0),
        (what_ethics_finds, ("ethics_screening",), 1),
    ],
)
async def test_an_officer_does_see_the_difference(
    there: Asking, fact: Fact, names: tuple[str, ...], lists: int
) -> None:
    """In each thing that differs by id, and in as many lists as show it."""
    wanted = about(there, *names)
    found = await there.apart("office", wanted, fact)
    assert [name for name in found if "-" in name] == [ask.name for ask in wanted if "-" in ask.path]
    assert len(found) == len(names) + lists


@pytest.mark.parametrize(
    ("fact", "canary", "kind", "name"),
    [
        (who_reviews, leaks.seats_without_interest, "applying_office", "assignment invited_reviewer"),
        (a_score, leaks.reports_for_all, "coordinator", "report second_reviewer"),
        (a_score, leaks.reports_for_all, "rival", "report second_reviewer"),
        (the_decision, leaks.whole_budget, "coordinator", "topic_stage"),
        (the_decision, leaks.whole_budget, "applying_member", "topic_stage"),
        (the_decision, leaks.whole_budget, "nobody", "topic_stage"),
        (a_late_finding, leaks.true_states, "coordinator", "proposal"),
        (a_late_finding, leaks.true_states, "rival", "rival proposal"),
        (what_came_of_it, leaks.whole_requests, "coordinator", "information_request"),
    ],
)
async def test_a_leak_is_caught(
    there: Asking, monkeypatch: pytest.MonkeyPatch, fact: Fact, canary: Canary, kind: str, name: str
) -> None:
    """In the world of the fact, and where the others differ as well."""
    wanted = about(there, name)
    assert await there.apart(kind, wanted, fact) == []
    canary(monkeypatch)
    try:
        for facts in ((fact,), FACTS):
            assert wanted[0].name in await there.apart(kind, wanted, *facts)
    finally:
        sight.install(dict(process.SIGHTS), interest)


@pytest.mark.parametrize(
    ("fact", "row", "leak", "caught"),
    [
        (who_reviews, "contract.end", leaks.refused_if_seated, 2),
        (the_decision, "session.record_attendance", leaks.mails_what_was_voted, 1),
    ],
)
async def test_a_leak_by_what_an_act_brings_about_is_caught(
    there: Asking, fact: Fact, row: str, leak: Effect, caught: int
) -> None:
    """An officer who applies learns it from a refusal, or an applicant from a mail."""
    entity, _, name = row.partition(".")
    wanted = [ask for ask in asks(there.cast) if ask.operation.endswith(f"/{{id}}/{name}")]
    assert await there.apart("applying_office", wanted, fact) == []
    run.install({**process.REACTIONS, (entity, name): (leak,)})
    try:
        assert len(await there.apart("applying_office", wanted, fact)) == caught
    finally:
        run.install(process.REACTIONS)


async def test_the_public_faces_show_the_call_and_a_leak_in_them_is_caught(
    there: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [ask for ask in asks(there.cast) if ask.path.startswith("/v1/public/")]
    shown = await there.look("nobody", wanted)
    found = {ask.operation for ask, (told, _) in shown.items() if told.status == 200 and b"C-1" in told.body}
    assert {operation for operation in found if "topics" not in operation} == {
        "GET /v1/public/calls", "GET /v1/public/calls/{reference}", "GET /v1/public/calls/{reference}.ics",
        "GET /v1/public/calls.atom", "GET /v1/public/calls.json",
    }  # fmt: skip
    assert "GET /v1/public/topics/{reference}" in found
    assert await there.apart("nobody", wanted, *FACTS) == []
    leaks.announced_too_early(monkeypatch)
    caught = await there.apart("nobody", wanted, the_decision)
    assert caught == ["GET /v1/public/calls/C-1", "GET /v1/public/topics/T-5"]


async def test_an_act_that_finds_out_the_money_is_caught(
    there: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer who applies asks for more, and by the refusal learns of a decision."""
    wanted = [ask for ask in asks(there.cast) if b"raise_envelope" in ask.body]
    monkeypatch.setattr(reactions, "run_by", leaks.run_by)
    assert len(await there.apart("applying_office", wanted, undecided)) == len(wanted) == 2
