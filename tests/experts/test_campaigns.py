"""Campaigns: a table of people, one mail each, an answer without an account, reminders, lapse."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.calls.models import Call, CallState
from app.core.audit import AuditDetail
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.experts.campaign.models import Campaign
from app.experts.campaign.reactions import close_campaigns, remind_experts
from app.experts.campaign.reading import MOST_LINES, people_in
from app.experts.campaign.rules import reminders_due
from app.people.models import Account, Appointment, AppointmentState
from app.workflow.run import system_act
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import Counting, World
from tests.evaluation.build import BRIEFED, SIGNED, Topic, expert, in_evaluation
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes
from tests.walls import plain

pytestmark = pytest.mark.anyio
SAID = {"title": "Spring", "text": "We look for experts in dementia.", "days": 5}
TWO = "email,name\nada@example.org,Ada Martin\nbob@example.org,Bob Roy\n"
LOAD = {"least": 2, "most": 6}
LINK = re.compile(r"/v1(/expert_answers/\S+)")


def nobody(world: World) -> Actor:
    """Somebody who has not signed in."""
    return Actor(world, uuid4(), "", "")


async def campaign(topic: Topic, csv: str = TWO, **more: Any) -> str:
    """A campaign with these people, not yet sent; its path."""
    made = await topic.office.make(f"/calls/{topic.call}/campaigns", SAID | more)
    path = f"/campaigns/{made['id']}"
    await topic.office.make(f"{path}/import", {"csv": csv, "dry_run": False})
    return path


async def mails(world: World, address: str) -> list[str]:
    async with world.sessions() as session:
        return list(await session.scalars(select(Mail.text).where(Mail.recipient == address)))


async def link(world: World, address: str) -> str:
    found = LINK.search((await mails(world, address))[-1])
    assert found
    return found[1]


async def sent(topic: Topic, **more: Any) -> str:
    path = await campaign(topic, **more)
    await topic.office.make(f"{path}/send")
    return path


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("email;name\na@example.org;A\n", []),
        ('\ufeffEmail, Name\r\na@example.org,"Martin, Ada"\r\n\r\n', []),
        ("name,email\nA,a@example.org\n", [(1, "columns")]),
        ("", [(1, "columns")]),
        ("email,name\n", [(1, "empty")]),
        ("email,name\nno-address,A\n", [(2, "bad-email")]),
        ("email,name\na@example.org,\nb@example.org\n", [(2, "bad-name"), (3, "cells")]),
        ("email,name\na@example.org,A\nb@example.org,B\nA@example.org,C\n", [(4, "twice")]),
        ('email,name\na@example.org,"A\n', [(2, "not-a-table")]),
        (
            "email,name\n" + "".join(f"a{n}@example.org,A\n" for n in range(MOST_LINES + 1)),
            [(MOST_LINES + 2, "too-many")],
        ),
    ],
)
def test_every_line_that_is_wrong_is_told(table: str, found: list[tuple[int, str]]) -> None:
    people, faults = people_in(table)
    assert [(fault.line, fault.code) for fault in faults] == found
    assert found or len(people) == 1


@pytest.mark.parametrize(("day", "due"), [(1, 0), (6.9, 0), (7, 1), (11.9, 1), (12, 2), (13, 2)])
def test_reminders_fall_due_before_the_end(day: float, due: int) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=14)
    assert reminders_due(start, end, start + timedelta(days=day), (7, 2)) == due
    assert reminders_due(end - timedelta(days=1), end, end, (7, 2)) == 0


async def test_a_dry_run_tells_every_fault_and_takes_nothing(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    path = await campaign(topic, "email,name\nfirst@example.org,First\n")
    lines = (ada.actor.email, topic.second.email, "first@example.org", "nobody", "new@example.org")
    table = "email,name\n" + "".join(f"{line},Somebody\n" for line in lines)
    told = await topic.office.make(f"{path}/import", {"csv": table})
    found = [(fault["line"], fault["code"]) for fault in told["faults"]]
    assert (told["dry_run"], found) == (True, [(2, "contract"), (3, "D8"), (4, "invited"), (5, "bad-email")])
    refused = await topic.office.post(f"{path}/import", {"csv": table, "dry_run": False})
    assert codes(refused) == [code for _, code in found]
    assert refused.json()["reasons"][0]["path"] == "/body/csv/lines/2"
    assert (await topic.office.get(path)).json()["answers"] == {"listed": 1}


async def test_each_person_gets_one_mail_with_what_is_public_and_nothing_of_a_proposal(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    (text,) = await mails(world, "ada@example.org")
    shown = (await nobody(world).get(await link(world, "ada@example.org"))).json()
    public = (SAID["text"], shown["call"]["reference"], shown["call"]["topics"][0])
    assert [word for word in public if word not in text] == []
    hidden = (topic.proposals[0].reference, "Title 1", "Abstract", "Institute", "Lead", "Cora")
    assert [word for word in hidden if word in text + str(shown)] == []
    assert (shown["days"], shown["place"], shown["name"]) == (5, "remote", "Ada Martin")
    assert (await topic.office.post(f"{path}/send")).status_code == 409
    assert len(await mails(world, "ada@example.org")) == 1


async def test_whoever_accepts_needs_no_account_and_gets_a_contract_to_sign(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    answer = await link(world, "ada@example.org")
    accepted = await nobody(world).make(f"{answer}/accept", LOAD)
    assert accepted["state"] == "accepted"
    (pooled,) = (await topic.office.get("/experts")).json()["items"]
    (contract,) = (await topic.office.get("/contracts")).json()["items"]
    assert (contract["state"], contract["least"], contract["most"]) == ("offered", 2, 6)
    assert contract["expert_id"] == pooled["id"]
    found = re.search(r"http\S+activate#\S+", "".join(await mails(world, "ada@example.org")))
    assert found
    chosen = {"link": found[0], "name": "Ada Martin", "password": "quartz umbrella seventeen lanterns"}
    token = (await nobody(world).make("/auth/activate", chosen))["access_token"]
    ada = Actor(world, uuid4(), "ada@example.org", token)
    assert (await ada.get("/me")).json()["roles"] == []
    await ada.make(f"/contracts/{contract['id']}/sign", SIGNED)
    await ada.make(f"/contracts/{contract['id']}/acknowledge_briefing", BRIEFED)
    assert (await ada.get("/me")).json()["roles"] == ["expert"]
    assert (await topic.office.get(path)).json()["answers"] == {"accepted": 1, "sent": 1}


async def test_an_answer_is_given_once(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await sent(topic)
    answer = await link(world, "ada@example.org")
    assert (await nobody(world).make(f"{answer}/decline", {"reason": "No time."}))["state"] == "declined"
    unknown = await nobody(world).get("/expert_answers/nothing")
    for again in (await nobody(world).get(answer), await nobody(world).post(f"{answer}/accept", LOAD)):
        assert plain(again) == plain(unknown)
    listed = (await topic.office.get("/expert_invitations", params={"state": "declined"})).json()["items"]
    read = (await topic.office.get(f"/expert_invitations/{listed[0]['id']}")).json()
    assert (read["reason"], read["answered_at"] is None) == ("No time.", False)


async def test_somebody_of_the_pool_is_not_taken_in_twice(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await person(world, "ada")
    joined = await ada.make("/experts/oneself", {"country": "FR"})
    await sent(topic, csv=f"email,name\n{ada.email.upper()},Ada\n")
    async with world.sessions() as session:
        address = await session.scalar(select(Mail.recipient).where(Mail.kind == "expert_invitation"))
    assert address is not None
    await nobody(world).make(f"{await link(world, address)}/accept", LOAD)
    (contract,) = (await ada.get("/contracts")).json()["items"]
    assert contract["expert_id"] == joined["id"]
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).where(func.lower(Account.email) == ada.email)) == 1


async def test_who_has_come_to_decide_meanwhile_cannot_accept(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    olga = await person(world, "olga")
    await sent(topic, csv=f"email,name\n{olga.email},Olga\n")
    answer = await link(world, olga.email)
    term = {"starts_at": LONG_AGO, "appointing_act": "act", "confirmed_at": LONG_AGO}
    async with world.sessions() as session, session.begin():
        role = fresh(Appointment, AppointmentState.ACTIVE, account_id=olga.id, role="observer", **term)
        session.add(role)
    assert codes(await nobody(world).post(f"{answer}/accept", LOAD)) == ["D8"]
    assert (await topic.office.get("/experts")).json()["items"] == []
    assert (await nobody(world).get(answer)).status_code == 200


async def tick(world: World, days: float) -> None:
    async with world.sessions() as session, session.begin():
        act = system_act(session, machine_now() + timedelta(days=days))
        await remind_experts(act)
        await close_campaigns(timedelta(minutes=2))(act)


async def test_who_does_not_answer_is_reminded_by_the_clock_and_the_invitation_lapses(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    first = await link(world, "ada@example.org")
    bob = await link(world, "bob@example.org")
    await nobody(world).make(f"{bob}/decline", {"reason": "No."})
    counts = []
    for day in (1, 8, 8.1, 13, 13.1):
        await tick(world, day)
        counts.append(len(await mails(world, "ada@example.org")))
    assert counts == [1, 2, 2, 3, 3]
    assert len(await mails(world, "bob@example.org")) == 1
    assert (await nobody(world).get(first)).status_code == 200
    await tick(world, 16)
    read = (await topic.office.get(path)).json()
    assert (read["state"], read["answers"]) == ("closed", {"declined": 1, "lapsed": 1})
    assert (await nobody(world).get(first)).status_code == 404


async def test_a_missed_reminder_is_not_sent_twice(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await sent(topic)
    await tick(world, 13)
    assert len(await mails(world, "ada@example.org")) == 2


async def test_an_answer_after_the_last_day_is_too_late_before_the_clock_has_closed(
    world: World,
) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    async with world.sessions() as session, session.begin():
        (found,) = await session.scalars(select(Campaign))
        found.answer_until = machine_now() - timedelta(seconds=1)
    answer = await link(world, "ada@example.org")
    assert codes(await nobody(world).post(f"{answer}/accept", LOAD)) == ["too-late"]
    assert (await topic.office.get(path)).json()["state"] == "sent"


async def test_a_cancelled_call_ends_its_campaigns(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path, waiting = await sent(topic), await campaign(topic, "email,name\nc@example.org,C\n")
    async with world.sessions() as session, session.begin():
        (call,) = await session.scalars(select(Call))
        call.state = CallState.CANCELLED
    await tick(world, 0)
    states = [(await topic.office.get(one)).json() for one in (path, waiting)]
    assert [(one["state"], one["answers"]) for one in states] == [
        ("closed", {"lapsed": 2}),
        ("closed", {"withdrawn": 1}),
    ]


async def test_a_withdrawn_invitation_is_no_link_any_more(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    asked = {"campaign_id": path.rsplit("/", 1)[1]}
    listed = (await topic.office.get("/expert_invitations", params=asked)).json()["items"]
    ada = next(one["id"] for one in listed if one["email"] == "ada@example.org")
    await topic.office.make(f"/expert_invitations/{ada}/withdraw")
    assert (await nobody(world).get(await link(world, "ada@example.org"))).status_code == 404


async def test_campaigns_are_the_offices_alone_and_leave_no_address_in_the_audit(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = await sent(topic)
    listed = (await topic.office.get("/expert_invitations")).json()["items"]
    others = [topic.proposals[0].coordinator, *topic.members, (await expert(topic, "eva")).actor]
    others += [await person(world, role, role) for role in ("signatory", "admin", "observer", "auditor")]
    for reader in others:
        assert await same_as_missing(reader, path)
        assert await same_as_missing(reader, f"/expert_invitations/{listed[0]['id']}")
        for plural in ("campaigns", "expert_invitations"):
            assert (await reader.get(f"/{plural}")).json()["items"] == []
    async with world.sessions() as session:
        details = str(list(await session.scalars(select(AuditDetail.detail))))
    assert [word for word in ("ada@example.org", "Ada Martin") if word in details] == []


async def test_it_takes_as_many_statements_for_more_people(world: World, counting: Counting) -> None:
    topic, taken = await in_evaluation(world), []
    for count in (2, 6):
        made = await topic.office.make(f"/calls/{topic.call}/campaigns", SAID)
        path = f"/campaigns/{made['id']}"
        people = "".join(f"p{n}-{count}@example.org,P{n}\n" for n in range(count))
        with counting() as imports:
            await topic.office.make(f"{path}/import", {"csv": "email,name\n" + people, "dry_run": False})
        with counting() as sends:
            await topic.office.make(f"{path}/send")
        taken.append((len(imports), len(sends)))
    assert taken[0] == taken[1]
