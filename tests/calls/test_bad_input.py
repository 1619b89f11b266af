"""What nobody should send, and what is told of it: everything at once, and never a fault of the server."""

from typing import Any

import pytest

from tests.build import EUR45M, person
from tests.calls.build import ONE, codes, prepared
from tests.conftest import World

pytestmark = pytest.mark.anyio
CALL = {"reference": "C-2", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
BOMB = '<img src=x onerror="alert(1)">&amp; {{7*7}} \u202e'


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"rule_set": "imi3"}, [("unknown-rule-set", "/body/rule_set")]),
        (
            {"rule_set": "", "title": "", "kind": "three_stage", "budget": 45},
            ["/body/budget", "/body/kind", "/body/rule_set", "/body/title"],
        ),
        ({"rule_set": "../imi2", "title": "x" * 201}, ["/body/rule_set", "/body/title"]),
        (
            {"earlier_grants": ["115006", "<b>", "x" * 41]},
            ["/body/earlier_grants/1", "/body/earlier_grants/2"],
        ),
        ({"earlier_grants": ["1"] * 201}, ["/body/earlier_grants"]),
        ({"earlier_grants": "115006"}, ["/body/earlier_grants"]),
        ({"title": "a\x00b"}, ["/body"]),
        ({"overrides": []}, ["/body/overrides"]),
        ({"rules": {}, "state": "published"}, ["/body/rules", "/body/state"]),
    ],
)
async def test_a_call_that_cannot_be_is_told_all_that_is_wrong(
    world: World, wrong: Any, expected: Any
) -> None:
    office = await person(world, "office", "office")
    refused = await office.post("/calls", CALL | wrong)
    assert refused.status_code == 422
    found = codes(refused)
    assert (found if isinstance(expected[0], tuple) else sorted(path for _, path in found)) == expected


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"deadline": "2027-03-28T02:00"}, "deadline"),
        ({"deadline": "2027-03-28T02:59:59"}, "deadline"),
        ({"deadline": "2026-10-25T02:00"}, "deadline"),
        ({"deadline": "2026-10-25T02:59:59"}, "deadline"),
        ({"deadline": "2050-03-31T17:00Z"}, "deadline"),
        ({"deadline": "2050-03-31T17:00+02:00"}, "deadline"),
        ({"deadline": "2050-03-31"}, "deadline"),
        ({"deadline": "2050-W13-4T17:00"}, "deadline"),
        ({"deadline": "20500331T170000"}, "deadline"),
        ({"deadline": "2050-03-31 17:00"}, "deadline"),
        ({"deadline": "2050-03-31T17:00:00.5"}, "deadline"),
        ({"deadline": "2050-02-30T17:00"}, "deadline"),
        ({"deadline": "2050-03-31T24:30"}, "deadline"),
        ({"deadline": "0001-01-01T00:00"}, "deadline"),
        ({"deadline": "9999-12-31T23:59"}, "deadline"),
        ({"deadline": "٢٠٥٠-03-31T17:00"}, "deadline"),
        ({"deadline": 2540732400}, "deadline"),
        ({"opens_at": "2049-01-10T09:00:00"}, "opens_at"),
        ({"opens_at": "2049-01-10"}, "opens_at"),
        ({"opens_at": "0001-01-01T00:00:00Z"}, "opens_at"),
        ({"opens_at": "9999-12-31T23:59:59Z"}, "opens_at"),
        ({"decision_on": "2050-02-30"}, "decision_on"),
        ({"decision_on": "9999-12-31"}, "decision_on"),
        ({"decision_on": 1}, "decision_on"),
        ({"evaluation_from": "2050-04-01T00:00"}, "evaluation_from"),
        ({"evaluation_to": ""}, "evaluation_to"),
        ({"kind": "long"}, "kind"),
        ({"scheme": "Best!"}, "scheme"),
        ({"page_limits": {"part_b": 0}}, "page_limits/part_b"),
        ({"page_limits": {"part_b": 10_001}}, "page_limits/part_b"),
        ({"page_limits": {"part_b": "30"}}, "page_limits/part_b"),
        ({"page_limits": {"part_b": 30.5}}, "page_limits/part_b"),
        ({"required_documents": ["part b"]}, "required_documents/0"),
        ({"required_documents": ["part_b"] * 21}, "required_documents"),
    ],
)
async def test_a_stage_that_cannot_be_is_refused_at_the_place(world: World, wrong: Any, path: str) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    refused = await office.post(f"/calls/{call}/stages", ONE | wrong)
    assert (refused.status_code, [p for _, p in codes(refused)]) == (422, [f"/body/{path}"])


