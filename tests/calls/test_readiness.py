"""Before the vote and before publication: everything missing or contradictory, all at once, with paths."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.calls.readiness import READY, SOUND
from app.calls.rules import instant
from app.topics.models import TopicState
from app.workflow.table import Ask
from app.workflow.who import Actor
from tests.build import EUR45M, adopted_topic, committee, person, vote
from tests.calls.build import FULL, ONE, SHORT, codes, euro, prepared, staged
from tests.conftest import World

NOW = datetime(2019, 1, 1, tzinfo=UTC)


def stage(number: int, kind: str, opens: str, deadline: str, **more: Any) -> SimpleNamespace:
    topic = SimpleNamespace(reference="T-1", state=TopicState.ADOPTED, action_type="RIA")
    part = SimpleNamespace(topic=topic, topic_id=1, budget=Decimal(10), ceiling="binding", expected_grants=1)
    part.action_type, part.invited_to_next = "RIA", 1 if kind == "short" else None
    given = {"scheme": None, "page_limits": {}, "required_documents": None, "decision_on": None}
    given |= {"evaluation_from": None, "evaluation_to": None, "topic_stages": [part]} | more
    return SimpleNamespace(
        number=number,
        kind=kind,
        opens_at=instant(opens),
        deadline=deadline,
        closes_at=instant(deadline),
        **given,
    )


def two_stages() -> Any:
    first = stage(1, "short", "2019-01-22T10:00", "2019-04-25T17:00")
    first.evaluation_from, first.evaluation_to = date(2019, 4, 25), date(2019, 6, 28)
    first.decision_on = date(2019, 6, 28)
    second = stage(2, "full", "2019-06-29T00:00", "2019-11-07T17:00")
    return SimpleNamespace(
        kind="two_stage", earlier_grants=[], rule_set="imi2", overrides=[], rules={}, budget=Decimal(10),
        stages=[first, second],
    )  # fmt: skip


def reasons(call: Any, guards: Any = READY) -> list[tuple[str, str]]:
    ask = Ask(Actor(), NOW)
    return sorted((reason.code, reason.path) for guard in guards for reason in guard(call, ask))


def test_a_sound_call_has_no_reason_against_it() -> None:
    assert reasons(two_stages()) == []


def on(path: str, value: Any) -> Callable[[Any], None]:
    def change(call: Any) -> None:
        *way, last = path.split(".")
        for step in way:
            call = call[int(step)] if step.isdigit() else getattr(call, step)
        setattr(call, last, value)

    return change


PART = "stages.1.topic_stages.0"
TABLE: list[tuple[str, Any, list[tuple[str, str]]]] = [
    ("stages", [], [("no-stage", "/stages")]),
    ("stages.0.topic_stages", [], [("no-topic", "/stages/1")]),
    ("kind", "single_stage", [("number-of-stages", "/stages")]),
    ("kind", "restricted", [("no-earlier-grants", "/earlier_grants"), ("number-of-stages", "/stages")]),
    ("earlier_grants", ["115006"], [("not-restricted", "/earlier_grants")]),
    ("stages.0.kind", "full", [("kinds-of-stages", "/stages")]),
    (f"{PART}.topic_id", 2, [("other-topics", "/stages")]),
    ("rule_set", "imi3", [("unknown-rule-set", "/rule_set")]),
    (
        "overrides",
        [{"path": "/scheme/criteria/0/threshold", "value": "6"}],
        [("bad-rules", "/scheme/criteria/0/threshold")],
    ),
    ("stages.1.scheme", "best", [("unknown-scheme", "/stages/2/scheme")]),
    ("stages.1.scheme", "short", [("scheme-of-another-stage", "/stages/2/scheme")]),
    ("stages.1.scheme", "full_ia", [("scheme-of-another-action", "/stages/2/scheme")]),
    ("stages.1.scheme", "default", []),
    ("stages.0.page_limits", {"part_b": 20}, []),
    ("stages.0.page_limits", {"part_c": 20}, [("unknown-document", "/stages/1/page_limits")]),
    (
        "stages.0.required_documents",
        ["part_b", "exploitation_plan"],
        [("unknown-document", "/stages/1/required_documents")],
    ),
    ("stages.1.required_documents", ["part_b", "exploitation_plan"], []),
    ("stages.0.deadline", "2019-04-25T16:59", [("deadline-off-the-hour", "/stages/1/deadline")]),
    ("stages.0.deadline", "2019-04-25T17:00:00", []),
    ("stages.0.deadline", "2019-04-25T17:00:01", [("deadline-off-the-hour", "/stages/1/deadline")]),
    ("stages.0.deadline", "2019-04-25", [("deadline-off-the-hour", "/stages/1/deadline")]),
    ("stages.0.decision_on", None, [("no-decision-date", "/stages/1/decision_on")]),
    ("stages.0.decision_on", date(2019, 6, 29), [("opens-before-decision", "/stages/2/opens_at")]),
    ("stages.0.decision_on", date(2019, 6, 27), [("decision-too-early", "/stages/1/decision_on")]),
    ("stages.1.decision_on", date(2019, 11, 6), [("decision-too-early", "/stages/2/decision_on")]),
    ("stages.1.decision_on", date(2019, 11, 7), []),
    (
        "stages.1.opens_at",
        instant("2019-04-25T16:59:59"),
        [("stages-overlap", "/stages/2/opens_at")],
    ),
    (
        "stages.0.evaluation_from",
        date(2019, 4, 24),
        [("evaluation-before-deadline", "/stages/1/evaluation_from")],
    ),
    ("stages.0.evaluation_from", None, [("evaluation-half-dated", "/stages/1/evaluation_from")]),
    ("stages.0.evaluation_to", None, [("evaluation-half-dated", "/stages/1/evaluation_to")]),
    ("stages.0.evaluation_to", date(2019, 4, 24), [("evaluation-ends-too-early", "/stages/1/evaluation_to")]),
    ("stages.1.closes_at", NOW, [("deadline-passed", "/stages/2/deadline")]),
    ("stages.1.closes_at", NOW + timedelta(seconds=1), []),
    (
        "budget",
        Decimal("9.99"),
        sorted(
            [("budget-exceeded", "/budget")] * 2
            + [("ceiling-too-high", f"/stages/{n}/topics/T-1") for n in (1, 2)]
        ),
    ),
    (f"{PART}.expected_grants", None, [("no-expected-grants", "/stages/2/topics/T-1/expected_grants")]),
    (f"{PART}.invited_to_next", 1, [("nothing-follows", "/stages/2/topics/T-1/invited_to_next")]),
    (f"{PART}.action_type", "IA", [("other-action-type", "/stages/2/topics/T-1/action_type")]),
    (f"{PART}.topic.state", TopicState.DRAFTING, [("topic-not-adopted", "/topics/T-1")]),
]


@pytest.mark.parametrize(("path", "value", "expected"), TABLE)
def test_each_fault_is_named_with_its_place(path: str, value: Any, expected: list[tuple[str, str]]) -> None:
    call = two_stages()
    on(path, value)(call)
    late = {"deadline-passed", "topic-not-adopted"}
    found = reasons(call)
    assert [one for one in found if one in expected] == expected
    # A clock that was set back has other dates out of order, too.
    assert found == expected or path.endswith("closes_at")
    assert [one[0] for one in reasons(call, SOUND) if one[0] in late] == []


def test_all_faults_are_told_at_once() -> None:
    call = two_stages()
    for path, value in (
        ("earlier_grants", ["115006"]),
        ("budget", Decimal(9)),
        ("stages.0.deadline", "2019-04-25T12:00"),
        ("stages.0.decision_on", None),
        ("stages.1.scheme", "best"),
        (f"{PART}.expected_grants", None),
        (f"{PART}.topic.state", TopicState.DRAFTING),
    ):
        on(path, value)(call)
    assert {code for code, _ in reasons(call)} == {
        "not-restricted",
        "budget-exceeded",
        "ceiling-too-high",
        "deadline-off-the-hour",
        "no-decision-date",
        "unknown-scheme",
        "no-expected-grants",
        "topic-not-adopted",
    }


@pytest.mark.anyio
async def test_a_vote_is_not_even_prepared_on_a_call_in_which_something_is_wrong(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = (await adopted_topic(office, body, members))["id"]
    call = await prepared(office, kind="two_stage", budget=euro(1))
    await staged(office, call, topic, SHORT, expected_grants=None, invited_to_next=3)
    stage, part = await staged(office, call, topic, FULL | {"scheme": "short", "kind": "short"})
    held = {"title": "Session", "held_at": "2030-01-01T09:00:00Z"}
    session = await office.make(f"/bodies/{body}/sessions", held)
    motion = {"purpose": "adopt_call", "subject_id": call, "text": "Adopt it."}
    refused = await office.post(f"/sessions/{session['id']}/motions", motion)
    reference = (await office.get(f"/topics/{topic}")).json()["reference"]
    assert refused.status_code == 409
    assert codes(refused) == [
        ("budget-exceeded", "/budget"),
        ("budget-exceeded", "/budget"),
        ("ceiling-too-high", f"/stages/1/topics/{reference}"),
        ("ceiling-too-high", f"/stages/2/topics/{reference}"),
        ("kinds-of-stages", "/stages"),
        ("no-expected-grants", f"/stages/1/topics/{reference}/expected_grants"),
        ("nothing-follows", f"/stages/2/topics/{reference}/invited_to_next"),
    ]
    version = (await office.get(f"/calls/{call}")).json()["version"]
    assert (await office.patch(f"/calls/{call}", {"budget": EUR45M}, version)).status_code == 200
    await office.make(f"/stages/{stage}/configure", {"kind": "full", "scheme": None})
    await office.make(f"/topic_stages/{part}/configure", {"invited_to_next": None})
    first = (await office.get("/topic_stages")).json()["items"]
    (first_part,) = [one["id"] for one in first if one["id"] != part]
    await office.make(f"/topic_stages/{first_part}/configure", {"expected_grants": 2})
    await vote(office, body, members, "adopt_call", call)
    blocked = {a["name"]: a["blocked_by"] for a in (await office.get(f"/calls/{call}")).json()["actions"]}
    assert blocked["publish"] == []
    assert (await office.make(f"/calls/{call}/publish"))["state"] == "published"
    assert (await office.get(f"/topic_stages/{first_part}")).json()["expected_grants"] == 2


@pytest.mark.anyio
async def test_a_restricted_call_lists_the_grants_whose_participants_may_apply(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = (await adopted_topic(office, body, members))["id"]
    call = await prepared(office, kind="restricted", earlier_grants=["115006", "EU-AIMS"])
    await staged(office, call, topic)
    await vote(office, body, members, "adopt_call", call)
    await office.make(f"/calls/{call}/publish")
    async with world.client() as anyone:
        shown = (await anyone.get(f"/v1/calls/{call}")).json()
    assert (shown["kind"], shown["earlier_grants"]) == ("restricted", ["115006", "EU-AIMS"])


@pytest.mark.anyio
async def test_a_stage_in_preparation_is_changed_and_still_closes_after_it_opens(world: World) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    made = (await office.make(f"/calls/{call}/stages", ONE))["id"]
    moved = await office.make(f"/stages/{made}/configure", {"deadline": "2050-07-31T17:00"})
    assert (moved["deadline"], moved["closes_at"]) == ("2050-07-31T17:00", "2050-07-31T15:00:00Z")
    kept = await office.make(f"/stages/{made}/configure", {"page_limits": {"part_b": 40}})
    assert (kept["closes_at"], kept["page_limits"]) == ("2050-07-31T15:00:00Z", {"part_b": 40})
    for body in ({"deadline": "2049-01-10T10:00"}, {"opens_at": "2050-07-31T15:00:00Z"}):
        refused = await office.post(f"/stages/{made}/configure", body)
        assert codes(refused) == [("closes-before-it-opens", "/deadline")], body


@pytest.mark.anyio
async def test_what_is_voted_on_rests(world: World) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    topic = (await adopted_topic(office, body, _))["id"]
    call = await prepared(office)
    stage, part = await staged(office, call, topic)
    session = await office.make(f"/bodies/{body}/sessions", {"title": "S", "held_at": "2030-01-01T09:00:00Z"})
    await office.make(f"/sessions/{session['id']}/open")
    asked = {"purpose": "adopt_call", "subject_id": call, "text": "Adopt it."}
    motion = await office.make(f"/sessions/{session['id']}/motions", asked)
    await office.make(f"/topic_stages/{part}/configure", {"expected_grants": None})
    refused = await office.post(f"/motions/{motion['id']}/put_to_vote")
    assert [code for code, _ in codes(refused)] == ["no-expected-grants"]
    await office.make(f"/topic_stages/{part}/configure", {"expected_grants": 1})
    await office.make(f"/motions/{motion['id']}/put_to_vote")
    version = (await office.get(f"/calls/{call}")).json()["version"]
    answers = [
        await office.patch(f"/calls/{call}", {"budget": euro(1)}, version),
        await office.post(f"/calls/{call}/override", {"path": "/redress_days", "value": 1, "reason": "r"}),
        await office.post(f"/calls/{call}/stages", ONE),
        await office.post(f"/stages/{stage}/configure", {"decision_on": "2050-06-30"}),
        await office.post(f"/stages/{stage}/topic_stages", {"topic_id": topic, "budget": EUR45M}),
        await office.post(f"/topic_stages/{part}/configure", {"budget": euro(1)}),
        await office.post(f"/calls/{call}/drop", {"reason": "A mistake."}),
    ]
    assert [answer.status_code for answer in answers] == [409] * 7
    assert all(("being-voted-on", "") in codes(answer) for answer in answers)
    later = {"deadline": "2051-03-31T17:00", "reason": "Why not."}
    assert codes(await office.post(f"/stages/{stage}/extend", later)) == [("call-not-published", "")]


@pytest.mark.anyio
async def test_a_topic_that_comes_in_during_the_vote_is_in_it_or_refused(live: World) -> None:
    office = await person(live, "office", "office")
    body, members = await committee(live, "ann")
    for _ in range(4):
        topics = [(await adopted_topic(office, body, members))["id"] for _ in range(2)]
        call = await prepared(office, reference=f"C-{topics[0][:8]}")
        stage, _part = await staged(office, call, topics[0])
        session = await office.make(
            f"/bodies/{body}/sessions", {"title": "S", "held_at": "2030-01-01T09:00:00Z"}
        )
        await office.make(f"/sessions/{session['id']}/open")
        asked = {"purpose": "adopt_call", "subject_id": call, "text": "Adopt it."}
        motion = await office.make(f"/sessions/{session['id']}/motions", asked)
        more = {"topic_id": topics[1], "budget": EUR45M}
        answers = await asyncio.gather(
            office.post(f"/motions/{motion['id']}/put_to_vote"),
            office.post(f"/stages/{stage}/topic_stages", more),
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [201, 409])
