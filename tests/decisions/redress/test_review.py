"""Admissibility, the committee of people who took no part, its advice, and who decides."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStage, TopicStageState
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.decisions.redress.models import Redress
from app.evaluation.observer.models import Observation, ObservationState
from app.experts.conflicts.models import Conflict, ConflictState
from app.proposals.models import Proposal, ProposalState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.committee.build import say
from tests.conftest import World
from tests.decisions.build import motion_on, proposal, ranked, release
from tests.decisions.money import apply
from tests.decisions.redress.build import ASKED, BECAUSE, CRITERIA, GOOD, Contested, codes, contested, marks
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
MONEY = ("30000000.00", "20000000.00")
GIVEN = marks(dict(zip(CRITERIA, GOOD, strict=True)))


async def test_two_officers_dismiss_and_the_coordinator_has_a_letter(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path, one = await here.file(1), here.one(1)
    assert (await here.office.post(f"{path}/dismiss", BECAUSE)).status_code == 202
    assert codes(await here.office.post(f"{path}/dismiss", BECAUSE)) == ["second-officer"]
    assert (await here.there.second.make(f"{path}/dismiss", BECAUSE))["state"] == "dismissed"
    letters = (await one.coordinator.get("/letters", params={"sort": "-created_at"})).json()["items"]
    kinds = [each["kind"] for each in letters]
    assert sorted(kinds) == ["redress", "redress", "reserve"]
    (ended,) = [each for each in letters if each["subject"].endswith("the review is settled")]
    read = (await one.coordinator.get(f"/letters/{ended['id']}")).json()
    assert "it is not admissible" in read["text"]
    assert BECAUSE["text"] in read["text"]
    assert read["last_day"] is None


async def test_who_took_part_is_not_on_the_committee(world: World) -> None:
    """By the trail: who released it, who voted; by data: who applies; and not who prepares it."""
    here = await world.prepared(contested, *MONEY)
    path = await here.admitted(1)
    rival, partner = here.one(0).coordinator, await person(world, "partner")
    await apply(world, here.there, partner)

    async def named(key: object) -> list[str]:
        return codes(await here.office.post(f"{path}/name_member", {"account_id": str(key)}))

    assert await named(here.there.second.id) == ["took-part"]
    assert "took-part" in await named(here.there.members[0].id)
    assert await named(here.office.id) == ["prepares-it"]
    assert await named(rival.id) == ["conflict"]
    assert await named(partner.id) == ["conflict"]
    assert await named(UUID(int=7)) == ["nobody"]
    assert (await here.office.get(path)).json()["members"] == []


async def test_no_officer_who_competed_reads_the_letter_on_a_review(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    officer, auditor = await person(world, "o", "office"), await person(world, "a", "auditor")
    await apply(world, here.there, officer)
    await apply(world, here.there, auditor)
    path = await here.file(1)
    await here.office.post(f"{path}/dismiss", BECAUSE)
    await here.there.second.make(f"{path}/dismiss", BECAUSE)
    letters = (await here.office.get("/letters")).json()["items"]
    told = [f"/letters/{one['id']}" for one in letters if one["kind"] == "redress"]
    assert len(told) == 2  # that it was filed, and how it ended
    for letter in told:
        await is_there(here.office, letter)
        for who in (officer, auditor):
            await is_hidden(who, letter)


async def test_who_was_out_of_the_vote_who_watched_and_who_weighed_conflicts_took_part(world: World) -> None:
    there = await ranked(world, *MONEY, names=("ann", "bob", "cas", "dan"))
    dan, clerk = there.members[3], await person(world, "clerk", "office")
    watcher, near = await person(world, "watcher"), await person(world, "near")
    about = {"account_id": str(near.id), "situation": "D3", "text": "They are close."}
    found = await clerk.make(f"/proposals/{there.proposals[1].id}/conflicts", about)
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    out = {"account_id": str(dan.id), "reason": "Their sister leads it."}
    assert (await there.office.post(f"{motion}/recuse_member", out)).status_code == 202
    await there.second.make(f"{motion}/recuse_member", out)
    await say(motion, there.members[:3])
    await there.office.make(f"{motion}/adopt")
    (listed,) = (await there.office.get("/decisions")).json()["items"]
    await release(there.office, there.second, listed["id"])
    async with world.sessions() as session, session.begin():
        call = {"call_id": UUID(there.made["call"]["id"]), "account_id": watcher.id}
        term = {"starts_at": LONG_AGO, "ends_at": machine_now(), "declared_at": LONG_AGO}
        session.add(fresh(Observation, ObservationState.ENDED, **call, **term))
    here = Contested(world, there, await person(world, "signatory", "signatory"))
    path = await here.admitted(1)
    assert found["state"] == "found"
    for who in (dan, watcher, clerk):
        refused = await here.office.post(f"{path}/name_member", {"account_id": str(who.id)})
        assert codes(refused) == ["took-part"], who.email
    aside = await person(world, "aside", "office")
    await here.office.make(f"{path}/name_member", {"account_id": str(aside.id)})


async def test_the_first_of_two_officers_took_part_as_well(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    other = await person(world, "other", "office")
    path = await here.file(1)
    await other.make(f"{path}/admit", BECAUSE)
    sent = {"account_id": str(here.office.id)}
    assert codes(await other.post(f"{path}/name_member", sent)) == ["took-part"]


async def test_somebody_with_a_conflict_on_record_is_not_named(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path, who = await here.admitted(1), await person(world, "near")
    async with world.sessions() as session, session.begin():
        about = {"proposal_id": here.one(1).id, "topic_id": UUID(here.there.made["topic"]["id"])}
        found = {"situation": "D3", "path": "told", "reason": "Close family."}
        session.add(fresh(Conflict, ConflictState.BLOCKING, account_id=who.id, **about, **found))
    sent = {"account_id": str(who.id)}
    assert codes(await here.office.post(f"{path}/name_member", sent)) == ["conflict"]


async def test_a_member_reads_nothing_before_declaring_and_no_name_after(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path, one = await here.admitted(1), here.one(1)
    who = await person(world, "member")
    assert (await who.get(path)).status_code == 404
    await here.office.make(f"{path}/name_member", {"account_id": str(who.id)})
    card = (await who.get(path)).json()
    assert (card["reference"], "text" in card) == (one.reference, False)
    assert len(card["organisations"]) == 3
    assert (await who.get(f"/proposals/{one.id}")).status_code == 404
    await who.make(f"{path}/declare_free")
    read = (await who.get(path)).json()
    assert (read["text"], "members" in read, "filed_by" in read) == (ASKED["text"], False, False)
    assert (await who.get(f"/proposals/{one.id}")).json()["reference"] == one.reference
    assert (await who.get(f"/proposals/{here.one(0).id}")).status_code == 404
    await who.post(f"{path}/declare_conflict", {"reason": "I know one of them."})
    assert (await who.get(path)).status_code == 404
    assert (await who.get(f"/proposals/{one.id}")).status_code == 404


async def test_it_takes_three_and_an_advice_that_fits(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path = await here.admitted(1)
    members = [await person(world, f"m{n}") for n in range(3)]
    for member in members:
        await here.office.make(f"{path}/name_member", {"account_id": str(member.id)})
    for member in members[:2]:
        await member.make(f"{path}/declare_free")
    said = {"advice": "re_evaluate", "criteria": ["impact"], "text": "The partners were overlooked."}
    assert codes(await members[0].post(f"{path}/recommend", said)) == ["too-few-members"]
    await members[2].make(f"{path}/declare_free")
    wrong = [
        ({"advice": "reinstate", "criteria": []}, ["nothing-to-reinstate"]),
        ({"criteria": ["beauty"]}, ["no-such-criterion"]),
        ({"advice": "reject"}, ["criteria-not-asked"]),
    ]
    for more, told in wrong:
        assert codes(await members[0].post(f"{path}/recommend", said | more)) == told
    assert (await members[0].make(f"{path}/recommend", said))["state"] == "recommended"
    assert (await here.office.post(f"{path}/recommend", said)).status_code == 403


async def test_neither_who_prepared_it_nor_who_weighed_it_decides(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    both = await person(world, "both", "office", "signatory")
    path = await here.file(1)
    await both.make(f"{path}/admit", BECAUSE)
    for count in range(3):
        member = await person(world, f"m{count}", *(("signatory",) if not count else ()))
        await here.there.second.make(f"{path}/name_member", {"account_id": str(member.id)})
        await member.make(f"{path}/declare_free")
        here.members.append(member)
    said = {"advice": "reject", "text": "There is no error in the report."}
    await here.members[1].make(f"{path}/recommend", said)
    given = {"text": "As the committee recommends."}
    assert codes(await both.post(f"{path}/reject", given)) == ["prepared-it"]
    assert codes(await here.members[0].post(f"{path}/reject", given)) == ["recommended-it"]
    assert (await here.office.post(f"{path}/reject", given)).status_code == 403
    assert (await here.signatory.make(f"{path}/reject", given))["state"] == "rejected"
    assert await here.state(1) == "reserve"


async def test_what_could_not_change_anything_is_not_evaluated_anew(world: World) -> None:
    """Z-04: the third asks for more than it could ever get, whatever its rank."""
    here = await contested(world, "30000000.00", below=("44000000.00", "46000000.00"))
    path = await here.recommended(2)
    effect = (await here.signatory.get(f"{path}/effect")).json()
    assert (effect["basis"], effect["above_line"], effect["remedy"]) == ("best_possible", False, "reserve")
    assert effect["total"] == "15"
    path = await here.recommended(1, criteria=("impact",))
    effect = (await here.signatory.get(f"{path}/effect")).json()
    assert (effect["rank"], effect["remedy"]) == (None, "none")
    refused = await here.signatory.post(f"{path}/uphold", {"text": "It may have changed it."})
    assert codes(refused) == ["could-not-change"]


async def test_a_finding_taken_back_while_the_topic_is_evaluated(world: World) -> None:
    here = await contested(world, *MONEY, release=False)
    who = await person(world, "out")
    out = await proposal(world, here.there.made, "1.00", who, ProposalState.INELIGIBLE)
    here.there.proposals.append(out)
    part = f"/topic_stages/{here.there.topic_stage}"
    await here.office.post(f"{part}/release_findings")
    await here.there.second.make(f"{part}/release_findings")
    refused = {"advice": "re_evaluate", "text": "It is eligible after all."}
    path = await here.file(2)
    await here.office.make(f"{path}/admit", BECAUSE)
    for count in range(3):
        member = await person(world, f"m{count}")
        await here.office.make(f"{path}/name_member", {"account_id": str(member.id)})
        await member.make(f"{path}/declare_free")
    assert codes(await member.post(f"{path}/recommend", refused)) == ["nothing-evaluated"]
    await member.make(f"{path}/recommend", refused | {"advice": "reinstate"})
    given = {"text": "Three countries take part; the rule is met."}
    assert codes(await here.signatory.post(f"{path}/reinstate", given)) == ["topic-ranked"]
    await stand(world, here.there.topic_stage, TopicStageState.EVALUATION)
    assert codes(await here.signatory.post(f"{path}/uphold", given)) == ["still-evaluated"]
    settled = await here.signatory.make(f"{path}/reinstate", given)
    assert (settled["state"], settled["outcome"], settled["remedy"]) == ("settled", "changed", "reinstated")
    read = (await who.get(f"/proposals/{out.id}")).json()
    assert (read["state"], read["finding"], read["reason"]) == ("under_evaluation", None, None)
    async with world.sessions() as session:
        assert await session.scalar(select(Proposal.state).where(Proposal.id == out.id)) == "in_evaluation"


async def stand(world: World, topic_stage: str, state: TopicStageState) -> None:
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(topic_stage))
        await session.execute(here.values(state=state))


async def test_the_coordinator_is_told_at_each_step_and_of_no_name(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path, _ = await here.upheld(1)
    one = here.one(1)
    async with world.sessions() as session:
        wanted = select(Mail.recipient, Mail.text).where(Mail.kind == "redress").order_by(Mail.written_at)
        found = (await session.execute(wanted)).all()
    assert [to for to, _ in found] == [one.coordinator.email] * 3
    people = (here.office, here.signatory, *here.members)
    shown = str((await one.coordinator.get(path)).json())
    for text in (*(text for _, text in found), shown):
        assert [who.email for who in people if who.email in text or str(who.id) in text] == []


async def test_a_request_that_waits_too_long_is_on_the_list(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path = await here.file(1)
    listed = await here.office.get("/redresses", params={"overdue": "true"})
    assert listed.json()["items"] == []
    async with world.sessions() as session, session.begin():
        await session.execute(update(Redress).values(answer_due=date(2021, 3, 1)))
    listed = await here.office.get("/redresses", params={"overdue": "true"})
    assert [one["id"] for one in listed.json()["items"]] == [path.rpartition("/")[2]]
    await here.one(1).coordinator.make(f"{path}/withdraw")
    assert (await here.office.get("/redresses", params={"overdue": "true"})).json()["items"] == []


async def waiting(who: Actor) -> list[tuple[str, str]]:
    return [(one["kind"], one["title"]) for one in (await who.get("/me")).json()["waiting"]]


async def mailed(world: World, who: Actor) -> list[str]:
    async with world.sessions() as session:
        return list(await session.scalars(select(Mail.text).where(Mail.recipient == who.email)))


async def test_who_is_named_is_asked_to_declare_and_finds_it_among_what_waits(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    reference = here.one(1).reference
    path = await here.recommended(1)
    for member in here.members:
        (text,) = await mailed(world, member)
        assert (path in text, reference in text) == (True, False)
        assert await waiting(member) == []  # it has recommended
    await here.signatory.make(f"{path}/uphold", {"text": "The error may have changed the outcome."})
    again = await here.anew(path)
    first, *others = await here.seated(again)
    (text,) = await mailed(world, first)
    assert (again in text, reference in text) == (True, False)
    for who in (first, *others):
        assert await waiting(who) == [("re_evaluation", reference)]
        await who.make(f"{again}/seal_marks", GIVEN)
        assert await waiting(who) == []
    await first.make(f"{again}/draft", GIVEN)
    assert [await waiting(who) for who in (first, *others)] == [[], *[[("re_evaluation", reference)]] * 2]
    assert await waiting(here.one(0).coordinator) == []


async def test_a_review_waits_for_its_committee_until_it_has_recommended(world: World) -> None:
    here = await world.prepared(contested, *MONEY)
    path, who = await here.admitted(1), await person(world, "member")
    assert await waiting(who) == []
    await here.office.make(f"{path}/name_member", {"account_id": str(who.id)})
    assert await waiting(who) == [("review", here.one(1).reference)]
    await who.make(f"{path}/declare_free")
    assert await waiting(who) == [("review", here.one(1).reference)]
    reason = "There is somebody who knows more of it."
    await here.office.make(f"{path}/release_member", {"account_id": str(who.id), "reason": reason})
    assert await waiting(who) == []
