"""The panel as people: who sits on it, who is out for what, what is decided in the room."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.panel.room.rules import agenda, turns
from app.workflow import following
from tests.build import Actor, person
from tests.conftest import Counting, World
from tests.evaluation.build import (
    Expert,
    Topic,
    approve,
    evaluated,
    expert,
    group,
    in_evaluation,
    put_to_approval,
)
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
NAMES = st.frozensets(st.sampled_from("xyz"), max_size=3)


def exits(order: Sequence[str], out: dict[str, frozenset[str]]) -> int:
    return sum(len(turn.leaves) for turn in turns(list(order), out))


def test_whoever_is_out_of_several_leaves_once() -> None:
    out = {"a": "x", "b": "", "c": "xy", "d": "y", "e": "", "f": "x"}
    sets = {key: frozenset(names) for key, names in out.items()}
    order = agenda(sets)
    assert order == ["b", "e", "a", "f", "c", "d"]
    assert (exits(order, sets), exits(sorted(sets), sets)) == (2, 4)
    assert [(t.key, sorted(t.leaves), sorted(t.returns)) for t in turns(order, sets)][2:] == [
        ("a", ["x"], []),
        ("f", [], []),
        ("c", ["y"], []),
        ("d", [], ["x"]),
    ]


@given(st.dictionaries(st.sampled_from("abcdefg"), NAMES), st.integers())
def test_the_agenda_is_whole_and_the_order_of_the_input_plays_no_part(
    out: dict[str, frozenset[str]], seed: int
) -> None:
    shuffled = list(out.items())
    Random(seed).shuffle(shuffled)
    assert agenda(dict(shuffled)) == agenda(out)
    assert sorted(agenda(out)) == sorted(out)


async def panel_of(topic: Topic) -> str:
    return f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"


async def named(topic: Topic, panel: str, who: Actor, part: str = "member") -> dict[str, Any]:
    return await topic.office.make(f"{panel}/panel_seats", {"account_id": str(who.id), "part": part})


async def conflicted(topic: Topic, who: Expert, proposal: str, situation: str = "D4") -> None:
    found = {"account_id": str(who.actor.id), "situation": situation, "text": "A register of companies."}
    await topic.office.make(f"/proposals/{proposal}/conflicts", found)


async def planned(topic: Topic, panel: str) -> list[dict[str, Any]]:
    """The agenda in its order."""
    await topic.office.make(f"{panel}/plan")
    items = (await topic.office.get("/panel_items")).json()["items"]
    return sorted(items, key=lambda item: item["position"])


async def test_members_under_contract_a_moderator_and_an_observer_are_named(world: World) -> None:
    topic = await world.prepared(evaluated, ("4", "4", "4"))
    panel = await panel_of(topic)
    ada, without = await expert(topic, "ada"), await expert(topic, "without", signs=False)
    watcher, stranger = await person(world, "watcher", "observer"), await person(world, "stranger")
    seat = await named(topic, panel, ada.actor)
    assert (seat["part"], seat["name"], seat["exits"]) == ("member", "ada", [])
    await named(topic, panel, topic.office, "moderator")
    await named(topic, panel, watcher, "observer")
    path = f"{panel}/panel_seats"
    for who, part, code in (
        (without.actor, "member", "no-contract"),
        (stranger, "member", "no-contract"),
        (ada.actor, "moderator", "no-role"),
        (ada.actor, "observer", "no-role"),
    ):
        refused = await topic.office.post(path, {"account_id": str(who.id), "part": part})
        assert codes(refused) == [code], (who.email, part)
    twice = await topic.office.post(path, {"account_id": str(ada.actor.id), "part": "member"})
    assert twice.status_code == 409
    another = await topic.office.post(path, {"account_id": str(topic.second.id), "part": "moderator"})
    assert another.status_code == 409
    for who in (ada.actor, watcher):
        assert (await who.get(panel)).json().keys() == {"id", "state", "actions", "topic_stage_id"}
        assert (await who.post(path, {"account_id": str(ada.actor.id), "part": "member"})).status_code == 403
    assert await same_as_missing(stranger, panel)


@pytest.mark.parametrize(("situation", "fits"), [("D4", True), ("D9", False), ("D7", False)])
async def test_who_is_barred_from_the_topic_or_the_call_is_no_member(
    world: World, situation: str, fits: bool
) -> None:
    topic = await world.prepared(evaluated, ("4", "4", "4"), ("3", "3", "4"))
    panel, ada = await panel_of(topic), await expert(topic, "ada")
    await conflicted(topic, ada, topic.proposals[0].id, situation)
    asked = {"account_id": str(ada.actor.id), "part": "member"}
    answer = await topic.office.post(f"{panel}/panel_seats", asked)
    if fits:
        assert [one["proposal_id"] for one in answer.json()["exits"]] == [topic.proposals[0].id]
    else:
        assert codes(answer) == [situation]


async def test_who_is_out_reads_neither_the_matter_nor_the_decision(world: World) -> None:
    topic = await world.prepared(evaluated, ("4", "4", "4"), ("3", "3", "4"))
    first, second = topic.proposals
    panel, ada, bob = await panel_of(topic), await expert(topic, "ada"), await expert(topic, "bob")
    await conflicted(topic, ada, first.id)
    for who in (ada, bob):
        await named(topic, panel, who.actor)
    items = {item["proposal_id"]: f"/panel_items/{item['id']}" for item in await planned(topic, panel)}
    here, other = items[first.id], items[second.id]
    read = (await bob.actor.get(here)).json()
    assert (read["title"], read["leaving"]) == ("Title 1", ["ada"])
    said = [one for point in read["points"] for one in point["statements"]]
    assert [one.keys() for one in said] == [{"kind", "text"}] * 3
    assert [one["text"] for one in said] == ["Well."] * 3
    assert "spread" not in read
    out = await ada.actor.get(here)
    assert out.json().keys() == {"id", "state", "actions", "panel_id", "reference", "position", "out"}
    assert (await ada.actor.get(other)).json()["title"] == "Title 2"

    await topic.office.make(f"{here}/take_up")
    busy = await topic.office.post(f"{other}/take_up")
    assert codes(busy) == ["another-is-current"]
    change = {
        "reason": "Others with such a plan got less.",
        "changes": [{"criterion": "impact", "score": "3"}],
    }
    changed = await topic.office.make(f"{here}/change", change)
    assert (changed["outcome"], changed["spread"][0]) == (
        "changed", {"criterion": "excellence", "least": "4.50", "most": "4.50"},
    )  # fmt: skip
    assert (await bob.actor.get(here)).json()["changes"][0]["score"] == "3.00"
    told = (await ada.actor.get(here)).text
    assert "outcome" not in told
    assert "Others with such a plan" not in told
    for member in (ada.actor, bob.actor):
        assert (await member.post(f"{here}/take_up")).status_code == 403
    for hidden in (f"/proposals/{first.id}", "/panel_seats/" + str(UUID(int=1))):
        assert await same_as_missing(ada.actor, hidden)


async def test_v19_a_change_stands_beside_the_consensus_and_counts_in_the_list(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("3.5", "4", "4"))
    first, second = topic.proposals
    panel = await panel_of(topic)
    await topic.office.make(f"{panel}/rank")
    items = {item["proposal_id"]: f"/panel_items/{item['id']}" for item in await planned(topic, panel)}
    here = items[first.id]
    refused = await topic.office.post(f"{panel}/close")
    assert codes(refused) == ["not-decided", "not-decided"]
    await topic.office.make(f"{here}/take_up")
    wrong: list[tuple[Any, str]] = [
        ({"criterion": "impact", "score": "2.75"}, "score-not-on-scale"),
        ({"criterion": "beauty", "score": "3"}, "no-criterion"),
        ({"criterion": "impact"}, "nothing-changed"),
    ]
    for one, code in wrong:
        refused = await topic.office.post(f"{here}/change", {"reason": "So.", "changes": [one]})
        assert codes(refused) == [code]
    for body in ({"reason": " ", "changes": [{"criterion": "impact", "score": "3"}]}, {"reason": "So."}):
        assert (await topic.office.post(f"{here}/change", body)).status_code == 422
    said = {"criterion": "impact", "score": "3", "comment": "Less than in the others."}
    await topic.office.make(f"{here}/change", {"reason": "For consistency.", "changes": [said]})
    assert (await topic.office.get(panel)).json()["state"] == "open"
    await topic.office.make(f"{items[second.id]}/take_up")
    kept = await topic.office.make(f"{items[second.id]}/keep", {"reason": ""})
    assert (kept["state"], kept["outcome"]) == ("decided", "kept")
    ranked = await topic.office.make(f"{panel}/rank")
    assert [(p["proposal_id"], p["rank"], p["scores"]["impact"]) for p in ranked["places"]] == [
        (second.id, 1, "4.00"),
        (first.id, 2, "3.00"),
    ]
    async with world.sessions() as session:
        stands = select(Point.score, Point.version).join(Consensus)
        stands = stands.where(Consensus.proposal_id == UUID(first.id), Point.criterion == "impact")
        assert (await session.execute(stands)).one() == (4, 1)
    closed = await topic.office.make(f"{panel}/close")
    (change,) = closed["lists"][0]["inputs"]["proposals"][first.reference]["changes"]
    assert (change["criterion"], change["score"]) == ("impact", "3.00")
    assert codes(await topic.office.post(f"{here}/take_up")) == ["panel-closed"]


async def test_a_conflict_that_comes_up_takes_a_member_out_at_once(world: World) -> None:
    topic = await world.prepared(evaluated, ("4", "4", "4"))
    (proposal,) = topic.proposals
    panel, ada = await panel_of(topic), await expert(topic, "ada")
    seat = await named(topic, panel, ada.actor)
    (item,) = await planned(topic, panel)
    here = f"/panel_items/{item['id']}"
    await topic.office.make(f"{here}/take_up")
    assert (await ada.actor.get(here)).json()["title"] == "Title 1"
    await conflicted(topic, ada, proposal.id)
    assert (await ada.actor.get(here)).json()["out"] is True
    (gone,) = (await topic.office.get(f"/panel_seats/{seat['id']}")).json()["exits"]
    assert gone["proposal_id"] == proposal.id
    assert (await topic.office.get(here)).json()["leaving"] == ["ada"]
    await conflicted(topic, ada, proposal.id, "D9")
    assert (await topic.office.get(f"/panel_seats/{seat['id']}")).json()["state"] == "left"
    assert await same_as_missing(ada.actor, here)


async def test_the_agenda_follows_the_proposals_and_keeps_what_is_decided(world: World) -> None:
    topic = await world.prepared(evaluated, ("4", "4", "4"), ("3", "3", "4"))
    first, second = topic.proposals
    panel = await panel_of(topic)
    items = {item["proposal_id"]: item["id"] for item in await planned(topic, panel)}
    for key in items.values():
        await topic.office.make(f"/panel_items/{key}/take_up")
        await topic.office.make(f"/panel_items/{key}/keep", {"reason": "Agreed."})
    found = {"rule": "E-02", "text": "Two countries take part where three are needed."}
    for officer in (topic.office, topic.second):
        await officer.post(f"/proposals/{first.id}/find_ineligible", found)
    again = {item["proposal_id"]: item["state"] for item in await planned(topic, panel)}
    assert again == {first.id: "dropped", second.id: "decided"}
    ranked = await topic.office.make(f"{panel}/rank")
    assert [place["proposal_id"] for place in ranked["places"]] == [second.id]
    await topic.office.make(f"{panel}/close")


async def test_what_was_decided_of_a_report_that_is_void_by_now_is_decided_anew(world: World) -> None:
    topic = await in_evaluation(world)
    (proposal,) = topic.proposals
    experts = await group(topic, proposal, "abcd")
    (ada, seat), *_, (dora, hers) = experts
    consensus = await put_to_approval(topic, proposal, ada, seat)
    await approve(consensus, *(who for who, _ in experts))
    panel = await panel_of(topic)
    (item,) = await planned(topic, panel)
    here = f"/panel_items/{item['id']}"
    await topic.office.make(f"{here}/take_up")
    said = {"criterion": "impact", "score": "3"}
    await topic.office.make(f"{here}/change", {"reason": "For consistency.", "changes": [said]})
    found = {"situation": "D2", "text": "I found out today."}
    await dora.actor.make(f"/assignments/{hers}/declare_conflict", found)
    again = await put_to_approval(topic, proposal, ada, seat)
    await approve(again, *(who for who, _ in experts[:3]))
    await topic.office.make(f"{panel}/rank")
    assert (await topic.office.get(here)).json()["changes"] == []
    assert codes(await topic.office.post(f"{panel}/close")) == ["not-decided"]
    await topic.office.make(f"{here}/take_up")
    assert (await topic.office.make(f"{here}/keep", {"reason": ""}))["outcome"] == "kept"
    assert (await topic.office.make(f"{panel}/close"))["state"] == "closed"


async def test_the_agenda_takes_as_many_statements_for_more_proposals(
    world: World, counting: Counting
) -> None:
    taken = []
    for count in (2, 5):
        topic = await evaluated(world, *(("4", "4", "4") for _ in range(count)))
        panel = await panel_of(topic)
        with counting() as statements:
            await topic.office.make(f"{panel}/plan")
        taken.append(len(statements))
    assert taken[0] == taken[1]


async def test_the_session_is_told_as_it_happens_and_to_each_what_they_may_know(
    live: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LONGEST", 0.0)
    topic = await evaluated(live, ("4", "4", "4"), ("3", "3", "4"))
    first, second = topic.proposals
    panel, ada, bob = await panel_of(topic), await expert(topic, "ada"), await expert(topic, "bob")
    await conflicted(topic, ada, first.id)
    for who in (ada, bob):
        await named(topic, panel, who.actor)
    items = {item["proposal_id"]: f"/panel_items/{item['id']}" for item in await planned(topic, panel)}
    await topic.office.make(f"{items[second.id]}/take_up")
    await topic.office.make(f"{items[second.id]}/keep", {"reason": "Agreed."})
    await topic.office.make(f"{items[first.id]}/take_up")
    during = {one.id: await _first(one, panel) for one in (ada.actor, bob.actor, topic.office)}
    out = during[ada.actor.id]["current"]
    assert (out["reference"], out["out"], "title" in out) == (first.reference, True, False)
    for inside in (during[bob.actor.id], during[topic.office.id]):
        assert (inside["current"]["title"], inside["current"]["leaving"]) == ("Title 1", ["ada"])
        assert [one["reason"] for one in inside["decided"]] == ["Agreed."]
    said = {"reason": "Less.", "changes": [{"criterion": "impact", "score": "3.5"}]}
    await topic.office.make(f"{items[first.id]}/change", said)
    told = await _first(ada.actor, panel)
    assert (told["current"], [one["reference"] for one in told["decided"]]) == (None, [second.reference])
    assert len((await _first(bob.actor, panel))["decided"]) == 2
    stranger = await person(live, "stranger")
    for outsider in (stranger, first.coordinator):
        assert (await outsider.get(f"{panel}/session")).status_code == 404
    await topic.office.make(f"{panel}/rank")
    await topic.office.make(f"{panel}/close")
    monkeypatch.setattr(following, "LONGEST", 600.0)
    assert (await _first(bob.actor, panel))["state"] == "closed"
    member = topic.members[0]
    assert (await member.get(panel)).status_code == 200
    assert (await member.get(f"{panel}/session")).status_code == 404


async def _first(who: Actor, panel: str) -> dict[str, Any]:
    """The one event that this person hears."""
    answer = await who.get(f"{panel}/session")
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
    (told,) = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    return dict(told)
