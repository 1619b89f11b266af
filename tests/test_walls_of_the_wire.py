"""Walls of the wire, written by hand from the list of threats: roles, tokens, pages, bodies, time.

Each first shows that there is something to see or to do.
"""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.calls.models import TopicStageState
from app.core.clock import machine_now
from app.people.models import Appointment, AppointmentState
from tests.build import TOPIC, committee, person
from tests.conftest import World
from tests.consortia.build import close
from tests.proposals.build import SECTIONS, ready, started, submitted
from tests.walls import NEW_TOPIC, is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_nobody_grants_themselves_a_role(world: World) -> None:
    admin, other = await person(world, "admin", "admin"), await person(world, "other", "admin")
    role = {"role": "office", "appointing_act": "Mine."}
    assert (await admin.post(f"/accounts/{admin.id}/appointments", role)).status_code == 409
    proposed = await admin.make(f"/accounts/{other.id}/appointments", role)
    for who in (admin, other):
        assert (await who.post(f"/appointments/{proposed['id']}/confirm")).status_code == 409
    account = await is_there(other, f"/accounts/{other.id}")
    for field in ("role", "roles", "state"):
        wrong = await other.patch(f"/accounts/{other.id}", {field: "office"}, account["version"])
        assert wrong.status_code == 422
    assert (await is_there(other, "/me"))["roles"] == ["admin"]


async def test_a_member_gives_no_seat_and_an_officer_not_to_themselves(world: World) -> None:
    office = await person(world, "office", "office")
    body, (member,) = await committee(world, "ann")
    seat = {"account_id": str(office.id), "starts_at": machine_now().isoformat(), "appointing_act": "Mine."}
    await is_there(member, f"/bodies/{body}")
    assert (await member.post(f"/bodies/{body}/mandates", seat)).status_code == 403
    assert (await office.post(f"/bodies/{body}/mandates", seat)).status_code == 409


async def test_a_token_after_sign_out_is_refused(world: World) -> None:
    who = await person(world, "who", "office")
    topic = await who.make("/topics", NEW_TOPIC)
    assert (await who.post("/auth/sign_out")).status_code == 204
    for answer in (await who.get("/me"), await who.get("/topics"), await who.get(f"/topics/{topic['id']}")):
        assert answer.status_code == 401


async def test_a_role_that_has_ended_is_gone_at_the_next_request(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await office.make("/topics", NEW_TOPIC)
    await is_there(office, f"/topics/{topic['id']}")
    async with world.sessions() as session, session.begin():
        mine = update(Appointment).where(Appointment.account_id == office.id)
        await session.execute(mine.values(state=AppointmentState.ENDED))
    await is_hidden(office, f"/topics/{topic['id']}")
    assert (await office.post(f"/topics/{topic['id']}/finalise")).status_code == 404


async def test_what_is_hidden_is_answered_as_what_is_missing_by_every_method(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    topic = await office.make("/topics", NEW_TOPIC)
    applied = await submitted(world)
    for path, act in ((f"/topics/{topic['id']}", "finalise"), (applied.path, "submit")):
        missing = path.rsplit("/", 1)[0] + f"/{uuid4()}"
        for method, more, body in (
            ("GET", "", None), ("HEAD", "", None), ("OPTIONS", "", None), ("DELETE", "", None),
            ("POST", f"/{act}", None), ("POST", f"/{act}", "nonsense"), ("PATCH", "", {"title": "T"}),
            ("PATCH", "", {"nonsense": 1}), ("PATCH", "", None), ("GET", f"/{act}", None),
        ):  # fmt: skip
            for headers in ({}, {"If-Match": '"1"'}, {"If-Match": "nonsense"}):
                sent: Any = {"json": body} if body is not None else {}
                answers = [
                    await stranger.client.request(method, f"/v1{where}{more}", headers=headers, **sent)
                    for where in (path, missing)
                ]
                told = [(a.status_code, a.text.replace(a.headers["x-request-id"], "")) for a in answers]
                assert told[0] == told[1], (method, more, body)
                assert answers[0].status_code in (404, 405)


async def test_a_body_takes_no_field_that_the_server_owns(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await office.make("/topics", NEW_TOPIC)
    before = await is_there(office, f"/topics/{topic['id']}")
    owned = {
        "state": "adopted",
        "id": str(uuid4()),
        "version": 9,
        "audit_seq": 0,
        "created_at": "2020-01-01T00:00:00Z",
    }
    for name, value in owned.items():
        assert (
            await office.post("/topics", NEW_TOPIC | {"reference": "T-2", name: value})
        ).status_code == 422
        assert (await office.patch(f"/topics/{topic['id']}", TOPIC | {name: value}, 1)).status_code == 422
    assert await is_there(office, f"/topics/{topic['id']}") == before
    applied = await started(world)
    for name, value in {"sealed": 1, "reason": "K", "topic_id": str(uuid4()), "reference": "P"}.items():
        assert (await applied.lead.patch(applied.path, {"title": "T", name: value}, 1)).status_code == 422


async def test_a_page_token_that_is_forged_or_anothers_shows_nothing_more(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    for number in range(3):
        await office.make("/topics", NEW_TOPIC | {"reference": f"T-{number}"})
    page = await is_there(office, "/topics?page_size=1")
    token = page["next_page_token"]
    assert len((await is_there(office, f"/topics?page_size=2&page_token={token}"))["items"]) == 2
    shown = await is_there(stranger, f"/topics?page_size=1&page_token={token}")
    assert shown == {"items": [], "next_page_token": None}
    for forged in (token[:-2], token + "A", token.swapcase(), "e30", "W10", "%00", "'; --", "a" * 500):
        assert (await stranger.get("/topics", params={"page_token": forged})).status_code == 422
    for other in ("/calls", "/proposals", "/topics?sort=reference", "/topics?reference=T-1"):
        joined = "&" if "?" in other else "?"
        assert (await office.get(f"{other}{joined}page_token={token}")).status_code == 422


async def test_a_list_that_is_full_of_what_is_hidden_ends_where_the_visible_ends(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    assert await is_there(stranger, "/topics?page_size=1") == {"items": [], "next_page_token": None}
    for number in range(3):
        await office.make("/topics", NEW_TOPIC | {"reference": f"T-{number}"})
    assert (await is_there(office, "/topics?page_size=1"))["next_page_token"]
    assert await is_there(stranger, "/topics?page_size=1") == {"items": [], "next_page_token": None}


async def test_an_idempotency_key_belongs_to_who_sent_it(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    headers = {"Idempotency-Key": "the-same-key"}
    made = await office.post("/topics", NEW_TOPIC, headers=headers)
    again = await office.post("/topics", NEW_TOPIC, headers=headers)
    assert made.status_code == again.status_code == 201
    assert made.json()["id"] == again.json()["id"]
    refused = await stranger.post("/topics", NEW_TOPIC, headers=headers)
    assert refused.status_code == 403
    assert made.json()["id"] not in refused.text


async def test_a_proposal_after_the_deadline_is_refused_and_stays_a_draft(world: World) -> None:
    applied = await ready(world)
    await close(world, TopicStageState.SCHEDULED)
    refused = await applied.lead.post(
        f"{applied.path}/submit", headers={"Date": "Mon, 01 Jan 2001 00:00:00 GMT"}
    )
    assert refused.status_code == 409
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["deadline-passed"]
    for key in SECTIONS:
        late = await applied.lead.patch(f"{applied.path}/sections/{key}", {"text": "Late."}, 2)
        assert late.status_code == 409
    assert (await is_there(applied.lead, applied.path))["state"] == "draft"
