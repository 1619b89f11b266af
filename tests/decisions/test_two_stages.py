"""From the first stage's list to the merged consortium of the second (C-06 to C-10)."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from app.consortia.models import Consortium, Partner, Person
from app.core.outbox import Mail
from app.decisions.invitation.models import Invitation
from app.due import tick
from app.proposals.models import Proposal, SealedVersion
from tests.build import Actor, vote
from tests.conftest import World
from tests.decisions.build import decided, organisation, release
from tests.decisions.two_stages import TwoStages, invited, two_stages

pytestmark = pytest.mark.anyio
THREE = ("5000000.00", "6000000.00", "7000000.00")


async def state(actor: Actor, path: str) -> str:
    answer = await actor.get(path)
    return str(answer.json()["state"]) if answer.status_code == 200 else str(answer.status_code)


async def states(there: TwoStages) -> list[str]:
    return [await state(there.office, f"/proposals/{one.id}") for one in there.ranked.proposals]


async def merged(there: TwoStages) -> dict[str, Any]:
    """The invitation of the first rank, after both sides have agreed."""
    key = (await there.invitation())["id"]
    await there.ranked.proposals[0].coordinator.make(f"/invitations/{key}/propose_merger")
    return await there.lead.make(f"/invitations/{key}/join")


async def full(world: World, there: TwoStages) -> Proposal:
    async with world.sessions() as session:
        wanted = select(Proposal).where(Proposal.follows_id == there.ranked.proposals[0].id)
        return (await session.scalars(wanted)).one()


async def mails(world: World, to: Actor) -> list[str]:
    async with world.sessions() as session:
        found = await session.scalars(
            select(Mail.text).where(Mail.recipient == to.email).order_by(Mail.written_at)
        )
        return list(found)


async def test_the_first_rank_is_invited_the_others_wait_and_no_money_is_drawn(world: World) -> None:
    """Two short proposals ask for more than there is: money is no matter in the first stage."""
    there = await two_stages(world, "90000000.00", "1000000.00", below=("1.00",))
    decision = await decided(there.ranked)
    assert (decision["envelope"], decision["invites"]) == (None, 1)
    assert [(line["outcome"], line["reason"]) for line in decision["lines"]] == [
        ("selected", None), ("reserve", "NOT_FIRST_RANKED"), ("rejected", "BELOW_CRITERION_THRESHOLD"),
    ]  # fmt: skip
    await release(there.office, there.ranked.second, decision["id"])
    assert await states(there) == ["selected", "reserve", "rejected"]
    invitation = await there.invitation()
    assert invitation["proposal_id"] == str(there.ranked.proposals[0].id)
    assert invitation["until"].endswith(("22:59:59Z", "21:59:59Z"))
    first, second, third = [(await mails(world, one.coordinator))[0] for one in there.ranked.proposals]
    assert "is invited to the second stage" in first
    assert "is not invited to the second stage at present" in second
    assert "Reason NOT_FIRST_RANKED" in second
    assert "Reason BELOW_CRITERION_THRESHOLD" in third
    assert not [text for text in (first, second, third) if "4.5" in text or "rank 1" in text]


async def test_a_short_proposal_becomes_no_grant(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    body = {"number": "101034567", "months": 36}
    answer = await there.office.post(f"/proposals/{there.ranked.proposals[0].id}/grants", body)
    assert (answer.status_code, [r["code"] for r in answer.json()["reasons"]]) == (409, ["short-proposal"])


async def test_industry_sees_nothing_before_the_invitation_and_only_the_invited_one_after(
    world: World,
) -> None:
    there = await world.prepared(two_stages, *THREE)
    decision = await decided(there.ranked)
    sealed = [f"/proposals/{one.id}/sealed/1" for one in there.ranked.proposals]
    for who in (there.lead, there.company):
        assert [(await who.get(path)).status_code for path in sealed] == [404, 404, 404]
        assert (await who.get("/proposals")).json()["items"] == []
        assert (await who.get("/invitations")).json()["items"] == []
        assert (await who.get("/consortia")).json()["items"] == []
        assert await mails(world, who) == []
    await release(there.office, there.ranked.second, decision["id"])
    for who in (there.lead, there.company):
        assert [(await who.get(path)).status_code for path in sealed] == [200, 404, 404]
        items = (await who.get("/proposals")).json()["items"]
        assert [one["id"] for one in items] == [str(there.ranked.proposals[0].id)]
        read = (await who.get(f"/proposals/{there.ranked.proposals[0].id}")).json()
        assert read["acronym"].startswith("ACR")
        assert {"checks", "reason", "sections", "receipt", "consistency"} & set(read) == set()
        for path in ("/panels", "/decisions", "/consensus_reports", "/reports", "/consortia", "/partners"):
            answer = await who.get(path)
            assert answer.status_code in (200, 403)
            assert answer.json().get("items", []) == []
    on_record = await there.office.get(f"/proposals/{there.ranked.proposals[0].id}/readings")
    roles = [(one["account_id"], one["role"]) for one in on_record.json()["items"]]
    assert sorted(roles) == sorted((str(who.id), "industry") for who in (there.lead, there.company))
    text = (await mails(world, there.lead))[0]
    assert "It is invited to the second stage" in text
    assert there.ranked.proposals[1].reference not in text


async def test_applicants_see_who_is_industry_with_the_invitation_and_the_others_never(world: World) -> None:
    there = await world.prepared(two_stages, *THREE)
    applicants = [one.coordinator for one in there.ranked.proposals]
    listed = (await there.office.get("/industry_members", params={"topic_id": there.topic})).json()["items"]
    assert len(listed) == 2
    for who in applicants:
        assert (await who.get("/industry_members")).json()["items"] == []
        assert (await who.get(f"/industry_members/{listed[0]['id']}")).status_code == 404
    decision = await decided(there.ranked)
    await release(there.office, there.ranked.second, decision["id"])
    seen = await there.invitation(applicants[0])
    assert [one["email"] for one in seen["industry"]] == [there.lead.email, there.company.email]
    assert [one["email"] for one in (await there.invitation(there.lead))["coordinators"]] == [
        applicants[0].email
    ]
    for who in applicants[1:]:
        assert (await who.get(f"/invitations/{seen['id']}")).status_code == 404
        assert (await who.get("/invitations")).json()["items"] == []
        assert (await who.get(f"/proposals/{there.ranked.proposals[0].id}")).status_code == 404
        told = str((await who.get(f"/proposals/{there.ranked.proposals[1].id}")).content)
        assert there.lead.email not in told + str(await mails(world, who))
        assert there.ranked.proposals[0].reference not in str(await mails(world, who))


async def test_both_sides_merge_and_the_full_proposal_begins(world: World) -> None:
    there = await invited(world, *THREE, below=("1.00",))
    short = there.ranked.proposals[0]
    invitation = await there.invitation()
    early = await there.lead.post(f"/invitations/{invitation['id']}/join")
    assert [r["code"] for r in early.json()["reasons"]] == ["not-proposed"]
    for who in (there.lead, there.office):
        answer = await who.post(f"/invitations/{invitation['id']}/propose_merger")
        assert answer.status_code == 403
    await short.coordinator.make(f"/invitations/{invitation['id']}/propose_merger")
    for who in (short.coordinator, there.company, there.office):
        assert (await who.post(f"/invitations/{invitation['id']}/join")).status_code == 403
    found = await there.lead.make(f"/invitations/{invitation['id']}/join")
    assert found["state"] == "merged"
    read = (await there.lead.get(f"/consortia/{found['merged_into_id']}")).json()
    assert read["topic_stage_id"] == there.second_stage
    parts = [
        (one["organisation"]["legal_name"], one["joined_from"], one["state"]) for one in read["partners"]
    ]
    assert len(parts) == 5
    assert [side for _, side, _ in parts].count("applicant") == 3
    assert {(name, side) for name, side, _ in parts} >= {(name, "industry") for name in there.companies}
    assert {each for *_, each in parts} == {"accepted"}
    assert read["requested"] == {"amount": "5000000.00", "currency": "EUR"}
    of = {"consortium_id": found["merged_into_id"]}
    lead_part = next(one for one in read["partners"] if one["coordinates"])
    part = (await short.coordinator.get(f"/partners/{lead_part['id']}")).json()
    assert part["from_partner_id"] is not None
    assert [(one["email"], one["part"]) for one in part["people"]] == [(short.coordinator.email, "contact")]
    assert len((await there.company.get("/partners", params=of)).json()["items"]) == 5
    begun = await full(world, there)
    for who in (short.coordinator, there.company):
        shown = (await who.get(f"/proposals/{begun.id}")).json()
        assert (shown["state"], shown["follows_id"]) == ("draft", str(short.id))
        assert shown["title"].startswith("The title")
        section = (await who.get(f"/proposals/{begun.id}/sections/impact")).json()
        assert section["answers"] == {"text": f"The impact of {short.reference}."}
    assert await state(there.office, f"/proposals/{begun.id}") == "404"
    assert await state(there.ranked.proposals[1].coordinator, f"/proposals/{begun.id}") == "404"


async def test_who_is_on_both_sides_is_one_partner_with_the_people_of_either(world: World) -> None:
    """E-09 keeps them apart; where two officers have let it pass, the merger still holds."""
    there = await world.prepared(invited, *THREE)
    coordinator = there.ranked.proposals[0].coordinator
    mine = (await there.invitation())["coordinating"]
    named = {"organisation_id": mine["id"], "name": "Both", "email": "both@example.org"}
    await there.office.make(f"/topics/{there.topic}/industry_members", named)
    found = await merged(there)
    read = (await coordinator.get(f"/consortia/{found['merged_into_id']}")).json()
    assert len(read["partners"]) == 5
    (lead,) = [one["id"] for one in read["partners"] if one["coordinates"]]
    people = (await coordinator.get(f"/partners/{lead}")).json()["people"]
    assert {one["email"] for one in people} == {coordinator.email, "both@example.org"}


async def test_with_the_merger_the_reserve_is_rejected_and_told(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    await merged(there)
    assert await states(there) == ["selected", "rejected", "rejected"]
    for one in there.ranked.proposals[1:]:
        read = (await one.coordinator.get(f"/proposals/{one.id}")).json()
        assert (read["state"], read["reason"]) == ("rejected", "NOT_FIRST_RANKED")
        last = (await mails(world, one.coordinator))[-1]
        assert "is not invited to the second stage." in last
        assert "Ombudsman" in last
        assert "ACR" + there.ranked.proposals[0].reference[2:] not in last


async def test_the_next_rank_is_invited_by_vote_once_the_first_has_come_to_nothing(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    key = (await there.invitation())["id"]
    asked = (there.office, there.ranked.body, there.ranked.members, "invite_next", there.ranked.topic_stage)
    with pytest.raises(AssertionError, match="nobody-to-invite"):
        await vote(*asked)
    first, second, third = there.ranked.proposals
    report = {"report": "Both sides have tried, and it cannot be done."}
    assert (await there.lead.post(f"/invitations/{key}/report_not_feasible", report)).status_code == 403
    early = await there.lead.post(f"/invitations/{key}/agree_not_feasible")
    assert [r["code"] for r in early.json()["reasons"]] == ["no-report"]
    await first.coordinator.make(f"/invitations/{key}/report_not_feasible", report)
    with pytest.raises(AssertionError, match="nobody-to-invite"):
        await vote(*asked)
    await there.lead.make(f"/invitations/{key}/agree_not_feasible")
    assert await state(there.lead, f"/proposals/{first.id}") == "404"
    assert await state(there.lead, f"/proposals/{second.id}") == "404"
    await vote(*asked)
    assert await states(there) == ["selected", "selected", "reserve"]
    invitation = await there.invitation(second.coordinator)
    assert (invitation["state"], invitation["proposal_id"]) == ("sent", str(second.id))
    assert await state(there.lead, f"/proposals/{second.id}") == "selected"
    assert await state(there.lead, f"/proposals/{first.id}") == "404"
    assert "is invited to the second stage" in (await mails(world, second.coordinator))[-1]
    assert await state(third.coordinator, f"/proposals/{third.id}") == "reserve"
    assert (await third.coordinator.get("/invitations")).json()["items"] == []
    declined = await second.coordinator.make(f"/invitations/{invitation['id']}/decline", {"reason": "No."})
    assert declined["state"] == "declined"
    await vote(*asked)
    assert await states(there) == ["selected", "selected", "selected"]
    last = await there.invitation(third.coordinator)
    await third.coordinator.make(f"/invitations/{last['id']}/decline", {"reason": "No."})
    with pytest.raises(AssertionError, match="nobody-to-invite"):
        await vote(*asked)


async def test_an_invitation_lapses_with_its_last_second_and_is_answered_no_more(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    key, coordinator = (await there.invitation())["id"], there.ranked.proposals[0].coordinator
    await coordinator.make(f"/invitations/{key}/propose_merger")

    async def over_since(seconds: float) -> None:
        async with world.sessions() as session, session.begin():
            until = datetime.now().astimezone() - timedelta(seconds=seconds)
            await session.execute(update(Invitation).where(Invitation.id == UUID(key)).values(until=until))

    await over_since(30)
    for who, row in ((coordinator, "propose_merger"), (there.lead, "join")):
        answer = await who.post(f"/invitations/{key}/{row}")
        assert [r["code"] for r in answer.json()["reasons"]] == ["period-over"]
    await tick(world.sessions, world.settings)
    assert await state(there.office, f"/invitations/{key}") == "sent"
    await over_since(1 + world.settings.longest_request_seconds)
    await tick(world.sessions, world.settings)
    assert await state(there.office, f"/invitations/{key}") == "lapsed"
    assert "has lapsed" in "".join(await mails(world, coordinator))
    assert "has lapsed" in "".join(await mails(world, there.lead))
    assert await states(there) == ["selected", "reserve", "reserve"]


async def test_with_a_withdrawn_proposal_its_invitation_comes_to_nothing(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    key, first = (await there.invitation())["id"], there.ranked.proposals[0]
    await first.coordinator.make(f"/invitations/{key}/propose_merger")
    why = {"text": "Our institute is closed."}
    await first.coordinator.make(f"/proposals/{first.id}/request_withdrawal", why)
    read = (await there.office.get(f"/invitations/{key}")).json()
    assert (read["state"], read["declined_for"]) == ("declined", why["text"])
    assert (await there.lead.post(f"/invitations/{key}/join")).status_code == 409
    assert await state(there.lead, f"/proposals/{first.id}") == "404"
    assert "The applicants have withdrawn it." in (await mails(world, there.lead))[-1]
    body, members = there.ranked.body, there.ranked.members
    await vote(there.office, body, members, "invite_next", there.ranked.topic_stage)
    assert await states(there) == ["withdrawn", "selected", "reserve"]


async def test_once_merged_the_short_proposal_is_not_withdrawn(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    await merged(there)
    first, why = there.ranked.proposals[0], {"text": "We do not go on."}
    answer = await first.coordinator.post(f"/proposals/{first.id}/request_withdrawal", why)
    assert (answer.status_code, [r["code"] for r in answer.json()["reasons"]]) == (409, ["goes-on"])
    assert await states(there) == ["selected", "rejected", "rejected"]


async def test_a_part_keeps_its_side_when_it_goes_to_another_organisation(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    group = (await merged(there))["merged_into_id"]
    read = (await there.company.get(f"/consortia/{group}")).json()
    (was,) = [one for one in read["partners"] if one["organisation"]["legal_name"] == there.companies[1]]
    async with world.sessions() as session, session.begin():
        new = await organisation(session, f"Company {uuid4().hex[:6]}", None)
    await there.company.make(f"/partners/{was['id']}/transfer", {"organisation_id": str(new.id)})
    partners = (await there.company.get(f"/consortia/{group}")).json()["partners"]
    (now,) = [one for one in partners if one["organisation"]["id"] == str(new.id)]
    assert (now["state"], now["joined_from"]) == ("accepted", "industry")


async def test_nobody_forms_a_consortium_in_the_second_stage_nor_starts_a_proposal_there(
    world: World,
) -> None:
    there = await world.prepared(invited, *THREE)
    async with world.sessions() as session, session.begin():
        mine = await organisation(session, f"Newcomer {uuid4().hex[:6]}", None)
    asked = {"name": "Newcomers", "organisation_id": str(mine.id)}
    for who in (there.ranked.proposals[1].coordinator, there.company):
        answer = await who.post(f"/topic_stages/{there.second_stage}/consortia", asked)
        assert [r["code"] for r in answer.json()["reasons"]] == ["by-invitation"]
    group = (await merged(there))["merged_into_id"]
    again = await there.ranked.proposals[0].coordinator.post(
        f"/consortia/{group}/proposals", {"acronym": "AGAIN"}
    )
    assert [r["code"] for r in again.json()["reasons"]] == ["by-invitation", "already-started"]


async def test_the_office_reads_how_the_full_proposal_differs(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    await merged(there)
    begun = await full(world, there)
    async with world.sessions() as session, session.begin():
        short = await session.scalar(select(SealedVersion.manifest).where(
            SealedVersion.proposal_id == there.ranked.proposals[0].id
        ))  # fmt: skip
        assert short is not None
        wanted = {"acronym": "OTHER", "requested": {"amount": "5500000.00", "currency": "EUR"}}
        partners = [*short["partners"][:2], {"organisation_id": str(uuid4()), "legal_name": "Newcomer"}]
        partners[2] |= {"coordinates": False}
        manifest = short | wanted | {"partners": partners}
        sealed = SealedVersion(
            id=uuid4(), proposal_id=begun.id, number=1, received_at=datetime.now().astimezone()
        )
        sealed.manifest, sealed.digest, sealed.receipt, sealed.texts = manifest, "digest", "receipt", {}
        session.add(sealed)
        told = {name: manifest[name] for name in ("acronym", "title", "abstract", "requested")}
        done = {"state": "submitted", "sealed": 1, "handed_in": told, "submitted_at": sealed.received_at}
        await session.execute(update(Proposal).where(Proposal.id == begun.id).values(**done))
    read = (await there.office.get(f"/proposals/{begun.id}")).json()
    assert [note["code"] for note in read["consistency"]] == [
        "partner-gone", "partner-added", "requested-changed", "acronym-changed",
    ]  # fmt: skip
    own = (await there.ranked.proposals[0].coordinator.get(f"/proposals/{begun.id}")).json()
    assert "consistency" not in own


async def test_of_those_that_wait_nobody_learns_the_rank(world: World) -> None:
    """Two worlds for a rank: the second and the third read and are told the same but for their own names."""
    there = await invited(world, "5000000.00", "6000000.00", "6000000.00")
    waiting = there.ranked.proposals[1:]
    told = []
    for one in waiting:
        read = (await one.coordinator.get(f"/proposals/{one.id}")).text
        mail = "".join(await mails(world, one.coordinator))
        lists = [
            (await one.coordinator.get(path)).json()["items"]
            for path in ("/panels", "/decisions", "/invitations", "/industry_members", "/motions")
        ]
        assert lists == [[], [], [], [], []]
        word = one.reference.removeprefix("P-")
        plain = (read + mail).replace(word, "?")
        told.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z", "?", plain))
    assert "NOT_FIRST_RANKED" in told[0]
    assert told[0] == told[1]


async def test_a_member_of_the_committee_who_waits_or_is_industry_is_out_of_the_vote(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    waiting, industry, *_ = there.ranked.members
    async with world.sessions() as session, session.begin():
        partner = await session.scalar(
            select(Partner.id).where(
                Partner.consortium_id == there.ranked.proposals[1].consortium_id, ~Partner.coordinates
            ).limit(1)
        )  # fmt: skip
        session.add(Person(id=uuid4(), partner_id=partner, account_id=waiting.id, email=waiting.email,
                           name="Member", part="reader"))  # fmt: skip
        mine = await organisation(session, f"Company {uuid4().hex[:6]}", None)
    named = {"organisation_id": str(mine.id), "name": "Member", "email": industry.email}
    await there.office.make(f"/topics/{there.topic}/industry_members", named)
    key = (await there.invitation())["id"]
    await there.ranked.proposals[0].coordinator.make(f"/invitations/{key}/decline", {"reason": "No."})
    body = {"title": "Session", "held_at": datetime.now().astimezone().isoformat()}
    held = await there.office.make(f"/bodies/{there.ranked.body}/sessions", body)
    await there.office.make(f"/sessions/{held['id']}/open")
    asked = {"purpose": "invite_next", "subject_id": there.ranked.topic_stage, "text": "Invite the next."}
    motion = await there.office.make(f"/sessions/{held['id']}/motions", asked)
    ballots = (await there.office.make(f"/motions/{motion['id']}/put_to_vote"))["ballots"]
    out = {one["account_id"] for one in ballots if one["recused"]}
    assert out == {str(waiting.id), str(industry.id)}


async def test_with_the_second_deadline_who_still_waits_is_rejected(world: World) -> None:
    there = await world.prepared(invited, *THREE)
    key, coordinator = (await there.invitation())["id"], there.ranked.proposals[0].coordinator
    await coordinator.make(f"/invitations/{key}/propose_merger")
    async with world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(there.second_stage)).scalar_subquery()
        past = datetime.now().astimezone() - timedelta(minutes=30)
        dates = {"closes_at": past, "opens_at": past - timedelta(days=30)}
        await session.execute(update(Stage).where(Stage.id == stage).values(**dates))
    await tick(world.sessions, world.settings)
    assert await states(there) == ["selected", "rejected", "rejected"]
    answer = await there.lead.post(f"/invitations/{key}/join")
    assert [r["code"] for r in answer.json()["reasons"]] == ["deadline-passed"]


async def test_of_two_answers_at_once_one_counts(live: World) -> None:
    there = await invited(live, *THREE)
    key, coordinator = (await there.invitation())["id"], there.ranked.proposals[0].coordinator
    await coordinator.make(f"/invitations/{key}/propose_merger")
    answers = await asyncio.gather(
        there.lead.post(f"/invitations/{key}/join"),
        there.lead.post(f"/invitations/{key}/join"),
        coordinator.post(f"/invitations/{key}/decline", {"reason": "No."}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    async with live.sessions() as session:
        wanted = select(Consortium.id).where(Consortium.topic_stage_id == UUID(there.second_stage))
        merged_ones = len((await session.scalars(wanted)).all())
    assert merged_ones == (0 if answers[2].status_code == 200 else 1)
