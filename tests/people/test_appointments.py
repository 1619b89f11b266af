"""Appointments: nobody appoints themselves, a second person confirms, dates and ends count."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import machine_now
from tests.build import Actor, person
from tests.conftest import World

pytestmark = pytest.mark.anyio
OFFICE = {"role": "office", "appointing_act": "Decision 12 of the director"}


async def proposed(admin: Actor, somebody: Actor, **more: Any) -> str:
    made = await admin.make(f"/accounts/{somebody.id}/appointments", OFFICE | more)
    assert made["state"] == "proposed"
    return str(made["id"])


async def roles(somebody: Actor) -> list[str]:
    return list((await somebody.get("/me")).json()["roles"])


async def test_role_is_held_once_a_second_person_has_confirmed(world: World) -> None:
    ann, bob, cas = (
        await person(world, "ann", "admin"),
        await person(world, "bob", "admin"),
        await person(world, "cas"),
    )
    key = await proposed(ann, cas)
    assert await roles(cas) == []
    alone = await ann.post(f"/appointments/{key}/confirm")
    assert (alone.status_code, alone.json()["reasons"][0]["code"]) == (409, "second-person")
    assert (await cas.post(f"/appointments/{key}/confirm")).status_code == 403
    confirmed = await bob.make(f"/appointments/{key}/confirm")
    assert (confirmed["state"], confirmed["proposed_by"], confirmed["confirmed_by"]) == (
        "active",
        str(ann.id),
        str(bob.id),
    )
    assert await roles(cas) == ["office"]


async def test_signatory_may_be_the_second_person(world: World) -> None:
    ann, sig, cas = (
        await person(world, "ann", "admin"),
        await person(world, "sig", "signatory"),
        await person(world, "cas"),
    )
    key = await proposed(ann, cas)
    assert (await sig.make(f"/appointments/{key}/confirm"))["state"] == "active"


async def test_nobody_appoints_or_confirms_themselves(world: World) -> None:
    ann, bob = await person(world, "ann", "admin"), await person(world, "bob", "admin")
    own = await ann.post(f"/accounts/{ann.id}/appointments", OFFICE)
    assert (own.status_code, own.json()["reasons"][0]["code"]) == (409, "own-role")
    key = await proposed(ann, bob)
    taken = await bob.post(f"/appointments/{key}/confirm")
    assert (taken.status_code, taken.json()["reasons"][0]["code"]) == (409, "second-person")
    assert await roles(bob) == ["admin"]


async def test_office_alone_appoints_nobody(world: World) -> None:
    office, cas = await person(world, "office", "office"), await person(world, "cas")
    assert (await office.post(f"/accounts/{cas.id}/appointments", OFFICE)).status_code == 403
    assert (await cas.post(f"/accounts/{office.id}/appointments", OFFICE)).status_code == 404


async def test_role_is_held_between_its_dates_alone(world: World) -> None:
    ann, bob, cas = (
        await person(world, "ann", "admin"),
        await person(world, "bob", "admin"),
        await person(world, "cas"),
    )
    later = (machine_now() + timedelta(days=1)).isoformat()
    key = await proposed(ann, cas, starts_at=later)
    await bob.make(f"/appointments/{key}/confirm")
    assert await roles(cas) == []
    auditor = {"role": "auditor"}
    endless = await ann.post(f"/accounts/{cas.id}/appointments", OFFICE | auditor)
    assert (endless.status_code, endless.json()["reasons"][0]["code"]) == (409, "end-needed")
    early = {"ends_at": (machine_now() - timedelta(days=1)).isoformat()}
    too_early = await ann.post(f"/accounts/{cas.id}/appointments", OFFICE | auditor | early)
    assert (too_early.status_code, too_early.json()["reasons"][0]["code"]) == (409, "ends-too-early")


async def test_ended_appointment_is_lost_at_the_next_request(world: World) -> None:
    ann, bob, cas = (
        await person(world, "ann", "admin"),
        await person(world, "bob", "admin"),
        await person(world, "cas"),
    )
    key = await proposed(ann, cas)
    await bob.make(f"/appointments/{key}/confirm")
    assert await roles(cas) == ["office"]
    assert (await cas.make(f"/appointments/{key}/end"))["state"] == "ended"
    assert await roles(cas) == []
    assert (await bob.post(f"/appointments/{key}/confirm")).status_code == 409


async def test_appointment_is_seen_by_those_it_concerns(world: World) -> None:
    ann, cas, stranger = (
        await person(world, "ann", "admin"),
        await person(world, "cas"),
        await person(world, "eve"),
    )
    key = await proposed(ann, cas)
    assert [(await each.get(f"/appointments/{key}")).status_code for each in (ann, cas, stranger)] == [
        200,
        200,
        404,
    ]
    listed = [
        len((await each.get("/appointments?role=office")).json()["items"]) for each in (ann, cas, stranger)
    ]
    assert listed == [1, 1, 0]


async def test_what_waits_is_shown_to_the_second_person_alone(world: World) -> None:
    ann, bob, cas = (
        await person(world, "ann", "admin"),
        await person(world, "bob", "admin"),
        await person(world, "cas"),
    )
    key = await proposed(ann, cas)
    waiting = [(await each.get("/me")).json()["waiting"] for each in (ann, bob, cas)]
    assert [[w["id"] for w in each] for each in waiting] == [[], [key], []]
    assert (waiting[1][0]["kind"], waiting[1][0]["title"]) == ("confirm", "cas as office")


async def test_account_is_seen_by_its_person_the_office_and_administrators(world: World) -> None:
    jo, eve = await person(world, "jo"), await person(world, "eve")
    office = await person(world, "office", "office")
    unknown = await eve.get("/accounts/00000000-0000-4000-8000-000000000000")
    hidden = await eve.get(f"/accounts/{jo.id}")
    assert [(await each.get(f"/accounts/{jo.id}")).status_code for each in (jo, office)] == [200, 200]
    assert hidden.status_code == unknown.status_code == 404
    assert set(hidden.json()) == set(unknown.json())
    assert (await eve.post(f"/accounts/{jo.id}/close")).status_code == 404
    renamed = await jo.patch(f"/accounts/{jo.id}", {"name": "Joanna"}, 1)
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["version"]) == (200, "Joanna", 2)
    assert (await jo.patch(f"/accounts/{jo.id}", {"state": "closed"}, 2)).status_code == 422
    assert (await office.patch(f"/accounts/{jo.id}", {"name": "X"}, 2)).status_code == 403
