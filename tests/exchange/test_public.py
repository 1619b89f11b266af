"""The public faces: what is out, as announced, to anybody alike, and nothing else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.rules import Phase
from app.core import envelope
from app.core.clock import machine_now
from app.core.postgres import Database, libpq
from app.exchange.public.answers import knows
from app.exchange.public.queries import topic_says, topics
from app.topics.models import TopicState
from tests.build import EUR45M, LONG_AGO, Actor, adopted_topic, committee
from tests.calls.ending import WHY, there
from tests.conftest import Counting, World
from tests.exchange.build import ask, published, put, read_back, told

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


async def test_a_call_with_all_that_was_announced(world: World) -> None:
    _, made = await world.prepared(published)
    call, topic = made["call"]["reference"], made["topic"]["reference"]
    found = await told(world, f"/calls/{call}")
    (stage,) = found["stages"]
    assert (found["title"], found["phase"], found["budget"]) == ("A call", "open", EUR45M)
    assert found["rule_set"] == {"code": "imi2", "version": 2, "url": "/v1/rule_sets"}
    assert stage["deadline"] == {
        "wall": "2050-03-31T17:00",
        "zone": "Europe/Brussels",
        "at": "2050-03-31T15:00:00Z",
    }
    assert [(part["reference"], part["budget"]) for part in stage["topics"]] == [(topic, EUR45M)]
    (listed,) = (await told(world, "/calls"))["items"]
    assert (listed["reference"], listed["url"]) == (call, f"/v1/public/calls/{call}")
    for path in (found["url"], found["calendar_url"], stage["topics"][0]["url"]):
        assert (await ask(world, path.removeprefix("/v1/public"))).status_code == 200
    read = await told(world, f"/topics/{topic}")
    assert (read["challenge"], read["indicative_budget"]) == ("A challenge.", EUR45M)
    assert [(at["call"], at["stage"]["number"], at["budget"]) for at in read["in_calls"]] == [
        (call, 1, EUR45M)
    ]


@pytest.mark.parametrize("state", [CallState.PREPARING, CallState.ADOPTED])
async def test_a_call_that_is_not_out_is_on_no_face(world: World, state: CallState) -> None:
    _, made = await world.prepared(published)
    call, topic = made["call"]["reference"], made["topic"]["reference"]
    lists = ("/calls", "/topics", "/topics?q=challenge", "/calls?q=call", "/calls?phase=open", "/calls.json")
    reads = (f"/calls/{call}", f"/calls/{call}.ics", f"/topics/{topic}")
    assert all([(await told(world, path))["items"] for path in lists])
    assert [(await ask(world, path)).status_code for path in reads] == [200] * 3
    await put(world, made, "call", state=state)
    assert [(await told(world, path))["items"] for path in lists] == [[]] * len(lists)
    for path in reads:
        hidden = await ask(world, path)
        missing = await ask(world, path.replace(call, "C-0").replace(topic, "T-0"))
        assert hidden.status_code == missing.status_code == 404
        assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}


async def test_a_topic_that_is_not_out_is_on_no_face_though_its_call_is(world: World) -> None:
    _, made = await world.prepared(published)
    path = f"/topics/{made['topic']['reference']}"
    assert (await ask(world, path)).status_code == 200
    await put(world, made, "topic", state=TopicState.ADOPTED)
    assert (await ask(world, path)).status_code == 404
    assert (await told(world, "/topics?q=challenge"))["items"] == []


async def urls_of(world: World, call: dict[str, Any]) -> list[int]:
    """What each address on the page of a call is answered with, to anybody."""
    topics = [topic for stage in call["stages"] for topic in stage["topics"]]
    urls = [call["url"], call["calendar_url"]] + [
        t[name] for t in topics for name in ("url", "conditions_url")
    ]
    async with world.client() as anyone:
        return [(await anyone.get(url)).status_code for url in urls]


async def test_a_topic_that_was_taken_out_is_told_as_such_and_open_nowhere(world: World) -> None:
    here = await world.prepared(there)
    path = f"/calls/{(await read_back(world, Call, here.call)).reference}"
    before = {topic["title"]: topic for topic in (await told(world, path))["stages"][0]["topics"]}
    assert {topic["state"] for topic in before.values()} == {"scheduled"}
    assert (await here.withdraw()).status_code == 200
    call = await told(world, path)
    assert (call["phase"], call["cancelled"]) == ("open", False)
    states = {topic["title"]: topic["state"] for topic in call["stages"][0]["topics"]}
    assert states == {"A topic": "withdrawn", "B": "scheduled"}
    assert await urls_of(world, call) == [200] * 6
    (change,) = call["amendments"]
    reference = before["A topic"]["reference"]
    assert (change["kind"], change["topic"], change["reason"]) == ("withdrawal", reference, WHY["text"])
    (part,) = (await told(world, f"/topics/{reference}"))["in_calls"]
    assert (part["state"], part["stage"]["phase"]) == ("withdrawn", "closed")
    (other,) = (await told(world, f"/topics/{before['B']['reference']}"))["in_calls"]
    assert (other["state"], other["stage"]["phase"]) == ("scheduled", "open")
    listed = (await told(world, "/topics"))["items"]
    assert [topic["title"] for topic in listed] == ["B"]


@pytest.mark.parametrize("opens_in", [timedelta(days=-1), timedelta(days=1)])
async def test_a_call_that_is_cancelled_stays_as_cancelled(world: World, opens_in: timedelta) -> None:
    here = await world.prepared(there)
    opens = {"opens_at": machine_now() + opens_in}
    await put(
        world, {"stage": {"id": (await read_back(world, TopicStage, here.part)).stage_id}}, "stage", **opens
    )
    phase = "open" if opens_in < timedelta(0) else "planned"
    (before,) = (await told(world, f"/calls?phase={phase}"))["items"]
    assert before["cancelled"] is False
    assert (await here.cancel()).status_code == 200
    found = {word: (await told(world, f"/calls?phase={word}"))["items"] for word in Phase}
    assert [len(items) for items in found.values()] == [0, 0, 1]
    (item,) = found[Phase.CLOSED]
    assert (item["reference"], item["cancelled"], item["phase"]) == (before["reference"], True, "closed")
    assert [stage["phase"] for stage in item["stages"]] == ["closed"]
    call = await told(world, f"/calls/{before['reference']}")
    assert (call["cancelled"], call["phase"]) == (True, "closed")
    assert [topic["state"] for topic in call["stages"][0]["topics"]] == ["cancelled"] * 2
    assert [(one["number"], one["kind"]) for one in call["amendments"]] == [(1, "cancellation")]
    assert await urls_of(world, call) == [200] * 6
    for topic in call["stages"][0]["topics"]:
        (part,) = (await told(world, f"/topics/{topic['reference']}"))["in_calls"]
        assert (part["state"], part["stage"]["phase"]) == ("cancelled", "closed")
    assert (await told(world, "/topics"))["items"] == []


async def test_a_call_that_was_cancelled_before_publication_is_on_no_face(world: World) -> None:
    _, made = await world.prepared(published)
    path = f"/calls/{made['call']['reference']}"
    await put(world, made, "call", state=CallState.CANCELLED)
    assert (await ask(world, path)).status_code == 200
    await put(world, made, "call", published_at=None)
    assert [(await ask(world, f"{path}{face}")).status_code for face in ("", ".ics")] == [404] * 2
    assert [(await told(world, face))["items"] for face in ("/calls", "/topics", "/calls.json")] == [[]] * 3


async def test_money_that_came_later_is_on_no_face_and_changes_no_byte(world: World) -> None:
    _, made = await world.prepared(published)
    call, topic = made["call"]["reference"], made["topic"]["reference"]
    paths = ("/calls", f"/calls/{call}", f"/calls/{call}.ics", f"/topics/{topic}", "/topics", "/calls.atom")
    await put(world, made, "topic_stage", state=TopicStageState.CHECKING)
    before = [await ask(world, path) for path in paths]
    more = {"budget": Decimal(46_000_000), "embargoed": Decimal(1_000_000), "audit_seq": 99}
    await put(world, made, "call", **more)
    await put(world, made, "topic_stage", state=TopicStageState.DECIDED, **more)
    after = [await ask(world, path) for path in paths]
    for one, other in zip(before, after, strict=True):
        assert one.content == other.content
        assert one.headers["ETag"] == other.headers["ETag"]
    await put(world, made, "topic_stage", embargoed=Decimal(0))
    assert (await ask(world, f"/topics/{topic}")).content != before[3].content


async def test_every_face_is_the_same_whoever_asks(world: World) -> None:
    office, made = await world.prepared(published)
    call, topic = made["call"]["reference"], made["topic"]["reference"]
    paths = ("/calls", f"/calls/{call}", f"/calls/{call}.ics", "/topics?q=challenge", f"/topics/{topic}")
    for path in (*paths, "/calls.atom", "/calls.json"):
        answers = [await ask(world, path, token) for token in (None, office.token, "not-a-token")]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert len({answer.content for answer in answers}) == 1
        assert {answer.headers["Cache-Control"] for answer in answers} == {"public, max-age=60"}
        again = await ask(world, path, headers={"If-None-Match": answers[0].headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == answers[0].headers["ETag"]
        assert again.headers["Cache-Control"] == "public, max-age=60"


async def test_a_refusal_is_kept_by_nobody(world: World) -> None:
    answer = await ask(world, "/calls/C-0", headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b",W/"a"', True), ("", False),
        ('"b"', False), ("a", False), ('"A"', False), ('"a', False), ('"*"', False),
    ],
)  # fmt: skip
def test_which_tags_are_known(given: str, known: bool) -> None:
    assert knows(given, '"a"') is known


async def test_phases_follow_the_dates_to_the_last_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, made = await published(world)
    now, tick = machine_now(), timedelta(microseconds=1)
    monkeypatch.setattr(envelope, "machine_now", lambda: now)
    for opens, closes, phase in (
        (now + tick, now + 90 * SECOND, Phase.PLANNED),
        (now, now + 90 * SECOND, Phase.OPEN),
        (now - 90 * SECOND, now - SECOND + tick, Phase.OPEN),
        (now - 90 * SECOND, now - SECOND, Phase.CLOSED),
    ):
        await put(world, made, "stage", opens_at=opens, closes_at=closes)
        found = {word: (await told(world, f"/calls?phase={word}"))["items"] for word in Phase}
        assert [word for word, items in found.items() if items] == [phase]
        assert found[phase][0]["phase"] == found[phase][0]["stages"][0]["phase"] == phase


async def test_between_two_stages_a_call_is_closed(world: World) -> None:
    _, made = await world.prepared(published)
    now, day = machine_now(), timedelta(days=1)
    await put(world, made, "stage", opens_at=now - 9 * day, closes_at=now - 5 * day)
    about = {
        "call_id": made["call"]["id"],
        "number": 2,
        "deadline": "2050-03-31T17:00",
        "created_at": LONG_AGO,
    }
    async with world.sessions() as session, session.begin():
        dates = {"opens_at": now + 5 * day, "closes_at": now + 9 * day}
        await session.execute(insert(Stage).values(state=StageState.SCHEDULED, **about, **dates))
    for opens, phase, phases in (
        (now + 5 * day, Phase.CLOSED, ["closed", "planned"]),
        (now - day, Phase.OPEN, ["closed", "open"]),
    ):
        async with world.sessions() as session, session.begin():
            await session.execute(update(Stage).where(Stage.number == 2).values(opens_at=opens))
        (call,) = (await told(world, f"/calls?phase={phase}"))["items"]
        assert (call["phase"], [stage["phase"] for stage in call["stages"]]) == (phase, phases)


async def test_calls_come_in_pages_the_newest_first(world: World) -> None:
    made = [(await published(world))[1]["call"]["reference"] for _ in range(3)]
    found, token = [], ""
    while token is not None:
        page = await told(world, "/calls", params={"page_size": 1} | ({"page_token": token} if token else {}))
        found += [item["reference"] for item in page["items"]]
        token = page["next_page_token"]
    assert found == made[::-1]
    first = await told(world, "/calls?page_size=1")
    for other in ("phase=open", "q=call"):
        wrong = await ask(world, f"/calls?page_token={first['next_page_token']}&{other}")
        assert wrong.status_code == 422
    assert (await ask(world, f"/topics?page_token={first['next_page_token']}")).status_code == 422


async def out(world: World, office: Actor, made: dict[str, Any], **texts: str) -> str:
    """Another topic of the call."""
    body, members = await committee(world, "bob")
    topic = await adopted_topic(office, body, members)
    await put(world, {"topic": topic}, "topic", state=TopicState.IN_CALL, **texts)
    about = {"stage_id": made["stage"]["id"], "topic_id": topic["id"], "budget": 1, "created_at": LONG_AGO}
    async with world.sessions() as session, session.begin():
        await session.execute(insert(TopicStage).values(state=TopicStageState.SCHEDULED, **about))
    return str(topic["reference"])


async def test_topics_are_found_by_their_words_the_best_first(world: World) -> None:
    office, made = await world.prepared(published)
    in_text = await out(world, office, made, title="Beta", scope="Resistance to antibiotics.")
    in_title = await out(world, office, made, title="Alpha resistant bacteria")
    other = await out(world, office, made, title="Dementia")

    async def found(**query: Any) -> list[str]:
        return [item["reference"] for item in (await told(world, "/topics", params=query))["items"]]

    assert await found(q="resistance") == [in_title, in_text]
    assert await found(q="RESISTING -bacteria") == [in_text]
    assert await found(q='"resistant bacteria" or dementia', order="title") == [in_title, other]
    assert await found(q=other) == [other]
    assert await found(q="nothing of the kind") == []
    assert await found(q="the") == []
    assert await found(order="title") == [made["topic"]["reference"], in_title, in_text, other]
    page = await told(world, "/topics", params={"q": "resistance", "page_size": 1})
    more = {"q": "resistance", "page_size": 1, "page_token": page["next_page_token"]}
    assert await found(**more) == [in_text]


@pytest.mark.parametrize(
    "words", ["'", '"', "a & b | !", "<->", ":*", "\\", "%_", "((", "é 你 🧪", "-", "x" * 200]
)
async def test_no_words_break_the_search(world: World, words: str) -> None:
    for path in ("/topics", "/calls"):
        assert (await ask(world, path, params={"q": words})).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["q=", "q=%00", f"q={'x' * 201}", "phase=later", "page_size=0", "page_size=201", "sort=title", "Q=a"],
)
async def test_a_query_that_is_not_well_formed_is_refused(world: World, query: str) -> None:
    assert (await ask(world, f"/calls?{query}")).status_code == 422


@pytest.mark.parametrize("path", ["/calls/%00", "/topics/%00", "/calls/%00.ics", f"/calls/{'x' * 61}"])
async def test_what_is_no_reference_is_found_nowhere(world: World, path: str) -> None:
    assert (await ask(world, path)).status_code in (404, 422)


async def test_a_face_costs_a_constant_number_of_statements(world: World, counting: Counting) -> None:
    costs = []
    for _ in range(2):
        office, made = await published(world)
        await out(world, office, made)
        call, topic = made["call"]["reference"], made["topic"]["reference"]
        paths = (
            "/calls",
            f"/calls/{call}",
            "/topics?q=a",
            f"/topics/{topic}",
            f"/calls/{call}.ics",
            "/calls.atom",
        )
        cost = []
        for path in paths:
            with counting() as sent:
                await told(world, path) if path.count(".") == 0 else await ask(world, path)
            cost.append(len(sent))
        costs.append(cost)
    assert costs == [[3, 4, 2, 3, 4, 3]] * 2


def test_a_search_reads_the_index_of_what_is_out_alone(database: Database) -> None:
    """Planned with no other way than an index, and with none on the state: the condition fits this one."""
    wanted = topics().where(topic_says("heart"))
    kwargs = {"render_postcompile": True, "literal_binds": True}
    made = str(wanted.compile(dialect=postgresql.dialect(), compile_kwargs=kwargs))
    with psycopg.connect(libpq(database.owner_url)) as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("DROP INDEX ix_topic_state")
        connection.execute("ALTER TABLE topic DROP CONSTRAINT pk_topic CASCADE")
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {made}"))
        connection.rollback()
    assert "Index Scan on ix_topic_words" in plan
    assert "Filter: (setweight" not in plan


async def test_a_topic_of_as_many_words_as_may_be_is_published_all_the_same(world: World) -> None:
    office, made = await world.prepared(published)
    words = " ".join(f"{number:x}-é{number:x}" for number in range(12_000))[:100_000]
    fields = dict.fromkeys(("challenge", "need", "scope", "outcomes", "impact"), words)
    reference = await out(world, office, made, title="Long", **fields)
    assert [t["reference"] for t in (await told(world, "/topics?q=long"))["items"]] == [reference]


async def test_an_account_changes_nothing_for_an_instant_in_another_zone(world: World) -> None:
    """Instants are told in UTC, whatever the database's session says."""
    _, made = await world.prepared(published)
    await put(world, made, "call", published_at=datetime(2020, 1, 21, 9, tzinfo=UTC))
    found = await told(world, f"/calls/{made['call']['reference']}")
    assert found["published_at"] == "2020-01-21T09:00:00Z"
