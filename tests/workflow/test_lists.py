"""Lists: keyset pages that stay whole while others write, tokens good for one query, nothing hidden shown."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest

from app.workflow.mounted import MOUNTED
from tests.build import Actor, person
from tests.conftest import World
from tests.workflow.build import befriend, codes, shelf, shown, toy

pytestmark = pytest.mark.anyio


async def some(world: World, count: int = 5) -> tuple[Actor, dict[str, Any], list[dict[str, Any]]]:
    """Ann with some toys on a shelf, two of each price."""
    ann, on = await person(world, "ann"), await shelf(world)
    return ann, on, [await toy(ann, on, name=f"Toy {n}", price=n // 2) for n in range(count)]


async def pages(by: Actor, query: str = "", size: int = 2) -> list[list[str]]:
    """The ids on each page."""
    found, token = [], ""
    while True:
        answer = await by.get(f"/toys?page_size={size}{query}{token}")
        assert answer.status_code == 200, answer.text
        found.append([item["id"] for item in answer.json()["items"]])
        if answer.json()["next_page_token"] is None:
            return found
        token = f"&page_token={answer.json()['next_page_token']}"


@pytest.mark.parametrize("sort", ["-created_at", "price", "-price", "name"])
async def test_pages_together_are_the_whole_list_in_order(toys: World, sort: str) -> None:
    ann, _, made = await some(toys)
    found = await pages(ann, f"&sort={sort}")
    assert [len(page) for page in found] == [2, 2, 1]
    flat = [key for page in found for key in page]
    field = sort.removeprefix("-")
    if field in made[0]:
        whole = sorted(made, key=lambda one: (one[field], UUID(one["id"])), reverse=sort.startswith("-"))
        assert flat == [one["id"] for one in whole]
    assert sorted(flat) == sorted(one["id"] for one in made)


async def test_a_page_stays_what_it_is_while_others_write(toys: World) -> None:
    ann, on, made = await some(toys)
    first = (await ann.get("/toys?page_size=2&sort=name")).json()
    await toy(ann, on, name="Toy 0 a")
    await toy(ann, on, name="Toy 9")
    token, seen = first["next_page_token"], [item["id"] for item in first["items"]]
    while token:
        page = (await ann.get(f"/toys?page_size=2&sort=name&page_token={token}")).json()
        seen += [item["id"] for item in page["items"]]
        token = page["next_page_token"]
    assert len(seen) == len(set(seen))
    assert seen[:5] == [one["id"] for one in made]


async def test_a_list_shows_what_the_actor_sees_and_by_which_face(toys: World) -> None:
    ann, on, made = await some(toys, 2)
    public = await shown(toys, ann, on, name="Shown")
    bob = await person(toys, "bob")
    await befriend(toys, made[0], bob)
    items = {item["id"]: item for item in (await bob.get("/toys")).json()["items"]}
    assert items == {
        made[0]["id"]: {
            "id": made[0]["id"], "state": "made", "actions": ["mend", "forget"], "name": "Toy 0", "price": 0,
        },
        public["id"]: {"id": public["id"], "state": "shown", "actions": [], "name": "Shown"},
    }  # fmt: skip
    async with toys.client() as nobody:
        listed = (await nobody.get("/v1/toys")).json()
    assert [item["id"] for item in listed["items"]] == [public["id"]]
    assert sorted(listed) == ["items", "next_page_token"]


async def test_a_filter_finds_only_what_the_actor_sees(toys: World) -> None:
    ann, _, made = await some(toys)
    eve = await person(toys, "eve")
    assert [i["id"] for i in (await ann.get("/toys?name=Toy 3")).json()["items"]] == [made[3]["id"]]
    assert (await eve.get("/toys?name=Toy 3")).json()["items"] == []


async def test_a_page_after_rights_were_lost_shows_nothing(toys: World) -> None:
    _, _, made = await some(toys, 3)
    bob = await person(toys, "bob")
    for one in made:
        await befriend(toys, one, bob)
    token = (await bob.get("/toys?page_size=1")).json()["next_page_token"]
    assert len((await bob.get(f"/toys?page_size=1&page_token={token}")).json()["items"]) == 1
    await bob.post(f"/toys/{made[0]['id']}/forget")
    assert (await bob.get(f"/toys?page_size=1&page_token={token}")).json() == {
        "items": [],
        "next_page_token": None,
    }


@pytest.mark.parametrize(
    "query",
    [
        "maker_id=x",
        "note=x",
        "state=made",
        "audit_head=x",
        "nonsense=x",
        "name__like=x",
        "offset=1",
    ],
)
async def test_a_field_that_is_no_filter_answers_as_one_that_does_not_exist(toys: World, query: str) -> None:
    ann, _, _ = await some(toys, 1)
    refused = await ann.get(f"/toys?{query}")
    assert (refused.status_code, codes(refused)) == (422, ["unknown-field"])


@pytest.mark.parametrize(
    "query",
    ["sort=note", "sort=maker_id", "sort=", "sort=-name", "page_size=0", "page_size=201", "page_size=x"],
)
async def test_orders_and_sizes_are_allow_listed(toys: World, query: str) -> None:
    ann, _, _ = await some(toys, 1)
    assert (await ann.get(f"/toys?{query}")).status_code == 422


async def test_a_token_is_good_for_its_own_query_alone(toys: World) -> None:
    ann, _, _ = await some(toys)
    token = (await ann.get("/toys?page_size=2&sort=price")).json()["next_page_token"]
    assert (await ann.get(f"/toys?page_size=3&sort=price&page_token={token}")).status_code == 200
    for query in (
        "/toys?sort=name",
        "/toys?sort=-price",
        "/toys?sort=price&name=Toy 1",
        "/shelves?page_size=1",
    ):
        refused = await ann.get(f"{query}&page_token={token}")
        assert (refused.status_code, codes(refused)) == (422, ["page-token"]), query


def altered(token: str, place: int, value: Any) -> str:
    parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    parts[place] = value
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


FORGED: list[tuple[int, Any]] = [
    (0, "0" * 16), (0, None), (1, None), (1, 7), (1, []), (1, "\x00"), (1, "\ud800"), (1, "9" * 400),
    (1, "2030-01-01T00:00:00"), (1, "NaN"), (2, "x"), (2, None), (2, 7), (2, "\ud800"), (2, {}),
]  # fmt: skip


@pytest.mark.parametrize("sort", ["price", "name", "-created_at"])
async def test_a_forged_token_is_malformed_and_nothing_worse(toys: World, sort: str) -> None:
    ann, _, _ = await some(toys, 2)
    token = (await ann.get(f"/toys?page_size=1&sort={sort}")).json()["next_page_token"]
    for place, value in FORGED:
        answer = await ann.get(f"/toys?page_size=1&sort={sort}&page_token={altered(token, place, value)}")
        text_is_a_name = sort == "name" and place == 1 and isinstance(value, str) and value.isprintable()
        assert (place, value, answer.status_code) == (place, value, 200 if text_is_a_name else 422)


async def test_what_is_no_token_at_all_is_malformed(toys: World) -> None:
    ann, _, _ = await some(toys, 1)
    for token in ("x", "%00", "====", "bm8", "W10", "WzEsMiwzLDRd", "é", "x" * 5_000):
        assert (token, (await ann.get(f"/toys?page_token={token}")).status_code) == (token, 422)


async def test_a_long_name_makes_no_token_that_we_refuse(toys: World) -> None:
    ann, on = await person(toys, "ann"), await shelf(toys)
    for number in range(3):
        await toy(ann, on, name=f"{number}" + "🚗" * 190)
    assert [len(page) for page in await pages(ann, "&sort=name", 1)] == [1, 1, 1]


@pytest.mark.parametrize("name", ["%00", "%ED%A0%80", "x" * 5000])
async def test_a_filter_that_no_name_can_match_finds_nothing(toys: World, name: str) -> None:
    ann, _, _ = await some(toys, 1)
    assert (await ann.get(f"/toys?name={name}")).status_code in (200, 422)


async def test_a_row_that_no_face_is_for_is_left_out(toys: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that gives sight without a view must not take the whole list down with it."""
    ann, on, made = await some(toys, 1)
    bob = await person(toys, "bob")
    await befriend(toys, made[0], bob)
    public = await shown(toys, ann, on)
    assert len((await bob.get("/toys")).json()["items"]) == 2
    monkeypatch.setitem(vars(MOUNTED["toy"]), "items", MOUNTED["toy"].items[1:])
    assert [item["id"] for item in (await bob.get("/toys")).json()["items"]] == [public["id"]]
