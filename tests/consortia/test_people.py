"""People of a partner: asked by mail, in by their own answer, changed and ended at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.calls.models import Stage
from app.consortia.models import AskedPerson
from app.core.clock import machine_now
from tests.build import Actor, person
from tests.calls.living import tick
from tests.conftest import World
from tests.consortia.build import (
    asked_by_mail,
    consortium,
    declared,
    joins,
    open_stage,
    partner,
    sent,
    signed,
)
from tests.people.given import GOOD, link_to
from tests.proposals.build import started, submitted
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def two_partners(world: World) -> tuple[Actor, Actor, str, dict[str, Any]]:
    """A coordinator, a partner's contact, the partner's id, the consortium."""
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    return lead, pat, str(part["id"]), made


async def test_who_is_asked_reads_what_for_before_answering_and_is_in_after(world: World) -> None:
    lead, pat, key, made = await world.prepared(two_partners)
    jo = await person(world, "Jo")
    asked = {"name": "Jo", "email": jo.email.title(), "part": "contributor"}
    read = await pat.make(f"/partners/{key}/ask_person", asked)
    assert [(p["email"], p["part"]) for p in read["asked"]] == [(jo.email.lower(), "contributor")]
    path = await asked_by_mail(world, jo.email)
    async with world.client() as anyone:
        shown = (await anyone.get(path)).json()
        assert (shown["consortium"], shown["part"]) == (made["name"], "contributor")
        assert shown["coordinator"] == made["partners"][0]["organisation"]["legal_name"]
        await is_there(pat, f"/partners/{key}")
        await is_hidden(jo, f"/partners/{key}")
        assert (await anyone.post(f"{path}/accept")).json()["answer"] == "joined"
        again = [await anyone.get(path), await anyone.post(f"{path}/accept")]
        assert [answer.status_code for answer in again] == [404, 404]
    await is_there(jo, f"/consortia/{made['id']}")
    read = (await lead.get(f"/partners/{key}")).json()
    assert (len(read["people"]), read["asked"]) == (2, [])


async def test_who_declines_is_forgotten_and_was_never_in(world: World) -> None:
    _, pat, key, made = await world.prepared(two_partners)
    jo = await person(world, "jo")
    await pat.make(f"/partners/{key}/ask_person", {"name": "Jo", "email": jo.email, "part": "reader"})
    async with world.client() as anyone:
        answered = (await anyone.post(f"{await asked_by_mail(world, jo.email)}/decline")).json()
    assert answered["answer"] == "turned_down"
    read = await is_there(pat, f"/partners/{key}")
    assert (read["asked"], [p["email"] for p in read["people"]]) == ([], [pat.email])
    await is_hidden(jo, f"/consortia/{made['id']}")


async def test_no_interest_is_acquired_before_it_is_accepted(world: World) -> None:
    applied = await submitted(world)
    office = await person(world, "office", "office")
    (own,) = [p for p in applied.consortium["partners"] if p["coordinates"]]
    asked = {"name": "O", "email": office.email, "part": "reader"}
    await is_there(office, applied.path)
    assert (await office.get(applied.path)).json()["actions"] != []
    await applied.lead.make(f"/partners/{own['id']}/ask_person", asked)
    as_staff = await is_there(office, applied.path)
    assert "checks" in as_staff
    async with world.client() as anyone:
        await anyone.post(f"{await asked_by_mail(world, office.email)}/accept")
    assert "checks" not in await is_there(office, applied.path)


async def test_somebody_without_an_account_joins_and_is_in_with_the_account(world: World) -> None:
    _, pat, key, made = await world.prepared(two_partners)
    asked = {"name": "New", "email": "New.One@Example.org", "part": "reader"}
    await pat.make(f"/partners/{key}/ask_person", asked)
    async with world.client() as new:
        await new.post("/v1/auth/register", json={"email": "new.one@example.org"})
        chosen = {"link": await link_to(world, "new.one@example.org"), "name": "New", "password": GOOD}
        signed_in = (await new.post("/v1/auth/activate", json=chosen)).json()
        new.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        assert (await new.get(f"/v1/consortia/{made['id']}")).status_code == 404
        await new.post(f"{await asked_by_mail(world, 'new.one@example.org')}/accept")
        assert (await new.get(f"/v1/consortia/{made['id']}")).status_code == 200


async def test_a_link_is_good_until_its_time_or_until_another_is_sent(world: World) -> None:
    _, pat, key, _ = await world.prepared(two_partners)
    asked = {"name": "Jo", "email": "jo@example.org", "part": "reader"}
    await pat.make(f"/partners/{key}/ask_person", asked)
    first = await asked_by_mail(world, "jo@example.org")
    read = await pat.make(f"/partners/{key}/ask_person", asked | {"part": "contributor"})
    assert [p["part"] for p in read["asked"]] == ["contributor"]
    second = await asked_by_mail(world, "jo@example.org")
    async with world.client() as anyone:
        assert [(await anyone.get(path)).status_code for path in (first, second)] == [404, 200]
        async with world.sessions() as session, session.begin():
            await session.execute(update(AskedPerson).values(until=machine_now() - timedelta(seconds=1)))
        assert (await anyone.post(f"{second}/accept")).status_code == 404


async def test_an_end_of_access_is_at_once_and_on_every_face(world: World) -> None:
    applied = await world.prepared(started)
    pat, jo = applied.fellows[0], await person(world, "jo")
    (mine,) = [
        p["id"]
        for p in (await pat.get(f"/partners?consortium_id={applied.consortium['id']}")).json()["items"]
        if pat.email in [one["email"] for one in (await pat.get(f"/partners/{p['id']}")).json()["people"]]
    ]
    who = await joins(world, pat, mine, jo, "contributor")
    faces = (f"/consortia/{applied.consortium['id']}", f"/partners/{mine}", applied.path)
    section = f"{applied.path}/sections/impact"
    for path in (*faces, section):
        await is_there(jo, path)
    assert (await jo.patch(section, {"text": "Mine."}, 1)).status_code == 200
    await pat.make(f"/partners/{mine}/end_person", {"person_id": who})
    for path in faces:
        await is_hidden(jo, path)
    assert (await jo.get(section)).status_code == 404
    assert (await jo.patch(section, {"text": "Mine."}, 2)).status_code == 404
    assert (await pat.post(f"/partners/{mine}/end_person", {"person_id": who})).status_code == 409


async def test_a_person_steps_out_but_the_last_contact_stays(world: World) -> None:
    _, pat, key, _ = await world.prepared(two_partners)
    jo = await person(world, "jo")
    who = await joins(world, pat, key, jo, "reader")
    own = next(p["id"] for p in (await pat.get(f"/partners/{key}")).json()["people"] if p["id"] != who)
    for act, body in (
        ("step_out", None),
        ("end_person", {"person_id": own}),
        ("change_part", {"person_id": own, "part": "reader"}),
    ):
        refused = await pat.post(f"/partners/{key}/{act}", body)
        assert [r["code"] for r in refused.json()["reasons"]] == ["last-contact"]
    assert (await jo.post(f"/partners/{key}/step_out")).status_code == 204
    await is_hidden(jo, f"/partners/{key}")


async def test_the_contact_is_handed_over_to_somebody_who_has_accepted(world: World) -> None:
    _, pat, key, _ = await world.prepared(two_partners)
    jo = await person(world, "jo")
    who = await joins(world, pat, key, jo, "contributor")
    part = (await jo.get(f"/partners/{key}")).json()
    assert (await jo.post(f"/partners/{key}/sign", declared(part))).status_code == 403
    await pat.make(f"/partners/{key}/change_part", {"person_id": who, "part": "contact"})
    assert (await pat.post(f"/partners/{key}/step_out")).status_code == 204
    await is_hidden(pat, f"/partners/{key}")
    assert (await signed(jo, key))["state"] == "signed"


async def test_only_its_contact_asks_changes_and_ends(world: World) -> None:
    lead, pat, key, _ = await world.prepared(two_partners)
    jo, stranger = await person(world, "jo"), await person(world, "stranger")
    who = await joins(world, pat, key, jo, "contributor")
    bodies: dict[str, dict[str, Any]] = {
        "ask_person": {"name": "X", "email": "x@example.org", "part": "reader"},
        "change_part": {"person_id": who, "part": "reader"},
        "end_person": {"person_id": who},
    }
    for act, body in bodies.items():
        assert (await lead.post(f"/partners/{key}/{act}", body)).status_code == 403
        assert (await jo.post(f"/partners/{key}/{act}", body)).status_code == 403
        assert (await stranger.post(f"/partners/{key}/{act}", body)).status_code == 404
        assert (await pat.post(f"/partners/{key}/{act}", body)).status_code == 200


async def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(world: World) -> None:
    lead, pat, key, made = await world.prepared(two_partners)
    own = made["partners"][0]["id"]
    theirs = (await lead.get(f"/partners/{own}")).json()["people"][0]["id"]
    before = (await pat.get(f"/partners/{key}")).json()
    wrong: list[tuple[str, dict[str, Any], int, str]] = [
        ("ask_person", {"name": "P", "email": pat.email.upper(), "part": "reader"}, 409, "twice"),
        (
            "ask_person",
            {"name": "P", "email": "p@example.org", "part": "deputy_contact"},
            409,
            "coordinator-alone",
        ),
        ("ask_person", {"name": "P", "email": "nobody", "part": "reader"}, 422, "value-error"),
        ("ask_person", {"name": "P", "email": "p@example.org", "part": "chief"}, 422, "literal-error"),
        ("change_part", {"person_id": theirs, "part": "reader"}, 409, "no-such-person"),
        ("end_person", {"person_id": theirs}, 409, "no-such-person"),
    ]
    for act, body, status, code in wrong:
        refused = await pat.post(f"/partners/{key}/{act}", body)
        assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (status, code)
        assert refused.json()["reasons"][0]["text"]
    assert (await pat.get(f"/partners/{key}")).json() == before


async def test_an_asking_is_withdrawn_and_ends_with_the_partner(world: World) -> None:
    lead, pat, key, _ = await world.prepared(two_partners)
    asked = {"name": "Jo", "email": "jo@example.org", "part": "reader"}
    read = await pat.make(f"/partners/{key}/ask_person", asked)
    ended = await pat.make(f"/partners/{key}/end_person", {"person_id": read["asked"][0]["id"]})
    assert ended["asked"] == []
    async with world.client() as anyone:
        assert (await anyone.get(await asked_by_mail(world, "jo@example.org"))).status_code == 404
        await pat.make(f"/partners/{key}/ask_person", asked)
        path = await asked_by_mail(world, "jo@example.org")
        assert (await anyone.get(path)).status_code == 200
        await lead.make(f"/partners/{key}/remove")
        assert (await anyone.post(f"{path}/accept")).status_code == 404
    assert (await lead.get(f"/partners/{key}")).json()["asked"] == []


async def test_whose_access_has_ended_gets_no_mail_any_more(world: World) -> None:
    applied = await world.prepared(started)
    (own,) = applied.consortium["partners"]
    jo = await person(world, "jo")
    who = await joins(world, applied.lead, own["id"], jo, "deputy_contact")
    await applied.lead.make(f"/partners/{own['id']}/end_person", {"person_id": who})
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(closes_at=machine_now() + timedelta(hours=1)))
    await tick(world.sessions, world.settings)
    told = [mail.recipient for mail in await sent(world, "deadline_near")]
    assert applied.lead.email in told
    assert jo.email not in told
