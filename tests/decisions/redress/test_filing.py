"""Filing a request for a review: by whom, when, on what, once; and before the release by nobody."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.periods import end_of
from app.consortia.models import Partner, PartnerState, Person
from app.core.audit import Refusal
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.decisions.letter.models import Letter, LetterCopy, LetterOpening
from app.decisions.redress.guards import in_time
from app.decisions.redress.models import Redress
from app.decisions.redress.workflow import FILING
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import loading
from app.workflow.table import Ask
from app.workflow.who import Actor
from tests.build import Actor as Someone
from tests.build import person
from tests.conftest import World
from tests.decisions.build import decided, proposal, ranked
from tests.decisions.money import apply
from tests.decisions.redress.build import ASKED, Contested, codes, contested, sent_on

pytestmark = pytest.mark.anyio
MONEY = ("30000000.00", "20000000.00")


async def test_a_coordinator_files_once_and_is_told_by_when_there_is_an_answer(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    one = here.one(1)
    path = await here.file(1)
    mine = (await one.coordinator.get(path)).json()
    assert (mine["state"], mine["grounds"]) == ("filed", ASKED["grounds"])
    again = await one.coordinator.post(f"/proposals/{one.id}/redresses", ASKED)
    assert codes(again) == ["filed-already"]
    await one.coordinator.make(f"{path}/withdraw")
    assert codes(await one.coordinator.post(f"/proposals/{one.id}/redresses", ASKED)) == ["filed-already"]
    async with world.sessions() as session:
        wanted = select(Mail.recipient).where(Mail.kind == "redress").order_by(Mail.written_at)
        assert list(await session.scalars(wanted)) == [one.coordinator.email] * 2


async def test_the_answer_is_due_four_months_after_the_last_day_to_file(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    async with world.sessions() as session, session.begin():
        today = machine_now()
        await session.execute(update(Mail).values(sent_at=today))
    path = await here.file(1)
    read = (await here.office.get(path)).json()
    last, due = date.fromisoformat(read["last_day"]), date.fromisoformat(read["answer_due"])
    assert ((due.year - last.year) * 12 + due.month - last.month) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["scientific_judgement"], ["judgement-not-reviewed"]),
        (["factual_error", "scientific_judgement"], ["judgement-not-reviewed"]),
        (["wrong_eligibility"], ["found-eligible"]),
    ],
)
async def test_the_judgement_is_not_reviewed(world: World, given: list[str], told: list[str]) -> None:
    here = await world.prepared(contested, *MONEY)
    one = here.one(1)
    sent = ASKED | {"grounds": given}
    assert codes(await one.coordinator.post(f"/proposals/{one.id}/redresses", sent)) == told
    assert (await one.coordinator.get("/redresses")).json()["items"] == []


async def test_no_partner_no_rival_and_no_officer_files(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    partner, stranger = await person(world, "partner"), await person(world, "stranger")
    await apply(world, here.there, partner)
    path = f"/proposals/{here.one(0).id}/redresses"
    assert (await partner.post(path, ASKED)).status_code == 403
    assert (await here.office.post(path, ASKED)).status_code == 403
    for actor in (stranger, here.one(1).coordinator):
        assert (await actor.post(path, ASKED)).status_code == 404
    assert codes(await here.one(0).coordinator.post(path, ASKED)) == ["nothing-to-review"]


async def test_until_the_last_second_of_the_last_day_and_no_later(world: World) -> None:
    """Z-01: opened on a day, day 30 counts and day 31 does not; a late request is on record."""
    here = await world.prepared(contested, *MONEY)
    one = here.one(1)
    path = f"/proposals/{one.id}/redresses"
    opened = machine_now() - timedelta(days=60)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mail).values(sent_at=opened))
        letter = await session.scalar(select(Letter.id).where(Letter.proposal_id == one.id))
        session.add(LetterOpening(letter_id=letter, account_id=one.coordinator.id, at=opened))
    (listed,) = (await one.coordinator.get("/letters")).json()["items"]
    last = date.fromisoformat((await one.coordinator.get(f"/letters/{listed['id']}")).json()["last_day"])
    refused = await one.coordinator.post(path, ASKED)
    assert codes(refused) == ["late"]
    assert f"{last:%d %B %Y}" in refused.json()["reasons"][0]["text"]
    async with world.sessions() as session:
        kept = await session.scalars(select(Refusal.codes).where(Refusal.entity == "redress"))
        assert list(kept) == [["late"]]
    # A request a second before the end of the day counts, one at its first instant after does not.
    async with world.sessions() as session:
        found = (
            await session.scalars(
                select(Proposal).where(Proposal.id == one.id).options(*loading(Proposal, FILING))
            )
        ).one()
        end = end_of(last)
        for now, reasons in (
            (end, []),
            (end + timedelta(milliseconds=999), []),
            (end + timedelta(seconds=1), ["late"]),
        ):
            assert [one.code for one in in_time(found, Ask(Actor(), now))] == reasons


async def test_who_was_told_before_letters_were_kept_is_counted_from_the_release(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    one = here.one(1)
    async with world.sessions() as session, session.begin():
        await session.execute(delete(LetterCopy))
        await session.execute(delete(Letter))
        long_ago = update(Proposal).where(Proposal.id == one.id)
        await session.execute(long_ago.values(released_at=datetime(2021, 3, 1, 12, tzinfo=UTC)))
    refused = await one.coordinator.post(f"/proposals/{one.id}/redresses", ASKED)
    assert codes(refused) == ["late"]
    assert "12 April 2021" in refused.json()["reasons"][0]["text"]


@pytest.mark.parametrize("ground", ["factual_error", "wrong_eligibility", "procedural_shortcoming"])
async def test_before_the_release_nobody_files_and_all_are_answered_alike(world: World, ground: str) -> None:
    """Also whoever asks on the ground of a finding does not learn that there is one."""
    there = await world.prepared(ranked, *MONEY, below=("1.00",))
    out = await proposal(world, there.made, "1.00", await person(world, "out"), ProposalState.INELIGIBLE)
    await decided(there)
    answers = set()
    for one in (*there.proposals, out):
        asked = ASKED | {"grounds": [ground]}
        refused = await one.coordinator.post(f"/proposals/{one.id}/redresses", asked)
        assert codes(refused) == ["not-told"]
        answers.add(str(refused.json()["reasons"]))
        offered = (await one.coordinator.get(f"/proposals/{one.id}")).json()["actions"]
        answers.add(str(next(each for each in offered if each["name"] == "file")["blocked_by"]))
    assert len({answer.replace("'path': ''", "") for answer in answers}) == 1


async def test_a_request_shows_to_no_other_applicant_and_to_no_officer_who_competed(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    rival, partner, officer = (
        here.one(0).coordinator,
        await person(world, "p"),
        await person(world, "o", "office"),
    )
    auditor = await person(world, "a", "auditor")
    await apply(world, here.there, officer)
    await apply(world, here.there, partner)
    path = await here.file(1)
    for actor in (here.office, auditor, here.signatory):
        assert (await actor.get(path)).status_code == 200
    for actor in (rival, partner, officer, *here.there.members):
        assert (await actor.get(path)).status_code == 404
        assert (await actor.get("/redresses")).json()["items"] == []
    assert (await officer.post(f"{path}/admit", {"text": "It is admissible."})).status_code == 404
    mine = (await here.one(1).coordinator.get(path)).json()
    names = (here.office.email, str(here.office.id), "prepared_by", "members")
    assert [name for name in names if name in str(mine)] == []


async def test_nobody_loses_a_review_by_being_invited_into_a_consortium(world: World) -> None:
    """Nobody gets into a consortium unasked, nor is kept from handling a review by it."""
    here = await world.prepared(contested, *MONEY)
    async with world.sessions() as session, session.begin():
        await _invite(session, here, here.office, here.signatory)
    path = await here.file(1)
    for actor in (here.office, here.signatory):
        assert (await actor.get(path)).status_code == 200


async def _invite(session: AsyncSession, here: Contested, *people: Someone) -> None:
    wanted = select(Partner).where(Partner.consortium_id == here.one(0).consortium_id, ~Partner.coordinates)
    partner = (await session.scalars(wanted.limit(1))).one()
    partner.state = PartnerState.DECLINED
    for who in people:
        named = Person(id=uuid4(), partner_id=partner.id, account_id=who.id, email=who.email)
        named.name, named.part = "Asked", "reader"
        session.add(named)


async def test_of_two_that_are_filed_at_once_one_is(live: World) -> None:
    here = await contested(live, *MONEY)
    await sent_on(live, machine_now())
    one = here.one(1)
    path = f"/proposals/{one.id}/redresses"
    answers = await asyncio.gather(*(one.coordinator.post(path, ASKED) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    async with live.sessions() as session:
        assert len((await session.scalars(select(Redress.id))).all()) == 1
