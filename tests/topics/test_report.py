"""The report on the consultations: who said what, what was answered and changed, without names that hide."""

import pytest

from tests.build import Actor, committee, heard, person, vote
from tests.conftest import World
from tests.topics.build import (
    ANSWER,
    advisers,
    co_author,
    commented,
    draft,
    ended,
    in_call,
    invited,
    round_on,
)
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
PEOPLE = ("author", "account", "email", "@example.org")


async def consulted(world: World, office: Actor) -> tuple[str, list[Actor]]:
    """A topic after a closed round: one body spoke by name, one without, one declined, one was silent."""
    topic = (await draft(office))["id"]
    here = await round_on(office, topic, public=True)
    (open_, _), (shy, _), (no, path), (silent, _) = [
        await invited(world, office, here, name) for name in ("Open", "Shy", "Declining", "Silent")
    ]
    anyone = await person(world, "anyone")
    said = [
        await commented(open_, here, text="Said openly."),
        await commented(shy, here, text="Said shyly.", anonymous=True),
        await commented(anyone, here, text="Said by anyone."),
    ]
    await no.make(f"{path}/decline", {"reason": "Not our field."})
    for comment in said:
        await office.make(f"{comment}/answer", ANSWER)
    await ended(world, office, here)
    return topic, [open_, shy, no, silent, anyone]


async def test_it_tells_who_said_what_and_what_has_changed(world: World) -> None:
    office = await person(world, "office", "office")
    topic, _ = await consulted(world, office)
    path = f"/topics/{topic}"
    await office.make(f"{path}/redraft")
    version = (await is_there(office, path))["version"]
    await office.patch(path, {"scope": "Wider."}, version)
    answer = await office.get(f"{path}/consultation_report")
    told = answer.json()
    assert [word for word in PEOPLE if word in answer.text] == []
    (first,) = told["rounds"]
    assert (first["number"], first["public"], first["of_version"]) == (1, True, version)
    assert [(b["name"], b["said"], b["reason"]) for b in first["bodies"]] == [
        ("Declining", "declined", "Not our field."),
        ("Open", "commented", None),
        ("Shy", "commented", None),
        ("Silent", "nothing", None),
    ]
    assert [(c["by"], c["text"], c["anonymous"]) for c in first["comments"]] == [
        ("somebody who speaks for no body", "Said by anyone.", False),
        ("Open", "Said openly.", False),
        ("Shy", "Said shyly.", True),
    ]
    assert {(c["response"], c["reason"]) for c in first["comments"]} == {("partly", ANSWER["reason"])}
    assert first["changes"] == [{"field": "scope", "before": "A scope.", "after": "Wider."}]
    assert told["final_version"] == version + 1


async def test_the_public_reads_it_with_the_call_and_learns_no_hidden_name(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic, people = await consulted(world, office)
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    await vote(office, body, members, "adopt_topic", topic)
    path = f"/topics/{topic}/consultation_report"
    await is_there(members[0], path)
    for reader in people:
        assert (await reader.get(path)).status_code == 404
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1{path}")).status_code == 404
        await in_call(world, topic)
        answer = await nobody.get(f"/v1{path}")
    assert [word for word in (*PEOPLE, "Shy", "Silent") if word in answer.text] == []
    first = answer.json()["rounds"][0]
    assert [b["name"] for b in first["bodies"]] == ["Declining", "Open"]
    assert [(c["by"], c["text"]) for c in first["comments"]] == [
        ("somebody who speaks for no body", "Said by anyone."),
        ("Open", "Said openly."),
        ("anonymous", "Said shyly."),
    ]
    for reader in people:
        assert (await reader.get(path)).json() == answer.json()


async def test_it_is_there_once_a_round_is_closed_and_tells_of_closed_rounds_alone(world: World) -> None:
    office = await person(world, "office", "office")
    _, (adviser, *_) = await advisers(world, "States Group", "sten")
    topic = (await draft(office))["id"]
    path = f"/topics/{topic}/consultation_report"
    writer, _ = await co_author(world, office, topic)
    here = await round_on(office, topic)
    await invited(world, office, here)
    assert (await office.get(path)).status_code == 404
    await ended(world, office, here)
    assert len((await is_there(office, path))["rounds"]) == 1
    await round_on(office, topic)
    assert len((await is_there(office, path))["rounds"]) == 1
    for reader in (writer, adviser):
        await is_there(reader, f"/topics/{topic}")
        assert (await reader.get(path)).status_code == 404
    await is_hidden(await person(world, "stranger"), path)
