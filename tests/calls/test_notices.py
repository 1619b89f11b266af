"""What people are told of calls: once each, as they have chosen; what has legal effect always."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.calls.rules import LAST_SECOND, instant
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.due import tick
from app.people.models import Account, DigestItem, SentNotice
from app.people.notices import send_digests
from app.people.schemas import DEFAULTS
from app.process import Due
from app.proposals.notices import tell_of_closing, tell_of_deadline, tell_of_opening
from app.workflow.run import system_act
from tests.build import Actor, person
from tests.calls.ending import there
from tests.calls.living import DAY, carried, closed, closes, later, mailed
from tests.calls.test_extensions import extend
from tests.conftest import Counting, World
from tests.consortia.build import open_stage
from tests.proposals.build import complete, started, submitted

pytestmark = pytest.mark.anyio
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


async def choose(who: Actor, **chosen: str) -> None:
    answer = await who.client.patch("/v1/me/notices", json=chosen)
    assert answer.status_code == 200, answer.text


async def sent(world: World, kind: str) -> list[str]:
    """To whom mails of a kind went, as often as they did."""
    async with world.sessions() as session:
        return sorted(await session.scalars(select(Mail.recipient).where(Mail.kind == kind)))


async def due(world: World) -> None:
    await tick(world.sessions, world.settings)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (8 * DAY, 0), (7 * DAY + HOUR, 0), (7 * DAY - HOUR, 1), (23 * HOUR, 1), (HOUR, 1),
    ],
)  # fmt: skip
async def test_whose_draft_is_unfinished_is_told_what_is_missing(
    world: World, left: timedelta, told: int
) -> None:
    part = await world.prepared(open_stage)
    draft, handed = await started(world, part), await submitted(world, part)
    await closes(world, part, machine_now() + left)
    for _ in range(2):
        await due(world)
    assert await sent(world, "deadline_near") == [draft.lead.email] * told
    assert handed.lead.email not in await sent(world, "deadline_near")
    if told:
        text = (await mailed(world, "deadline_near"))[draft.lead.email]
        assert "The title is missing." in text
        assert "The section “Impact” is not written." in text


async def first_told(world: World, follow: Due, at: datetime) -> list[str]:
    """What is told for the first time at an instant, by its kinds."""
    async with world.sessions() as session, session.begin():
        await session.execute(delete(SentNotice))
        await follow(system_act(session, at))
        return list(await session.scalars(select(SentNotice.kind)))


STEPS = {
    timedelta(0): [],
    MOMENT: ["deadline_2h"],
    2 * HOUR: ["deadline_2h"],
    2 * HOUR + MOMENT: ["deadline_24h"],
    DAY: ["deadline_24h"],
    DAY + MOMENT: ["deadline_7d"],
    7 * DAY: ["deadline_7d"],
    7 * DAY + MOMENT: [],
}


async def test_a_step_begins_with_its_last_moment(world: World) -> None:
    part, at = await open_stage(world), machine_now()
    await closes(world, part, at)
    found = {left: await first_told(world, tell_of_deadline, at - left) for left in STEPS}
    assert found == STEPS


async def test_a_closing_is_news_for_a_day_once_no_request_is_under_way(world: World) -> None:
    part, at = await open_stage(world), machine_now()
    await closes(world, part, at)
    longest = timedelta(seconds=world.settings.longest_request_seconds)
    over, follow = at + LAST_SECOND + longest, tell_of_closing(longest)
    when = (over - MOMENT, over, over + DAY - MOMENT, over + DAY)
    told = ["call_closed"]
    assert [await first_told(world, follow, each) for each in when] == [[], told, told, []]


async def test_an_opening_is_news_for_a_day(world: World) -> None:
    part, at = await open_stage(world), machine_now()
    await closes(world, part, at + 30 * DAY)  # it opens now
    when = (at - MOMENT, at, at + DAY - MOMENT, at + DAY)
    told = ["call_opened"]
    assert [await first_told(world, tell_of_opening, each) for each in when] == [[], told, told, []]


@pytest.mark.parametrize("midnight", [instant("2026-01-02T00:00"), instant("2026-07-02T00:00")])
async def test_a_digest_holds_what_was_written_until_midnight_in_brussels(
    world: World, midnight: datetime
) -> None:
    who = await person(world, "who")
    for number, at in enumerate((midnight - MOMENT, midnight)):
        async with world.sessions() as session, session.begin():
            session.add(DigestItem(account_id=who.id, written_at=at, subject=f"S{number}", text=f"T{number}"))
    for now, count in ((midnight - MOMENT, 0), (midnight, 1), (midnight + DAY - MOMENT, 1)):
        async with world.sessions() as session, session.begin():
            await send_digests(system_act(session, now))
        assert await sent(world, "digest") == [who.email] * count
    assert "T0" in (await mailed(world, "digest"))[who.email]
    async with world.sessions() as session:
        assert await session.scalar(select(DigestItem.subject)) == "S1"


async def test_each_step_is_told_once_and_a_late_tick_tells_the_newest_alone(world: World) -> None:
    part = await world.prepared(open_stage)
    draft = await started(world, part)
    count = []
    for left in (6 * DAY, 5 * DAY, 20 * HOUR, 3 * HOUR, HOUR, HOUR / 2):
        async with world.sessions() as session:
            before = len((await session.scalars(select(Mail).where(Mail.kind == "deadline_near"))).all())
        await closes_in(world, part, left)
        await due(world)
        count.append(len(await sent(world, "deadline_near")) - before)
    assert count == [1, 0, 1, 0, 1, 0]
    assert set(await sent(world, "deadline_near")) == {draft.lead.email}
    late = await open_stage(world)
    other = await started(world, late)
    await closes_in(world, late, HOUR)
    await due(world)
    assert (await sent(world, "deadline_near")).count(other.lead.email) == 1


async def closes_in(world: World, part: str, left: timedelta) -> None:
    """The deadline comes nearer; for what was told it stays the same one."""
    at = machine_now() + left
    await closes(world, part, at)
    async with world.sessions() as session, session.begin():
        await session.execute(update(SentNotice).values(date=at))


async def test_a_deadline_that_moved_is_another_one(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    draft = await started(world, part)
    await closes(world, part, machine_now() + HOUR)
    await due(world)
    assert (await extend(office, part, later(5))).status_code == 200
    await due(world)
    assert await sent(world, "deadline_near") == [draft.lead.email] * 2
    assert await sent(world, "amendment") == [draft.lead.email]


async def test_a_complete_draft_is_told_that_it_is_not_handed_in(world: World) -> None:
    part = await world.prepared(open_stage)
    draft = await started(world, part)
    await complete(draft)
    await closes(world, part, machine_now() + HOUR)
    await due(world)
    assert "Nothing is missing but to hand it in." in (await mailed(world, "deadline_near"))[draft.lead.email]


async def test_who_has_changed_what_was_handed_in_is_told_as_well_and_of_what_is_judged_later(
    world: World,
) -> None:
    part = await world.prepared(open_stage)
    same, changed = await submitted(world, part, countries=("DE",)), await submitted(world, part)
    version = (await changed.lead.get(changed.path)).json()["version"]
    assert (await changed.lead.patch(changed.path, {"title": "Another"}, version)).status_code == 200
    await closes(world, part, machine_now() + HOUR)
    await due(world)
    texts = await mailed(world, "deadline_near")
    assert set(texts) == {changed.lead.email}
    assert (
        "CHANGED AND NOT SUBMITTED since version 1, which counts: fields: title." in texts[changed.lead.email]
    )
    assert "judged after the deadline" in texts[changed.lead.email]  # nobody has signed
    assert same.lead.email not in texts


async def test_after_the_deadline_each_is_told_what_became_of_it(world: World) -> None:
    part = await world.prepared(open_stage)
    draft, handed = await started(world, part), await submitted(world, part)
    await closed(world, part, timedelta(seconds=10))
    assert await sent(world, "call_closed") == []  # a request may still be under way
    await closed(world, part)
    await due(world)
    texts = await mailed(world, "call_closed")
    assert sorted(texts) == sorted([draft.lead.email, handed.lead.email])
    assert len(await sent(world, "call_closed")) == 2
    assert "was not handed in" in texts[draft.lead.email]
    assert "has been handed in" in texts[handed.lead.email]


@pytest.mark.parametrize(("kind", "left"), [("deadline_near", HOUR), ("call_closed", -HOUR)])
async def test_telling_costs_as_many_statements_however_many_write(
    world: World, counting: Counting, kind: str, left: timedelta
) -> None:
    costs = []
    for many in (1, 3):
        part = await open_stage(world)
        drafts = [await started(world, part, ("DE",)) for _ in range(many)]
        await closes(world, part, machine_now() + left)
        with counting() as cost:
            await due(world)
        costs.append(len(cost))
        assert {draft.lead.email for draft in drafts} <= set(await sent(world, kind))
        await closes(world, part, machine_now() + 60 * DAY)
    assert costs[0] == costs[1]


async def test_what_closed_long_ago_is_no_news(world: World) -> None:
    part = await world.prepared(open_stage)
    await started(world, part)
    await closed(world, part, 2 * DAY)
    assert await sent(world, "call_closed") == []


async def test_an_opening_is_told_to_those_who_asked_and_to_nobody_else(world: World) -> None:
    asked, other = await person(world, "asked"), await person(world, "other")
    await choose(asked, call_opened="on")
    part = await open_stage(world)
    await closes(world, part, machine_now() + 30 * DAY - HOUR)  # it opened an hour ago
    for _ in range(2):
        await due(world)
    assert await sent(world, "call_opened") == [asked.email]
    assert other.email not in await sent(world, "call_opened")


@pytest.mark.parametrize("how", ["on", "off", "digest"])
async def test_one_is_told_as_one_has_chosen(world: World, how: str) -> None:
    part = await world.prepared(open_stage)
    draft = await started(world, part)
    await choose(draft.lead, deadline_near=how)
    await closes(world, part, machine_now() + HOUR)
    await due(world)
    assert await sent(world, "deadline_near") == [draft.lead.email] * (how == "on")
    assert await sent(world, "digest") == []
    async with world.sessions() as session, session.begin():
        waiting = (await session.scalars(select(DigestItem))).all()
        assert len(waiting) == (how == "digest")
        await session.execute(update(DigestItem).values(written_at=machine_now() - DAY))
    for _ in range(2):
        await due(world)
    assert await sent(world, "digest") == [draft.lead.email] * (how == "digest")


@pytest.mark.parametrize("how", ["off", "digest"])
async def test_a_choice_holds_however_the_address_is_written(world: World, how: str) -> None:
    part = await world.prepared(open_stage)
    draft = await started(world, part)
    await choose(draft.lead, deadline_near=how)
    async with world.sessions() as session, session.begin():
        capital = update(Account).where(Account.id == draft.lead.id)
        await session.execute(capital.values(email=func.initcap(Account.email)))
    await closes(world, part, machine_now() + HOUR)
    await due(world)
    assert await sent(world, "deadline_near") == []
    async with world.sessions() as session:
        assert len((await session.scalars(select(DigestItem))).all()) == (how == "digest")


async def test_a_digest_is_one_mail_of_the_days_before(world: World) -> None:
    who, now = await person(world, "who"), machine_now()
    async with world.sessions() as session, session.begin():
        for number, at in enumerate((now - 2 * DAY, now - DAY, now)):
            session.add(DigestItem(account_id=who.id, written_at=at, subject=f"S{number}", text=f"T{number}"))
    await due(world)
    (text,) = (await mailed(world, "digest")).values()
    assert [word in text for word in ("T0", "T1", "T2")] == [True, True, False]
    assert text.index("T0") < text.index("T1")


async def test_choices_are_ones_own_and_what_has_legal_effect_is_no_choice(world: World) -> None:
    who = await person(world, "who")
    assert {k: v for k, v in (await who.get("/me/notices")).json().items() if k != "always"} == dict(DEFAULTS)
    await choose(who, deadline_near="digest")
    await choose(who, call_closed="off")
    told = (await who.get("/me/notices")).json()
    assert (told["deadline_near"], told["call_closed"], told["call_opened"]) == ("digest", "off", "off")
    for kind in ("outcome", "amendment", "discontinued", "digest"):
        assert (await who.client.patch("/v1/me/notices", json={kind: "off"})).status_code == 422
    assert (await who.client.patch("/v1/me/notices", json={"call_closed": "never"})).status_code == 422
    async with world.client() as anyone:
        assert (await anyone.get("/v1/me/notices")).status_code == 401
        assert (await anyone.patch("/v1/me/notices", json={})).status_code == 401


async def test_whoever_has_switched_all_off_is_told_that_the_call_has_ended(world: World) -> None:
    here = await there(world)
    handed = await submitted(world, here.part)
    draft = await started(world, here.part)
    for who in (handed.lead, draft.lead):
        await choose(who, **dict.fromkeys(DEFAULTS, "off"))
    await closes(world, here.part, machine_now() + HOUR)
    await due(world)
    assert await sent(world, "deadline_near") == []
    assert (await extend(here.office, here.part, later(40))).status_code == 200
    asked = {"purpose": "cancel_call", "subject_id": here.call}
    assert (await carried(here.office, here.body, here.members, **asked)).status_code == 200
    both = sorted([handed.lead.email, draft.lead.email])
    assert sorted(await sent(world, "amendment")) == both
    assert sorted(await sent(world, "discontinued")) == both
