"""What a call changes in its rule set: valid at once, with a reason, applied when pinned."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.calls.models import Call
from app.calls.overrides import applied, put, steps_of, why_not
from app.calls.rule_set import named
from tests.build import EUR45M, adopted_topic, committee, person, vote
from tests.calls.build import codes, prepared, staged
from tests.conftest import World

pytestmark = pytest.mark.anyio
BLIND = {"stages": ["full"], "sections": ["impact"], "documents": ["part_b"], "text": "Name nobody."}
NOON = {"path": "/deadline_time", "value": "12:00", "reason": "The office moves on that day."}


async def test_an_override_is_shown_pinned_and_taken_back(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    call = await prepared(office)
    await office.make(f"/calls/{call}/override", NOON)
    pages = {"path": "/page_limits/1/pages", "value": 60, "reason": "Shorter is enough."}
    await office.make(f"/calls/{call}/override", pages)
    hidden = {"path": "/blind", "value": BLIND, "reason": "The committee wants to try it."}
    await office.make(f"/calls/{call}/override", hidden)
    less = {"path": "/redress_days", "value": 20, "reason": "A mistake."}
    await office.make(f"/calls/{call}/override", less)
    await office.make(f"/calls/{call}/restore", {"path": "/redress_days"})
    _, part = await staged(office, call, topic["id"])
    refused = await office.post(f"/bodies/{body}/sessions", {"title": "S", "held_at": "2030-01-01T00:00:00Z"})
    motion = {"purpose": "adopt_call", "subject_id": call, "text": "Adopt it."}
    refused = await office.post(f"/sessions/{refused.json()['id']}/motions", motion)
    assert codes(refused) == [("deadline-off-the-hour", "/stages/1/deadline")]
    stage = (await office.get(f"/topic_stages/{part}")).json()["stage_id"]
    await office.make(f"/stages/{stage}/configure", {"deadline": "2050-03-31T12:00"})
    await vote(office, body, members, "adopt_call", call)
    await office.make(f"/calls/{call}/publish")
    async with world.client() as anyone:
        shown = (await anyone.get(f"/v1/calls/{call}")).json()["overrides"]
        rules = (await anyone.get(f"/v1/calls/{call}/rules")).json()
        told = (await anyone.get(f"/v1/topic_stages/{part}/conditions")).json()
    assert [(o["path"], o["was"], o["value"], o["reason"]) for o in shown] == [
        ("/deadline_time", "17:00", "12:00", NOON["reason"]),
        ("/page_limits/1/pages", 70, 60, pages["reason"]),
        ("/blind", None, BLIND, hidden["reason"]),
    ]
    assert rules["blind"] == told["blind"] == BLIND
    assert (rules["deadline_time"], rules["redress_days"]) == ("12:00", 30)
    assert told["documents"][0]["pages"] == 60
    assert named("imi2").deadline_time == "17:00"


async def test_nobody_else_sees_or_makes_them_while_it_is_prepared(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    auditor = await person(world, "auditor", "auditor")
    call = await prepared(office)
    await office.make(f"/calls/{call}/override", NOON)
    assert (await auditor.get(f"/calls/{call}")).json()["overrides"][0]["value"] == "12:00"
    assert (await auditor.get(f"/calls/{call}/rules")).json()["deadline_time"] == "12:00"
    hidden = [
        await stranger.get(f"/calls/{call}/rules"),
        await stranger.post(f"/calls/{call}/override", NOON),
    ]
    assert [answer.status_code for answer in hidden] == [404, 404]
    assert (await auditor.post(f"/calls/{call}/override", NOON)).status_code == 403


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        ("/scheme/criteria/0/threshold", "5.5", "bad-rules", "/scheme/criteria/0/threshold"),
        ("/scheme/overall_threshold", "16", "bad-rules", "/scheme/overall_threshold"),
        ("/blind", BLIND | {"documents": ["invented"]}, "bad-rules", "/blind/documents/0"),
        ("/blind", BLIND | {"sections": ["part_b"]}, "bad-rules", "/blind/sections/0"),
        ("/scheme/most", "2", "bad-rules", "/scheme/criteria/0/threshold"),
        ("/scheme/tie_break/0", "beauty", "bad-rules", "/scheme/tie_break/0"),
        ("/eligibility", {"rule": "E-99"}, "bad-rules", "/eligibility/rule"),
        ("/redress_days", None, "bad-rules", "/redress_days"),
        ("/countries/0/code", "BE", "bad-rules", "/countries/1/code"),
        ("/countries/99", {}, "no-such-place", "/countries/99"),
        ("/countries/-1", {}, "no-such-place", "/countries/-1"),
        ("/countries/01/name", "Belgium", "no-such-place", "/countries/01/name"),
        ("/scheme/code/x", 1, "no-such-place", "/scheme/code/x"),
        ("/nothing", 1, "no-such-place", "/nothing"),
        ("/code", "ihi", "fixed", "/code"),
        ("/unconfirmed/0", "/rest", "fixed", "/unconfirmed/0"),
    ],
)
async def test_the_whole_must_still_be_a_rule_set(
    world: World, path: str, value: Any, code: str, at: str
) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    refused = await office.post(
        f"/calls/{call}/override", {"path": path, "value": value, "reason": "Because."}
    )
    assert refused.status_code == 409
    assert (code, at) in codes(refused)
    assert (await office.get(f"/calls/{call}")).json()["overrides"] == []


async def test_an_override_that_another_rests_on_is_not_taken_back(world: World) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    blocked = {a["name"]: a["blocked_by"] for a in (await office.get(f"/calls/{call}")).json()["actions"]}
    assert [r["code"] for r in blocked["restore"]] == ["not-overridden"]
    assert blocked["override"] == []
    for path, value in (("/scheme/most", "6"), ("/scheme/criteria/0/threshold", "5.5")):
        await office.make(f"/calls/{call}/override", {"path": path, "value": value, "reason": "Because."})
    refused = await office.post(f"/calls/{call}/restore", {"path": "/scheme/most"})
    assert codes(refused) == [("bad-rules", "/scheme/criteria/0/threshold")]
    assert codes(await office.post(f"/calls/{call}/restore", {"path": "/rest"})) == [
        ("not-overridden", "/body/path")
    ]
    await office.make(f"/calls/{call}/restore", {"path": "/scheme/criteria/0/threshold"})
    assert (await office.make(f"/calls/{call}/restore", {"path": "/scheme/most"}))["overrides"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"path": "deadline_time", "value": 1, "reason": "r"},
        {"path": "", "value": 1, "reason": "r"},
        {"path": "/", "value": 1, "reason": "r"},
        {"path": "/deadline_time", "value": "12:00", "reason": ""},
        {"path": "/deadline_time", "value": "12:00"},
        {"path": "/deadline_time", "reason": "r"},
        {"path": "/title", "value": "x" * 20_001, "reason": "r"},
        {"path": "/sections/0/title", "value": "a\x00b", "reason": "r"},
    ],
)
async def test_what_is_no_override_is_malformed(world: World, body: Any) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    assert (await office.post(f"/calls/{call}/override", body)).status_code == 422


async def test_after_the_vote_nothing_is_overridden_until_it_is_reopened(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    call = await prepared(office)
    await staged(office, call, topic["id"])
    await vote(office, body, members, "adopt_call", call)
    assert (await office.post(f"/calls/{call}/override", NOON)).status_code == 409
    assert (await office.post(f"/calls/{call}/reopen", {"reason": ""})).status_code == 422
    again = await office.make(f"/calls/{call}/reopen", {"reason": "The hour was wrong."})
    assert again["state"] == "preparing"
    await office.make(f"/calls/{call}/override", NOON)
    assert (await office.post(f"/calls/{call}/publish")).status_code == 409
    assert again["budget"] == EUR45M


async def test_a_whole_that_is_overridden_takes_the_place_of_what_was_changed_below_it(world: World) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office)
    below = {"path": "/scheme/criteria/0/weight", "value": "2", "reason": "Below."}
    await office.make(f"/calls/{call}/override", below)
    criteria = named("imi2").model_dump(mode="json")["scheme"]["criteria"]
    whole = {"path": "/scheme/criteria", "value": criteria[:2], "reason": "Two are enough."}
    threshold = {"path": "/scheme/overall_threshold", "value": "6", "reason": "Of two."}
    await office.make(f"/calls/{call}/override", threshold)
    tie_break = {"path": "/scheme/tie_break", "value": [criteria[0]["code"]], "reason": "Of two."}
    await office.make(f"/calls/{call}/override", tie_break)
    kept = (await office.make(f"/calls/{call}/override", whole))["overrides"]
    assert [one["path"] for one in kept] == [
        "/scheme/overall_threshold",
        "/scheme/tie_break",
        "/scheme/criteria",
    ]
    assert kept[-1]["was"] == criteria
    again = {"path": "/scheme/criteria/0/weight", "value": "3", "reason": "After."}
    await office.make(f"/calls/{call}/override", again)
    await office.make(f"/calls/{call}/restore", {"path": "/scheme/criteria"})
    kept = (await office.get(f"/calls/{call}")).json()["overrides"]
    assert kept[-1]["path"] == "/scheme/criteria/0/weight"


async def test_what_a_new_rule_set_has_made_wrong_is_taken_back_one_by_one(world: World) -> None:
    """As if two places had been overridden before the rule set changed."""
    office = await person(world, "office", "office")
    call = await prepared(office)
    kept = {"was": 30, "reason": "r", "at": "2026-01-01T00:00:00Z"}
    two = [{"path": path, "value": 0} | kept for path in ("/redress_days", "/deemed_received_days")]
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).values(overrides=two))
    for one in two:
        await office.make(f"/calls/{call}/restore", {"path": one["path"]})
    assert (await office.get(f"/calls/{call}/rules")).json()["redress_days"] == 30


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False)
VALUES = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3)
)


@given(
    st.sampled_from(["/scheme", "/scheme/criteria/0/weight", "/rest", "/countries", "/redress_days"]), VALUES
)
def test_any_value_is_either_refused_with_its_path_or_gives_a_sound_rule_set(path: str, value: Any) -> None:
    reasons = list(why_not("imi2", [{"path": path, "value": value}]))
    if reasons:
        assert all(reason.path.startswith("/") and reason.text for reason in reasons)
    else:
        applied("imi2", [{"path": path, "value": value}])


def test_a_pointer_is_read_as_the_standard_says() -> None:
    assert steps_of("/a~1b/~01/0") == ["a/b", "~1", "0"]
    thing = {"a/b": [1, 2]}
    assert (put(thing, "/a~1b/1", 3), thing) == (2, {"a/b": [1, 3]})
