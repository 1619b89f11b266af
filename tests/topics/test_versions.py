"""Every version of a text is kept, any two are compared; what is published of them is what was adopted."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.topics.programme import Programme, programme
from app.topics.rules import unheard, unwritten, without_opinion
from app.topics.versions.models import TopicVersion
from app.topics.versions.rules import changed
from tests.build import EUR45M, TOPIC, Actor, committee, heard, person, published_call, vote
from tests.conftest import World
from tests.topics.build import (
    area,
    co_author,
    codes,
    draft,
    ended,
    idea,
    in_call,
    invited,
    round_on,
    screened,
)
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
TEXT = st.dictionaries(st.sampled_from("abcd"), st.none() | st.text(max_size=3), max_size=4)


@given(TEXT, TEXT)
def test_what_differs_is_told_and_nothing_else(before: dict[str, Any], after: dict[str, Any]) -> None:
    told = {name: (was, now) for name, was, now in changed(before, after)}
    for name in {*before, *after}:
        pair = (before.get(name), after.get(name))
        assert told.get(name, pair) == pair
        assert (name in told) == (pair[0] != pair[1])
    assert set(told) <= {*before, *after}


async def test_a_draft_must_say_what_the_programme_asks(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office, written=False)
    await heard(world, topic["id"])
    path = f"/topics/{topic['id']}"
    asked = list(programme().fields)
    assert [p for _, p in await codes(await office.post(f"{path}/finalise"))] == [f"/{n}" for n in asked]
    written = {name: TOPIC[name] for name in asked}
    for number, name in enumerate(asked, 1):
        assert f"/{name}" in [p for _, p in await codes(await office.post(f"{path}/finalise"))]
        assert (await office.patch(path, {name: written[name]}, number)).status_code == 200
    assert (await office.make(f"{path}/finalise"))["state"] == "final_draft"


async def test_the_fields_of_a_topic_are_bounded(world: World) -> None:
    office = await person(world, "office", "office")
    path = f"/topics/{(await draft(office))['id']}"
    full = {
        "industry_consortium": {"Company A": "Compounds and their data.", "Company B": ""},
        "indicative_in_kind": EUR45M,
        "architecture": "Four work packages.",
        "special_conditions": "Results are affordable, available and accessible.",
        "projects_expected": 50,
        "duration_months": 120,
    }
    read = (await office.patch(path, full, 2)).json()
    assert {name: read[name] for name in full} == full
    for wrong in (
        {"projects_expected": 0},
        {"projects_expected": 51},
        {"duration_months": 0},
        {"industry_consortium": {"": "No name."}},
        {"industry_consortium": {"A": "x" * 2_001}},
        {"industry_consortium": [{"A": "x"}]},
        {"indicative_in_kind": {"amount": "-1.00", "currency": "EUR"}},
    ):
        assert (await office.patch(path, wrong, 3)).status_code == 422, wrong


def test_each_kind_of_body_is_missed_until_it_has_said_something() -> None:
    class Said:
        def __init__(self, kind: str, reason: str | None = None, has_commented: bool = False) -> None:
            self.kind, self.reason, self.has_commented = kind, reason, has_commented
            self.bodies = [self]

    kinds = {"patients": "P", "states": "S"}
    assert [r.path for r in unheard([], kinds)] == ["/consulted_bodies/patients", "/consulted_bodies/states"]
    assert [r.path for r in unheard([Said("patients")], kinds)] == [
        "/consulted_bodies/patients",
        "/consulted_bodies/states",
    ]
    rounds = [Said("patients", "No."), Said("states", None, True), Said("other")]
    assert list(unheard(rounds, kinds)) == []


def test_an_opinion_is_missed_by_the_name_of_its_body() -> None:
    assert [r.text for r in without_opinion(["A"], ["A", "B"])] == ["There is no opinion of B."]
    assert list(without_opinion([], [])) == []


def test_a_programme_that_names_an_unknown_field_is_refused() -> None:
    told = programme().model_dump()
    assert Programme.model_validate(told) == programme()
    told["required"][0]["value"] = "colour"
    with pytest.raises(ValueError, match="no such field"):
        Programme.model_validate(told)


def test_a_field_that_is_not_asked_may_stay_empty() -> None:
    assert list(unwritten(object(), {})) == []


async def test_every_version_is_kept_and_any_two_are_compared(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    made = await idea(who)
    path = f"/topics/{made['id']}"
    await who.patch(path, {"title": "Earlier signs"}, 1)
    await screened(office, body, members, made["id"], "yes")
    await office.patch(path, TOPIC | {"scope": "Narrow."}, 2)
    await office.patch(path, {"scope": "Wide."}, 3)
    kept = (await office.get(f"{path}/versions")).json()
    assert [(v["number"], v["adopted"]) for v in kept] == [(n, False) for n in (1, 2, 3, 4)]
    assert [v["author_id"] for v in kept] == [str(who.id)] * 2 + [str(office.id)] * 2
    first = (await office.get(f"{path}/versions/1")).json()
    assert (first["fields"]["title"], first["fields"]["scope"]) == (made["title"], "")
    told = (await office.get(f"{path}/comparison?from=3&to=4")).json()
    assert told == {
        "before": 3,
        "after": 4,
        "changes": [{"field": "scope", "before": "Narrow.", "after": "Wide."}],
    }
    back = (await office.get(f"{path}/comparison?from=4&to=3")).json()["changes"]
    assert back == [{"field": "scope", "before": "Wide.", "after": "Narrow."}]
    assert (await office.get(f"{path}/comparison?from=4&to=4")).json()["changes"] == []
    whole = (await office.get(f"{path}/comparison")).json()
    assert (whole["before"], whole["after"]) == (1, 4)
    for gone in ("/versions/5", "/comparison?from=1&to=5", "/comparison?from=9"):
        assert (await office.get(f"{path}{gone}")).status_code == 404
    for wrong in ("/versions/0", "/comparison?from=0", "/comparison?to=x"):
        assert (await office.get(f"{path}{wrong}")).status_code == 422


async def test_the_public_reads_the_adopted_versions_once_the_call_is_published(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    hidden = await draft(office)
    await heard(world, hidden["id"])
    await office.make(f"/topics/{hidden['id']}/finalise")
    await vote(office, body, members, "adopt_topic", hidden["id"])
    (adopted,) = [v for v in (await office.get(f"/topics/{hidden['id']}/versions")).json() if v["adopted"]]
    assert adopted["number"] == 2
    found = await published_call(office, body, members)
    path = f"/topics/{found['topic']['id']}"
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1/topics/{hidden['id']}/versions")).status_code == 404
        told = (await nobody.get(f"/v1{path}/versions")).json()
        assert [(v["number"], v["adopted"], "author_id" in v) for v in told] == [(2, True, False)]
        read = await nobody.get(f"/v1{path}/versions/2")
        assert (read.json()["fields"]["scope"], "author_id" in read.json()) == (TOPIC["scope"], False)
        assert (await nobody.get(f"/v1{path}/versions/1")).status_code == 404
        assert (await nobody.get(f"/v1{path}/comparison?from=1&to=2")).status_code == 404
        assert (await nobody.get(f"/v1{path}/comparison")).json()["changes"] == []


async def test_a_version_keeps_its_focus_areas(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    path, cancer = f"/topics/{topic['id']}", await area(office)
    assert (await office.patch(path, {"focus_area_ids": [cancer]}, 2)).status_code == 200
    both = {"focus_area_ids": [cancer, await area(office, "rare-diseases")], "scope": "Other."}
    assert (await office.patch(path, both, 3)).status_code == 200
    told = (await office.get(f"{path}/comparison?from=2&to=3")).json()["changes"]
    assert told == [{"field": "focus_areas", "before": [], "after": ["imi:cancer"]}]
    kept = (await office.get(f"{path}/versions/4")).json()["fields"]
    assert kept["focus_areas"] == ["imi:cancer", "imi:rare-diseases"]


async def rewritten(office: Actor, path: str, scope: str) -> None:
    version = (await is_there(office, path))["version"]
    assert (await office.patch(path, {"scope": scope}, version)).status_code == 200


async def consulted_on(world: World, office: Actor, path: str) -> Actor:
    """Somebody who was asked in a round on the text as it is; it is a draft again."""
    here = await round_on(office, path.rsplit("/", 1)[1])
    who, _ = await invited(world, office, here)
    await is_there(who, path)
    await ended(world, office, here)
    await office.make(f"{path}/redraft")
    return who


async def numbers(reader: Actor, path: str) -> list[int]:
    return [version["number"] for version in (await reader.get(f"{path}/versions")).json()]


@pytest.mark.parametrize("joins", [False, True])
async def test_what_some_have_seen_of_a_draft_everybody_reads_once_the_call_is_out(
    world: World, joins: bool
) -> None:
    """Whoever is consulted or writes has no head start; what was before they came stays inside."""
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    body, members = await committee(world, "ann")
    topic = (await draft(office))["id"]
    path = f"/topics/{topic}"
    await rewritten(office, path, "The third.")
    asked = await consulted_on(world, office, path)
    await rewritten(office, path, "The fourth.")
    if joins:
        writer, _ = await co_author(world, office, topic)
    await rewritten(office, path, "The fifth.")
    await rewritten(office, path, "The sixth.")
    assert await numbers(office, path) == [1, 2, 3, 4, 5, 6]
    if joins:
        assert await numbers(writer, path) == [4, 5, 6]
        assert (await writer.get(f"{path}/versions/3")).status_code == 404
        assert (await writer.get(f"{path}/comparison?from=3&to=6")).status_code == 404
    await heard(world, topic)
    await office.make(f"{path}/finalise")
    await vote(office, body, members, "adopt_topic", topic)
    for reader in (asked, stranger):
        await is_hidden(reader, f"{path}/versions")
    await in_call(world, topic)
    wanted = [3, 4, 5, 6] if joins else [3, 6]
    assert await numbers(stranger, path) == wanted
    assert await numbers(office, path) == [1, 2, 3, 4, 5, 6]
    for number in range(1, 7):
        found = (await stranger.get(f"{path}/versions/{number}")).status_code
        assert found == (200 if number in wanted else 404)
    whole = await is_there(stranger, f"{path}/comparison")
    assert (whole["before"], whole["after"]) == (3, 6)
    assert whole["changes"] == [{"field": "scope", "before": "The third.", "after": "The sixth."}]


async def test_versions_are_walled_as_the_draft_is(world: World) -> None:
    """Neither who proposed the idea nor who is consulted reads what the text was before."""
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    made = await idea(who)
    await screened(office, *(await committee(world, "ann")), made["id"], "yes")
    path = f"/topics/{made['id']}"
    await is_there(office, f"{path}/versions/1")
    here = await round_on(office, made["id"])
    asked, _ = await invited(world, office, here)
    for reader in (who, asked):
        await is_there(reader, path)
        for part in ("/versions", "/versions/1", "/comparison"):
            assert (await reader.get(f"{path}{part}")).status_code == 404
    await is_hidden(await person(world, "stranger"), f"{path}/versions")


async def test_two_who_edit_at_once_lose_nothing(live: World) -> None:
    """One change is kept, the other answered with it; each kept version is one that somebody has seen."""
    one, two = await person(live, "one", "office"), await person(live, "two", "office")
    topic = await draft(one)
    path, version = f"/topics/{topic['id']}", topic["version"]
    answers = await asyncio.gather(
        one.patch(path, {"scope": "One."}, version), two.patch(path, {"scope": "Two."}, version)
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    assert lost.json()["current"]["scope"] == won.json()["scope"]
    async with live.sessions() as session:
        kept = select(func.count()).where(TopicVersion.topic_id == UUID(topic["id"]))
        assert await session.scalar(kept) == version + 1