@pytest.mark.parametrize("act", ["extend", "configure"])
@pytest.mark.parametrize("wall", ["2051-03-26T02:30", "2051-10-29T02:30", "2051-03-31T17:00Z", "2051-03-31"])
async def test_every_wall_asks_for_a_time_that_comes_once(world: World, act: str, wall: str) -> None:
    office = await person(world, "office", "office")
    made = await office.make(f"/calls/{await prepared(office)}/stages", ONE)
    body = {"deadline": wall} | ({"reason": "More time."} if act == "extend" else {})
    refused = await office.post(f"/stages/{made['id']}/{act}", body)
    assert (refused.status_code, [p for _, p in codes(refused)]) == (422, ["/body/deadline"])


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"budget": {"amount": "-1.00", "currency": "EUR"}}, "budget"),
        ({"budget": {"amount": "1.00", "currency": "USD"}}, "budget"),
        ({"budget": {"amount": "NaN", "currency": "EUR"}}, "budget"),
        ({"ceiling": "soft"}, "ceiling"),
        ({"expected_grants": 0}, "expected_grants"),
        ({"expected_grants": 1_001}, "expected_grants"),
        ({"invited_to_next": 0}, "invited_to_next"),
        ({"invited_to_next": "1"}, "invited_to_next"),
        ({"action_type": "ria"}, "action_type"),
        ({"topic_id": "T-1"}, "topic_id"),
    ],
)
async def test_a_topic_that_cannot_be_in_a_stage_is_refused(world: World, wrong: Any, path: str) -> None:
    office = await person(world, "office", "office")
    made = await office.make(f"/calls/{await prepared(office)}/stages", ONE)
    body = {"topic_id": "0" * 8 + made["id"][8:], "budget": EUR45M} | wrong
    refused = await office.post(f"/stages/{made['id']}/topic_stages", body)
    assert (refused.status_code, [p for _, p in codes(refused)]) == (422, [f"/body/{path}"])


async def test_a_topic_that_is_not_there_is_not_found(world: World) -> None:
    office = await person(world, "office", "office")
    made = await office.make(f"/calls/{await prepared(office)}/stages", ONE)
    body = {"topic_id": "0" * 8 + made["id"][8:], "budget": EUR45M}
    assert (await office.post(f"/stages/{made['id']}/topic_stages", body)).status_code == 404


async def test_five_megabytes_are_too_large_and_what_is_too_long_is_named(world: World) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    text = "x" * 5_000_000
    answers = [
        await office.post("/calls", CALL | {"title": text}),
        await office.post(f"/calls/{call}/override", {"path": "/title", "value": text, "reason": "r"}),
        await office.post(f"/calls/{call}/override", {"path": "/redress_days", "value": 1, "reason": text}),
    ]
    assert [answer.status_code for answer in answers] == [413] * 3
    reason = {"path": "/redress_days", "value": 1, "reason": "x" * 2_001}
    refused = await office.post(f"/calls/{call}/override", reason)
    assert (refused.status_code, [p for _, p in codes(refused)]) == (422, ["/body/reason"])


async def test_markup_is_text_and_stays_as_it_is(world: World) -> None:
    office = await person(world, "office", "office")
    made = await office.make("/calls", CALL | {"title": BOMB})
    body = {"path": "/scheme/criteria/0/title", "value": BOMB, "reason": BOMB}
    await office.make(f"/calls/{made['id']}/override", body)
    answer = await office.get(f"/calls/{made['id']}")
    assert answer.headers["content-type"] == "application/json"
    shown = answer.json()
    assert shown["title"] == shown["overrides"][0]["reason"] == shown["overrides"][0]["value"] == BOMB
