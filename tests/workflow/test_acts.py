"""Acts over HTTP: who, state, guards in this order; sight before all; reactions; two officers."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.core.audit import AuditDetail, AuditEvent, Refusal
from app.workflow.second import SecondRequest
from tests.build import Actor, person
from tests.conftest import World
from tests.workflow.build import befriend, codes, said, shelf, shown, state_of, toy, with_wheel

pytestmark = pytest.mark.anyio


async def test_who_is_asked_before_state_and_state_before_guards(toys: World) -> None:
    office, ann = await person(toys, "office", "office"), await person(toys, "ann")
    made = await toy(ann, await shelf(toys, office))
    show = f"/toys/{made['id']}/show"
    by_office = await office.post(show)
    assert (by_office.status_code, by_office.json()["detail"]) == (403, "Only the maker may show this toy.")
    unmet = await ann.post(show)
    assert (unmet.status_code, unmet.json()["type"]) == (409, "/problems/unmet")
    assert codes(unmet) == ["no-wheels", "no-note"]
    wrong = await ann.post(f"/toys/{made['id']}/hide")
    assert (wrong.status_code, wrong.json()["type"]) == (409, "/problems/wrong-state")
    assert wrong.json()["detail"] == "To hide, it must be: “On show”."


async def test_a_reason_says_what_where_and_who_can_mend_it(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="A note.")
    refused = await ann.post(f"/toys/{made['id']}/show")
    assert refused.json()["reasons"] == [
        {"code": "no-wheels", "text": "It has no wheels.", "path": "/wheels", "who": "maker"}
    ]


async def test_a_read_offers_the_acts_with_what_blocks_them(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="A note.")
    assert {a["name"]: [r["code"] for r in a["blocked_by"]] for a in made["actions"]} == {
        "edit": [],
        "mend": [],
        "show": ["no-wheels"],
    }
    await with_wheel(toys, made)
    now = await ann.make(f"/toys/{made['id']}/show")
    assert (now["state"], [a["name"] for a in now["actions"]]) == ("shown", ["mend", "hide"])


async def test_a_creation_is_offered_on_its_parent_and_refused_with_its_reason(toys: World) -> None:
    office, ann = await person(toys, "office", "office"), await person(toys, "ann")
    on = await shelf(toys, office)
    assert {a["name"]: a["blocked_by"] for a in on["actions"]} == {"close": [], "make": []}
    await office.make(f"/shelves/{on['id']}/close")
    read = (await ann.get(f"/shelves/{on['id']}")).json()
    assert [(a["name"], a["blocked_by"][0]["code"]) for a in read["actions"]] == [("make", "shelf-closed")]
    refused = await ann.post(f"/shelves/{on['id']}/toys", {"name": "Car"})
    assert (refused.status_code, codes(refused)) == (409, ["shelf-closed"])


async def test_a_creation_answers_201_and_is_in_its_chain(toys: World) -> None:
    ann = await person(toys, "ann")
    on = await shelf(toys)
    answer = await ann.post(f"/shelves/{on['id']}/toys", {"name": "Car"})
    assert (answer.status_code, answer.headers["ETag"], answer.json()["state"]) == (201, '"1"', "made")
    async with toys.sessions() as session:
        key = UUID(answer.json()["id"])
        event = (await session.scalars(select(AuditEvent).where(AuditEvent.entity_id == key))).one()
    assert (event.seq, event.act, event.before, event.after) == (1, "make", "", "made")
    assert (event.actor_id, event.by_system, event.cause_id) == (ann.id, False, None)
    assert event.request_id == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("parent", ["nonsense", "00000000-0000-4000-8000-000000000000"])
async def test_a_parent_that_is_none_is_no_fault_of_ours(toys: World, parent: str) -> None:
    ann = await person(toys, "ann")
    status = 404 if "-" in parent else 422
    assert (await ann.post(f"/shelves/{parent}/toys", {"name": "Car"})).status_code == status


async def test_what_is_hidden_and_what_is_missing_answer_alike(toys: World) -> None:
    office, ann, eve = [await person(toys, n, *r) for n, r in (("o", ["office"]), ("ann", []), ("eve", []))]
    made = await toy(ann, await shelf(toys, office))
    await with_wheel(toys, made)
    assert (await ann.get(f"/toys/{made['id']}/wheels/left")).status_code == 200
    asked = [
        ("GET", "", None),
        ("PATCH", "", {"name": "X"}),
        ("POST", "/show", None),
        ("POST", "/sell", {"price": 5}),
        ("POST", "/sell", {"price": "nonsense"}),
        ("GET", "/wheels/left", None),
        ("PATCH", "/wheels/left", {"text": "x"}),
    ]
    async with toys.client() as nobody:
        for method, path, body in asked:
            for client in (eve.client, nobody):
                there, nowhere = [
                    await client.request(method, f"/v1/toys/{key}{path}", json=body)
                    for key in (made["id"], str(uuid4()))
                ]
                assert (there.status_code, nowhere.status_code) == (404, 404), (method, path)
                assert said(there) == said(nowhere)
                drop = ("x-request-id", "content-length")
                assert [{k: v for k, v in a.headers.items() if k not in drop} for a in (there, nowhere)] == [
                    {k: v for k, v in there.headers.items() if k not in drop}
                ] * 2
                assert len(there.content) == len(nowhere.content)


async def test_whoever_sees_it_but_is_not_signed_in_is_told_to_sign_in(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys))
    async with toys.client() as nobody:
        read = await nobody.get(f"/v1/toys/{made['id']}")
        refused = await nobody.post(f"/v1/toys/{made['id']}/hide")
    assert (read.status_code, sorted(read.json())) == (200, ["actions", "id", "name", "state"])
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("body", [{}, {"price": -1}, {"price": "5"}, {"price": 5, "x": 1}, [], "x", 7, None])
async def test_rights_are_asked_before_the_body_is_read(toys: World, body: object) -> None:
    office, ann = await person(toys, "office", "office"), await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys, office))
    sell = f"/v1/toys/{made['id']}/sell"
    assert (await ann.client.post(sell, json=body)).status_code == 403
    assert (await office.client.post(sell, json=body)).status_code == 422


async def test_an_act_that_takes_it_out_of_sight_answers_with_nothing(toys: World) -> None:
    ann, bob = await person(toys, "ann"), await person(toys, "bob")
    made = await toy(ann, await shelf(toys))
    await befriend(toys, made, bob)
    assert (await bob.get(f"/toys/{made['id']}")).status_code == 200
    left = await bob.post(f"/toys/{made['id']}/forget")
    assert (left.status_code, left.content) == (204, b"")
    assert (await bob.get(f"/toys/{made['id']}")).status_code == 404


async def test_a_refused_act_changes_nothing(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="A note.")
    async with toys.sessions() as session:
        before = await session.scalar(select(func.count()).select_from(AuditEvent))
    assert (await ann.post(f"/toys/{made['id']}/show")).status_code == 409
    async with toys.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEvent)) == before
    assert (await ann.get(f"/toys/{made['id']}")).json() == made


async def test_a_reaction_is_the_systems_act_because_of_another(toys: World) -> None:
    ann = await person(toys, "ann")
    on = await shelf(toys)
    made = await shown(toys, ann, on)
    async with toys.sessions() as session:
        of = select(AuditEvent).where(AuditEvent.act == "show", AuditEvent.entity_id == UUID(made["id"]))
        cause = (await session.scalars(of)).one()
        of = select(AuditEvent).where(AuditEvent.act == "tally", AuditEvent.entity_id == UUID(on["id"]))
        event = (await session.scalars(of)).one()
    assert (event.by_system, event.actor_id, event.cause_id) == (True, ann.id, cause.id)
    assert (event.at, event.request_id) == (cause.at, cause.request_id)


async def test_a_reaction_that_fails_fails_the_act_and_all_reactions_before_it(toys: World) -> None:
    ann = await person(toys, "ann")
    on = await shelf(toys)
    made = await toy(ann, on, note="ugly")
    await with_wheel(toys, made)
    refused = await ann.post(f"/toys/{made['id']}/show")
    assert (refused.status_code, codes(refused)) == (409, ["ugly"])
    assert await state_of(toys, made) == "made"
    async with toys.sessions() as session:
        tallied = select(AuditEvent).where(AuditEvent.act == "tally", AuditEvent.entity_id == UUID(on["id"]))
        assert (await session.scalars(tallied)).all() == []


async def cast(world: World) -> tuple[Actor, Actor, Actor]:
    """Two officers, and Ann."""
    officers = [await person(world, name, "office") for name in ("one", "two")]
    return officers[0], officers[1], await person(world, "ann")


async def test_two_officers_sell_together(toys: World) -> None:
    one, two, ann = [
        await person(toys, n, *r) for n, r in (("a", ["office"]), ("b", ["office"]), ("ann", []))
    ]
    made = await shown(toys, ann, await shelf(toys, one))
    sell, price = f"/toys/{made['id']}/sell", {"price": 5}
    asked = await one.post(sell, price)
    assert (asked.status_code, asked.json()) == (202, {"awaiting": "another officer", "act": "sell"})
    assert await state_of(toys, made) == "shown"
    confirms = {}
    for officer in (one, two):
        read = (await officer.get(f"/toys/{made['id']}")).json()
        confirms[officer.id] = next(a["confirm"] for a in read["actions"] if a["name"] == "sell")
    assert confirms[one.id] is None
    assert sorted(confirms[two.id]) == ["asked_at", "digest"]
    again = await one.post(sell, price)
    assert (again.status_code, codes(again)) == (409, ["second-officer"])
    other = await two.post(sell, {"price": 6})
    assert (other.status_code, codes(other)) == (409, ["digest-differs"])
    sold = await two.post(sell, price)
    assert (sold.status_code, sold.json()["state"], sold.json()["price"]) == (200, "sold", 5)
    async with toys.sessions() as session:
        assert (await session.scalars(select(SecondRequest))).all() == []
        of = select(AuditEvent, AuditDetail).join(AuditDetail).where(AuditEvent.act == "sell")
        event, detail = (await session.execute(of)).one()
        refusals = list(await session.scalars(select(Refusal.codes).where(Refusal.act == "sell")))
    assert event.actor_id == two.id
    assert (detail.detail["first_officer"], detail.detail["sold_for"]) == (str(one.id), 5)
    assert sorted(refusals) == [["digest-differs"], ["second-officer"]]


async def test_the_first_officer_may_change_the_request(toys: World) -> None:
    one, two, ann = [
        await person(toys, n, *r) for n, r in (("a", ["office"]), ("b", ["office"]), ("ann", []))
    ]
    made = await shown(toys, ann, await shelf(toys, one))
    sell = f"/toys/{made['id']}/sell"
    for price in (5, 6):
        assert (await one.post(sell, {"price": price})).status_code == 202
    assert codes(await two.post(sell, {"price": 5})) == ["digest-differs"]
    assert (await two.post(sell, {"price": 6})).json()["price"] == 6


async def test_a_request_of_another_state_is_void(toys: World) -> None:
    one, two, ann = [
        await person(toys, n, *r) for n, r in (("a", ["office"]), ("b", ["office"]), ("ann", []))
    ]
    made = await shown(toys, ann, await shelf(toys, one))
    sell = f"/toys/{made['id']}/sell"
    assert (await one.post(sell, {"price": 5})).status_code == 202
    async with toys.sessions() as session, session.begin():
        (await session.scalars(select(SecondRequest))).one().state = "made"
    read = (await two.get(f"/toys/{made['id']}")).json()
    assert [a["confirm"] for a in read["actions"] if a["name"] == "sell"] == [None]
    assert (await two.post(sell, {"price": 5})).status_code == 202
    assert await state_of(toys, made) == "shown"
    assert (await one.post(sell, {"price": 5})).json()["state"] == "sold"
