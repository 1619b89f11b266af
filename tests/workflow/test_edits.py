"""Edits of what several people write: the version read is named, another's change is shown."""

import pytest

from tests.build import person
from tests.conftest import World
from tests.workflow.build import befriend, codes, shelf, shown, toy, with_wheel

pytestmark = pytest.mark.anyio


async def test_an_edit_names_the_version_that_was_read(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="kept")
    path = f"/v1/toys/{made['id']}"
    missing = await ann.client.patch(path, json={"name": "Bus"})
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/version-needed")
    edited = await ann.patch(f"/toys/{made['id']}", {"name": "Bus"}, 1)
    assert (edited.status_code, edited.headers["ETag"]) == (200, '"2"')
    assert [edited.json()[k] for k in ("name", "note", "version")] == ["Bus", "kept", 2]
    stale = await ann.patch(f"/toys/{made['id']}", {"name": "Van"}, 1)
    assert (stale.status_code, stale.json()["current"]["name"]) == (412, "Bus")
    assert (await ann.get(f"/toys/{made['id']}")).headers["ETag"] == '"2"'


@pytest.mark.parametrize("given", ["*", '"x"', "", '"-1"', '"1", "2"', '"99999999999"', '"²"', '"1.0"'])
async def test_an_if_match_that_is_no_version_is_malformed(toys: World, given: str) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys))
    headers = {"If-Match": given.encode("utf-8")}
    answer = await ann.client.patch(f"/v1/toys/{made['id']}", json={"name": "Bus"}, headers=headers)
    assert (answer.status_code, codes(answer)) == (422, ["if-match"])


@pytest.mark.parametrize("given", ['"1"', "1", 'W/"1"', ' "1" '])
async def test_a_version_may_be_written_as_an_etag_or_plain(toys: World, given: str) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys))
    answer = await ann.client.patch(
        f"/v1/toys/{made['id']}", json={"name": "Bus"}, headers={"If-Match": given}
    )
    assert answer.status_code == 200


async def test_an_edit_is_refused_in_the_wrong_state_and_when_malformed(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys))
    assert (await ann.patch(f"/toys/{made['id']}", {"name": "Bus"}, 1)).status_code == 409
    assert (await ann.patch(f"/toys/{made['id']}", {"state": "sold"}, 1)).status_code == 422


async def test_a_part_has_a_version_of_its_own(toys: World) -> None:
    ann, bob = await person(toys, "ann"), await person(toys, "bob")
    made = await toy(ann, await shelf(toys))
    await befriend(toys, made, bob)
    for key in ("left", "right"):
        await with_wheel(toys, made, key)
    left, right = (f"/toys/{made['id']}/wheels/{key}" for key in ("left", "right"))
    assert (await bob.get(left)).headers["ETag"] == '"1"'
    mended = await bob.patch(left, {"text": "rounder"}, 1)
    assert (mended.status_code, mended.json()) == (200, {"key": "left", "text": "rounder", "version": 2})
    stale = await ann.patch(left, {"text": "square"}, 1)
    assert (stale.status_code, stale.json()["current"]["text"]) == (412, "rounder")
    assert (await ann.patch(right, {"text": "square"}, 1)).status_code == 200
    assert (await ann.get(f"/toys/{made['id']}")).json()["version"] == 1


async def test_a_part_is_for_its_readers_alone(toys: World) -> None:
    ann, eve = await person(toys, "ann"), await person(toys, "eve")
    made = await shown(toys, ann, await shelf(toys))
    assert (await ann.get(f"/toys/{made['id']}/wheels/left")).status_code == 200
    assert (await eve.get(f"/toys/{made['id']}")).status_code == 200
    assert (await eve.get(f"/toys/{made['id']}/wheels/left")).status_code == 404
    assert (await eve.patch(f"/toys/{made['id']}/wheels/left", {"text": "x"}, 9)).status_code == 403


@pytest.mark.parametrize("key", ["middle", "%00", "%F0%9F%9A%97", "x" * 101])
async def test_a_part_that_is_none_is_no_fault_of_ours(toys: World, key: str) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys))
    assert (await ann.get(f"/toys/{made['id']}/wheels/{key}")).status_code in (404, 422)
    answer = await ann.patch(f"/toys/{made['id']}/wheels/{key}", {"text": "x"}, 1)
    assert answer.status_code in (404, 422)
