"""An auditor of one call reads of it what an auditor of everything reads, and of all else what anybody reads.

Asked is every read that the contract has, on everything in a thread up to a decision under embargo; answers
are compared by every byte.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.committee.models import Body, Mandate, Motion, Session
from app.core.postgres import Database
from app.core.settings import Settings
from app.people.models import Appointment, AppointmentState
from app.process import SIGHTS
from app.topics.models import Topic
from app.workflow.sight import name_of, parameters, visible_ids
from app.workflow.who import Actor
from tests.asks import Ask, asks
from tests.build import LONG_AGO, standing_call
from tests.looking import Asking
from tests.matrix.acts import Answer
from tests.matrix.cast import Cast, days
from tests.matrix.conftest import gathered
from tests.worlds import Fact, thread

pytestmark = pytest.mark.anyio
MORE, ENTITIES = 50, 20
"""The least that there must be to see, of paths and of entities."""


@pytest.fixture(scope="module")
async def there(settings: Settings, database: Database, engine: AsyncEngine) -> AsyncIterator[Asking]:
    with pytest.MonkeyPatch.context() as patch:
        async with gathered(settings, database, engine) as cast:
            await thread(cast)
            made = await standing_call(cast.world)
            cast.ids |= {f"second {name}": UUID(made[name]["id"]) for name in made}
            yield Asking(cast, patch)


def reads(cast: Cast) -> list[Ask]:
    """Every one by itself, and every list of what belongs to something."""
    plain = (ask for ask in asks(cast) if not ask.acts and not ask.probes)
    return [ask for ask in plain if "?" not in ask.path or "_id=" in ask.path]


def appointed(kind: str, call: str | None) -> Fact:
    """The fact that somebody is an auditor: of this call, or of everything."""

    async def fact(cast: Cast) -> None:
        term = {"starts_at": LONG_AGO, "ends_at": days(9), "created_at": LONG_AGO, "confirmed_at": LONG_AGO}
        about = {"account_id": cast.account(kind), "role": "auditor", "appointing_act": "act", **term}
        about |= {"call_id": None if call is None else cast.ids[call], "state": AppointmentState.ACTIVE}
        await cast.connection.execute(insert(Appointment).values(**about))

    return fact


NO_CALL = {Body, Mandate, Session}
"""What belongs to a body, not to a call."""
OF_THEMSELVES = {"/v1/me", "/v1/appointments"}


async def told(there: Asking, kind: str, wanted: list[Ask], *facts: Fact) -> dict[Ask, Answer]:
    """Every answer; each reading is undone by itself, since it leaves a line on record."""
    found: dict[Ask, Answer] = {}
    async with there.world(*facts):
        for ask in wanted:
            found |= {ask: answer for ask, (answer, _) in (await there.look(kind, [ask])).items()}
    return found


def unlike(one: dict[Ask, Answer], other: dict[Ask, Answer]) -> set[str]:
    """The paths that are answered otherwise, but for those that tell of the appointment."""
    paths = {ask.path.partition("?")[0] for ask in one if one[ask] != other[ask]}
    return paths - OF_THEMSELVES


async def test_of_its_call_they_read_what_every_auditor_reads_and_of_others_nothing(there: Asking) -> None:
    wanted = reads(there.cast)
    anybody = await told(there, "stranger", wanted)
    of_another = await told(there, "stranger", wanted, appointed("stranger", "second call"))
    assert unlike(anybody, of_another) == set()
    of_everything = await told(there, "stranger", wanted, appointed("stranger", None))
    of_the_call = await told(there, "stranger", wanted, appointed("stranger", "call"))
    assert len(unlike(anybody, of_the_call)) >= MORE
    one, ids = unlike(of_everything, of_the_call), there.cast.ids
    seats = {f"/v1/mandates/{ids[name]}" for name in ("mandate of applying_member", "mandate of chair")}
    session = f"/v1/sessions/{ids['session']}"
    assert one == {
        *("/v1/bodies", f"/v1/bodies/{ids['body']}", "/v1/mandates", *seats, "/v1/sessions", session),
        *(f"{session}/minutes", f"{session}/minutes.pdf"),
        "/v1/topics",  # one of them is in no call
    }


async def test_who_applies_reads_no_more_for_it_than_any_auditor_who_applies(there: Asking) -> None:
    wanted = reads(there.cast)
    anybody = await told(there, "rival", wanted)
    of_the_call = await told(there, "rival", wanted, appointed("rival", "call"))
    call = f"/v1/calls/{there.cast.ids['call']}"
    # They are there, and empty: everything in them is of the topic.
    more = {f"{call}/{name}" for name in ("evaluation_readings", "what_if_comparison", "times")}
    assert unlike(anybody, of_the_call) == more
    for ask, answer in of_the_call.items():
        if ask.path in more:
            assert [value for value in answer.content.values() if isinstance(value, list)] in ([[]], [[], []])


async def test_lists_and_counts_hold_the_rows_of_the_call_and_no_others(there: Asking) -> None:
    """Of each entity that auditors see: what one of the thread's call, of another, of all and nobody sees."""
    cast, seen = there.cast, {}
    models = {model for model, sight in SIGHTS.items() if "auditor" in map(name_of, sight.relations)}
    who = cast.account("stranger")
    for name, call in (("all", None), ("call", "call"), ("other", "second call"), ("none", "")):
        async with there.world(*([] if call == "" else [appointed("stranger", call)])):
            role = {"all": "auditor", "none": ""}.get(name, "call_auditor")
            actor = Actor(who, frozenset({role} - {""}), at=days(0))
            for model in models:
                wanted = select(model.id).where(model.id.in_(visible_ids(actor, model)))
                rows = await cast.connection.scalars(wanted, parameters(actor))
                seen[model, name] = set(rows)
    there_is = {model for model in models if seen[model, "all"] > seen[model, "none"]}
    assert len(there_is) >= ENTITIES
    for model in there_is - NO_CALL:
        of_call = {cast.ids["other topic"]} if model is Topic else set()
        assert seen[model, "call"] == seen[model, "all"] - of_call, model
    for model in models:
        assert seen[model, "other"] - seen[model, "none"] == set(), model
    assert all(seen[model, "call"] == seen[model, "none"] for model in NO_CALL)
    assert seen[Motion, "call"] == {cast.ids["motion"]}
