"""Ethics (5.6): screened apart from all scores, by experts of its own, before anything is signed."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.calls.models import TopicStage, TopicStageState
from app.calls.periods import day_of, months_later
from app.consortia.organisations.models import Organisation
from app.core.clock import machine_now
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.ethics.models import EthicsRemark
from app.experts.models import Contract
from app.experts.models import Expert as InPool
from app.people.models import Account
from app.proposals.models import Proposal, ProposalState
from tests.build import person
from tests.conftest import World
from tests.evaluation.build import Expert, Handed, Topic, expert
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_hearings import FAIR, GOOD, WEAK, mails, ranked, ruled
from tests.evaluation.test_rooms import conflicted
from tests.experts.test_experts import codes
from tests.grants.build import ENTRY

pytestmark = pytest.mark.anyio
SCREENED = {"screening": True, "experts": 1}
CONSENT = {"code": "consent", "text": "Templates of consent are handed in.", "months": None}
BOARD = {"code": "board", "text": "An adviser on ethics reports.", "months": 6}


async def closed(world: World, *scores: tuple[str, ...]) -> tuple[Topic, str]:
    topic, panel = await ranked(world, *scores)
    await topic.office.make(f"{panel}/close")
    return topic, panel


async def screening_of(topic: Topic, proposal: Handed) -> str:
    asked = {"proposal_id": proposal.id}
    (one,) = (await topic.office.get("/ethics_screenings", params=asked)).json()["items"]
    return f"/ethics_screenings/{one['id']}"


async def seated(topic: Topic, screening: str, who: Expert, *, accepts: bool = True) -> str:
    asked = {"contract_id": who.contract}
    seat = await topic.office.make(f"{screening}/ethics_seats", asked)
    path = f"/ethics_seats/{seat['id']}"
    if accepts:
        await who.actor.make(f"{path}/accept", {"clear": True})
    return path


async def remarked(topic: Topic, screening: str, name: str) -> Expert:
    """An ethics expert who has accepted and remarked."""
    who = await expert(topic, name)
    seat = await seated(topic, screening, who)
    await who.actor.make(f"{seat}/remark", {"text": "Consent is not shown."})
    return who


async def contract_of(world: World, name: str) -> dict[str, str]:
    async with world.sessions() as session:
        wanted = select(Contract.id).join(InPool, InPool.id == Contract.expert_id)
        wanted = wanted.join(Account, Account.id == InPool.account_id)
        return {"contract_id": str((await session.scalars(wanted.where(Account.name == name))).one())}


async def released(world: World, topic: Topic, *selected: Handed) -> None:
    """The committee has decided and applicants are told; these are selected, with nobody left to validate."""
    async with world.sessions() as session, session.begin():
        for one in selected:
            told = {"state": ProposalState.SELECTED, "released_at": machine_now(), "requested": 1}
            await session.execute(update(Proposal).where(Proposal.id == UUID(one.id)).values(told))
        over = update(TopicStage).where(TopicStage.id == UUID(topic.topic_stage))
        await session.execute(over.values(state=TopicStageState.RELEASED))
        for number, lead in enumerate(await session.scalars(select(Organisation)), 1):
            lead.pic = f"{999000000 + number}"


async def granted(topic: Topic, proposal: Handed, number: str) -> str:
    entry: dict[str, Any] = ENTRY | {"number": number}
    grant = await topic.office.make(f"/proposals/{proposal.id}/grants", entry)
    return f"/grants/{grant['id']}"


def test_months_end_with_the_month_where_a_day_is_not_there() -> None:
    assert months_later(date(2023, 10, 31), 4) == date(2024, 2, 29)
    assert months_later(date(2023, 12, 15), 1) == date(2024, 1, 15)
    assert months_later(date(2023, 1, 31), 24) == date(2025, 1, 31)


async def test_x02_only_what_is_likely_to_be_funded_is_screened_and_by_whom(world: World) -> None:
    topic, panel = await ranked(world, GOOD, FAIR, WEAK)
    first, second, _ = topic.proposals
    down_to = f"{panel}/screen_ethics"
    assert (await topic.office.post(down_to, {"rank": 1})).status_code == 409
    list_of = (await topic.office.make(f"{panel}/close"))["lists"]
    assert codes(await topic.office.post(down_to, {"rank": 1})) == ["no-screening"]
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(down_to, {"rank": 1})
    assert codes(await topic.office.post(down_to, {"rank": 1})) == ["nobody-to-screen"]
    await topic.office.make(down_to, {"rank": 100})
    listed = (await topic.office.get("/ethics_screenings")).json()["items"]
    assert {one["proposal_id"] for one in listed} == {first.id, second.id}
    here = await screening_of(topic, first)

    eve, bob = await expert(topic, "eve"), await expert(topic, "bob")
    without = await expert(topic, "without", signs=False)
    await conflicted(topic, bob, first.id)
    path = f"{here}/ethics_seats"
    for contract, code in (
        (await contract_of(world, "a"), "judges-it"),
        ({"contract_id": without.contract}, "no-contract"),
        ({"contract_id": bob.contract}, "D4"),
    ):
        assert codes(await topic.office.post(path, contract)) == [code]
    assert (await topic.office.post(path, {"contract_id": str(uuid4())})).status_code == 404

    seat = await seated(topic, here, eve, accepts=False)
    assert codes(await topic.office.post(path, {"contract_id": eve.contract})) == ["has-a-seat"]
    async with world.sessions.kw["bind"].begin_nested() as undo:  # as if the group were to begin anew
        async with world.sessions() as session, session.begin():
            about = Consensus.proposal_id == UUID(first.id)
            await session.execute(
                update(Consensus).where(about).values(state=ConsensusState.DRAFTING, final_at=None)
            )
            group = await session.scalar(select(Consensus.id).where(about))
        named = f"/consensus_reports/{group}/name_moderator"
        assert codes(await topic.office.post(named, {"contract_id": eve.contract})) == ["ethics-expert"]
        await undo.rollback()
    (told,) = await mails(world, "ethics_invited")
    assert (told.recipient, first.reference in told.text) == (eve.actor.email, False)
    assert (await eve.actor.get(f"{seat}/card")).json()["reference"] == first.reference
    handed_in = f"/proposals/{first.id}/sealed/1"
    for hidden in (f"/proposals/{first.id}", handed_in, here):
        assert await same_as_missing(eve.actor, hidden)
    async with world.sessions() as session:
        alone = insert(EthicsRemark).values(
            id=uuid4(), seat_id=UUID(seat.rsplit("/", 1)[1]), text="So.", at=machine_now()
        )
        with pytest.raises(IntegrityError, match="declared to be free of conflict"):
            await session.execute(alone)
    await eve.actor.make(f"{seat}/accept", {"clear": True})
    assert (await eve.actor.get(handed_in)).json()["manifest"]["title"] == "Title 1"
    assert (await eve.actor.get(here)).json().keys() & {"panel_id", "assessed_for"} == {"assessed_for"}
    for listing in ("/reports", "/consensus_reports", "/panels", "/panel_items", "/assignments"):
        assert (await topic.office.get(listing)).status_code == 200
        assert (await eve.actor.get(listing)).json()["items"] == []
    assert await same_as_missing(eve.actor, f"/proposals/{second.id}")

    assert codes(await topic.office.post(f"{here}/clear")) == ["experts-not-heard"]
    await eve.actor.make(f"{seat}/remark", {"text": "Consent is not shown."})
    read = (await topic.office.get(seat)).json()
    assert [one["text"] for one in read["remarks"]] == ["Consent is not shown."]
    for outsider in (topic.members[0], first.coordinator, bob.actor, await person(world, "stranger")):
        assert await same_as_missing(outsider, here)
        assert await same_as_missing(outsider, seat)

    cleared = await topic.office.make(f"{here}/clear")
    assert cleared["state"] == "cleared"
    for gone in (here, handed_in):  # the work is done, and the sight with it
        assert await same_as_missing(eve.actor, gone)
    outcome = (await topic.members[0].get(here)).json()
    assert outcome.keys() == {"id", "state", "actions", "proposal_id", "reference", "concluded_at"}
    assert await same_as_missing(first.coordinator, here)
    # the list is the same, by every byte, with what is known of ethics.
    assert (await topic.office.get(panel)).json()["lists"] == list_of


async def test_a_conflict_takes_the_seat_and_who_screens_judges_nothing(world: World) -> None:
    topic, panel = await closed(world, GOOD, FAIR)
    first, second = topic.proposals
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(f"{panel}/screen_ethics", {"rank": 2})
    here, other = await screening_of(topic, first), await screening_of(topic, second)
    eve, dan = await expert(topic, "eve"), await expert(topic, "dan")
    seat, hers = await seated(topic, here, eve), await seated(topic, other, eve)
    assert (await eve.actor.get(f"/proposals/{first.id}")).status_code == 200
    await conflicted(topic, eve, first.id)
    assert (await eve.actor.get(seat)).json()["state"] == "blocked"
    assert await same_as_missing(eve.actor, f"/proposals/{first.id}")
    assert (await eve.actor.get(hers)).json()["state"] == "accepted"
    said = {"situation": "P3", "text": "A friend leads it."}
    await eve.actor.make(f"{hers}/declare_conflict", said)
    assert await same_as_missing(eve.actor, f"/proposals/{second.id}")
    record = (await topic.office.get("/conflicts")).json()["items"]
    assert {(one["proposal_id"], one["state"]) for one in record} == {
        (first.id, "found"),
        (second.id, "declared"),
    }

    await seated(topic, here, dan)
    found = {"fault": "late_conflict", "text": "A tie came to light."}
    for officer in (topic.office, topic.second):
        await officer.post(f"{panel}/reopen", found)
    named = {"account_id": str(dan.actor.id), "part": "member"}
    assert codes(await topic.office.post(f"{panel}/panel_seats", named)) == ["ethics-expert"]
    async with world.sessions() as session, session.begin():
        again = {"state": ProposalState.IN_EVALUATION}
        await session.execute(update(Proposal).where(Proposal.id == UUID(first.id)).values(again))
    asked = {"proposal_id": first.id}
    refused = await topic.office.post(f"/contracts/{dan.contract}/assignments", asked)
    assert codes(refused) == ["ethics-expert"]


async def test_x05_nothing_is_signed_while_ethics_stands_against_it(world: World) -> None:
    topic, panel = await closed(world, GOOD, FAIR, ("3.5", "3.5", "4"))
    first, second, third = topic.proposals
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(f"{panel}/screen_ethics", {"rank": 2})
    here, other = await screening_of(topic, first), await screening_of(topic, second)
    await remarked(topic, here, "eve")
    twice = {"requirements": [CONSENT, CONSENT]}
    assert codes(await topic.office.post(f"{here}/require", twice)) == ["code-twice"]
    await topic.office.make(f"{here}/require", {"requirements": [CONSENT, BOARD]})
    assert await same_as_missing(first.coordinator, here)
    await released(world, topic, first, second, third)
    read = (await first.coordinator.get(here)).json()
    assert [(one["code"], one["months"]) for one in read["requirements"]] == [("consent", None), ("board", 6)]
    assert "met_text" not in read["requirements"][0]
    assert await same_as_missing(second.coordinator, here)
    assert await same_as_missing(second.coordinator, other)  # not over

    signatory = await person(world, "signatory", "signatory")
    grant = await granted(topic, first, "101001")
    assert codes(await signatory.post(f"{grant}/sign")) == ["ethics-requirement"]
    met = {"code": "consent", "text": "They are there."}
    await topic.office.make(f"{here}/meet", met)
    assert codes(await topic.office.post(f"{here}/meet", met)) == ["no-such-requirement"]
    signed = await signatory.make(f"{grant}/sign")
    due = months_later(day_of(machine_now()), 6).isoformat()
    assert [(one["code"], one["due_on"]) for one in signed["ethics_requirements"]] == [
        ("consent", None),
        ("board", due),
    ]
    assert (await first.coordinator.get(grant)).json()["ethics_requirements"][1]["due_on"] == due
    assert codes(await signatory.post(f"{await granted(topic, third, '101003')}/sign")) == [
        "ethics-not-screened"
    ]

    late = await granted(topic, second, "101002")
    assert codes(await signatory.post(f"{late}/sign")) == ["ethics-not-over"]
    await remarked(topic, other, "dan")
    await topic.office.make(f"{other}/assess", {"reason": "Children take part."})
    why = {"reason": "The risk is not justified."}
    failing = {"reason": "ETHICS", "text": "Not cleared."}
    assert codes(await topic.office.post(f"{late}/fail", failing)) == ["nothing-failed"]
    assert (await topic.office.post(f"{other}/refuse", why)).status_code == 202
    await topic.second.make(f"{other}/refuse", why)
    assert codes(await signatory.post(f"{late}/sign")) == ["ethics-not-cleared"]
    for officer, status in ((topic.office, 202), (topic.second, 200)):
        assert (await officer.post(f"{late}/fail", failing)).status_code == status
    told = (await second.coordinator.get(f"/proposals/{second.id}")).json()
    assert (told["state"], told["reason"]) == ("rejected", "ETHICS")
    (letter,) = await mails(world, "outcome")
    assert (letter.recipient, "Reason ETHICS" in letter.text) == (second.coordinator.email, True)
    assert (await second.coordinator.get(other)).json()["refused_for"] == why["reason"]
