"""Each situation that data show, with the path that explains it, and the boundaries of each."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from app.calls.models import Stage
from app.committee.models import Body, BodyState, Mandate, MandateState
from app.consortia.models import Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.experts.models import Expert as InPool
from app.people.models import Account
from app.proposals.models import Proposal, SealedVersion
from app.topics.opinions.models import OpinionState, TopicOpinion
from tests.build import LONG_AGO, fresh
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import Expert, Handed, Topic, expert, in_evaluation
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


async def checked(topic: Topic, who: Expert, *proposals: Handed) -> list[dict[str, Any]]:
    """What the check says of each of these proposals, in their order."""
    asked = [proposal.id for proposal in proposals or topic.proposals]
    items = (await topic.office.make(f"/experts/{who.id}/check", {"proposal_ids": asked}))["items"]
    return sorted(items, key=lambda item: asked.index(item["proposal_id"]))


async def said(topic: Topic, who: Expert, *proposals: Handed) -> list[list[tuple[str, str]]]:
    """The same, as situations and paths."""
    items = await checked(topic, who, *proposals)
    return [[(one["situation"], one["path"]) for one in item["conflicts"]] for item in items]


async def joined(topic: Topic, **more: Any) -> tuple[UUID, UUID]:
    """Another partner of the first proposal, with one person: the partner and its organisation."""
    facts = {"legal_name": f"Institute {uuid4().hex[:6]}", "country": "FR"} | more
    async with topic.world.sessions() as session, session.begin():
        there = fresh(Organisation, OrganisationState.VALIDATED, **facts)
        there.kind = "research"
        part = fresh(Partner, PartnerState.SIGNED, organisation=there)
        part.consortium_id = UUID(topic.proposals[0].consortium)
        person = Person(
            id=uuid4(), partner=part, email=f"pia-{uuid4().hex[:6]}@institute.fr", name="Pia Roux"
        )
        person.part = "contact"
        session.add_all([there, part, person])
    return part.id, there.id


async def closes(topic: Topic, day: date) -> None:
    """The deadline of the call is at noon of this day."""
    at = machine_now().replace(year=day.year, month=day.month, day=day.day, hour=12)
    async with topic.world.sessions() as session, session.begin():
        stage = update(Stage).where(Stage.call_id == UUID(topic.call))
        await session.execute(stage.values(closes_at=at, opens_at=at - timedelta(days=30)))


async def test_nothing_is_said_where_there_is_nothing(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    (first, second) = await checked(topic, ada)
    assert (first["conflicts"], second["unresolved"]) == ([], [])
    assert first["reference"] == topic.proposals[0].reference


async def test_a_person_of_a_partner_is_d1_here_and_d9_in_the_whole_topic(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    part, _ = await joined(topic)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Person).where(Person.partner_id == part).values(account_id=ada.actor.id))
    here, there = await said(topic, ada)
    assert [situation for situation, _ in here] == ["D1"]
    assert here[0][1].startswith("Pia Roux, a person of Institute ")
    assert here[0][1].endswith(", partner 2 of this proposal")
    assert [situation for situation, _ in there] == ["D9"]


async def test_the_mail_address_of_a_partners_person_is_enough(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    part, _ = await joined(topic)
    async with world.sessions() as session, session.begin():
        theirs = update(Person).where(Person.partner_id == part)
        await session.execute(theirs.values(email=ada.actor.email.upper()))
    assert [one for (one, _) in (await said(topic, ada))[0]] == ["D1"]


async def test_who_left_a_consortium_has_prepared_the_proposal_all_the_same(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    part, organisation = await joined(topic)
    async with world.sessions() as session, session.begin():
        out = {"state": PartnerState.LEFT, "left_at": machine_now()}
        await session.execute(update(Partner).where(Partner.id == part).values(**out))
        gone = {"account_id": ada.actor.id, "until": machine_now()}
        await session.execute(update(Person).where(Person.partner_id == part).values(**gone))
    here, there = await said(topic, ada)
    assert [(one, path.split(", ")[-1]) for one, path in here] == [("D1", "which left it")]
    assert [one for one, _ in there] == ["D9"]
    bob = await expert(topic, "bob", organisation_id=organisation)
    assert await said(topic, bob) == [[], []]  # it left before the version that counts


async def test_a_partner_of_the_last_sealed_version_applies_although_it_has_left(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    part, organisation = await joined(topic)
    async with world.sessions() as session, session.begin():
        out = {"state": PartnerState.LEFT, "left_at": machine_now()}
        await session.execute(update(Partner).where(Partner.id == part).values(**out))
        handed_in = SealedVersion(id=uuid4(), number=2, received_at=machine_now(), digest="d", receipt="r")
        handed_in.proposal_id, handed_in.texts = UUID(topic.proposals[0].id), {}
        handed_in.manifest = {"partners": [{"id": str(uuid4())}, {"id": str(part)}]}
        session.add(handed_in)
        await session.execute(update(Proposal).where(Proposal.id == handed_in.proposal_id).values(sealed=2))
    bob = await expert(topic, "bob", organisation_id=organisation)
    ((found,),) = await said(topic, bob)
    assert (found[0], found[1].split(", ")[-1]) == ("D5", "partner 2 of this proposal")
    refused = await topic.office.post(
        f"/contracts/{bob.contract}/assignments", {"proposal_id": topic.proposals[0].id}
    )
    assert codes(refused) == ["D5"]


async def test_an_employer_that_was_merged_into_a_partner_is_that_partner(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    _, organisation = await joined(topic, legal_name="Institut Curie")
    async with world.sessions() as session, session.begin():
        old = fresh(Organisation, OrganisationState.MERGED, legal_name="The old one", country="FR")
        old.kind, old.merged_into_id = "research", organisation
        session.add(old)
    ada = await expert(topic, "ada", organisation_id=old.id)
    assert [one for one, _ in (await said(topic, ada))[0]] == ["D5"]


async def test_an_employer_in_one_control_group_with_a_partner_is_d5(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await joined(topic, legal_name="Beta GmbH", control_group="Alpha")
    async with world.sessions() as session, session.begin():
        sister = fresh(Organisation, OrganisationState.VALIDATED, legal_name="Gamma SA", country="FR")
        sister.kind, sister.control_group = "large_company", "Alpha"
        session.add(sister)
    ada = await expert(topic, "ada", organisation_id=sister.id)
    told = "employed by Gamma SA, of one control group with Beta GmbH, partner 2 of this proposal"
    assert await said(topic, ada) == [[("D5", told)]]


@pytest.mark.parametrize(
    ("until", "found"),
    [("2022-05-31", ["P1"]), ("2022-05-30", []), ("2024-01-01", ["P1"]), (None, ["D5"])],
)
async def test_an_employment_counts_until_exactly_three_years_before_the_deadline(
    world: World, until: str | None, found: list[str]
) -> None:
    topic = await world.prepared(in_evaluation)
    _, organisation = await joined(topic, legal_name="Institut Curie")
    await closes(topic, date(2025, 5, 31))
    ada = await expert(topic, "ada")
    past = {"organisation_id": str(organisation), "since": "2010-01-01", "until": until}
    await ada.actor.make(f"/experts/{ada.id}/employments", past)
    told = (await said(topic, ada))[0]
    assert [one for one, _ in told] == found
    if found == ["P1"]:
        month = str(until)[:7]
        assert told[0][1] == f"employed until {month} by Institut Curie, partner 2 of this proposal"


async def test_a_collaboration_within_three_years_is_p2_by_organisation_and_by_person(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    _, organisation = await joined(topic, legal_name="Institut Curie")
    await closes(topic, date(2025, 5, 31))
    ada, bob, eve = await expert(topic, "ada"), await expert(topic, "bob"), await expert(topic, "eve")
    work = {"organisation_id": str(organisation), "kind": "grant", "until": "2023-01-31"}
    await topic.office.make(f"/experts/{ada.id}/collaborations", work)
    await bob.actor.make(f"/experts/{bob.id}/collaborations", {"person_name": "roux, PÌA"})
    old = {"person_name": "Pia Roux", "until": "2022-05-30"}
    await eve.actor.make(f"/experts/{eve.id}/collaborations", old)
    told = "a collaboration (grant) until 2023-01 with Institut Curie, partner 2 of this proposal"
    assert await said(topic, ada) == [[("P2", told)]]
    ((found,),) = await said(topic, bob)
    assert found == (
        "P2", "a collaboration (other) with Pia Roux, a person of Institut Curie, partner 2 of this proposal",
    )  # fmt: skip
    assert await said(topic, eve) == [[]]


async def test_a_mail_domain_in_common_raises_a_doubt_unless_anybody_may_have_it(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    part, _ = await joined(topic, legal_name="Institut Curie")
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")

    async def mails(who: Expert, expert_mail: str, person_mail: str) -> list[tuple[str, str]]:
        async with world.sessions() as session, session.begin():
            theirs = update(Account).where(Account.id == who.actor.id)
            await session.execute(theirs.values(email=expert_mail))
            await session.execute(update(Person).where(Person.partner_id == part).values(email=person_mail))
        return (await said(topic, who))[0]

    told = "a mail address at curie.fr, as people of Institut Curie, partner 2 of this proposal"
    assert await mails(ada, "ada@med.Curie.fr", "pia@curie.fr") == [("P3", told)]
    assert await mails(ada, "ada@curie.fr", "pia@lab.curie.fr") == [("P3", told)]
    assert await mails(ada, "ada@a.ac.uk", "pia@b.ac.uk") == []
    assert await mails(bob, "bob@gmail.com", "pia@gmail.com") == []


async def test_who_sat_in_a_body_when_it_advised_on_a_topic_is_barred_from_the_call(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    given = machine_now() - timedelta(days=90)
    async with world.sessions() as session, session.begin():
        body = fresh(Body, BodyState.ACTIVE, name="The advisers", quorum="0.5", majority="0.5")
        body.kind = "advisory"
        opinion = fresh(
            TopicOpinion, OpinionState.GIVEN, topic_id=topic.id, body=body, number=1, of_version=1
        )
        opinion.outcome, opinion.text, opinion.given_at = "positive", "Good.", given
        session.add(opinion)
        for who, ended in ((ada, 10), (bob, 100)):
            seat = fresh(Mandate, MandateState.ENDED, body=body, account_id=who.actor.id, seat="member")
            seat.starts_at, seat.ends_at = LONG_AGO, machine_now() - timedelta(days=ended)
            seat.appointing_act, seat.proposed_by = "test", topic.office.id
            session.add(seat)
    here, there = await said(topic, ada)
    assert ([one for one, _ in here], [one for one, _ in there]) == (["D6"], ["D6"])
    assert here[0][1].startswith("a member of The advisers when it advised on T-")
    assert await said(topic, bob) == [[], []]


async def test_the_check_asks_nobody_and_takes_as_many_statements_for_many_as_for_one(
    world: World, counting: Any
) -> None:
    topic = await in_evaluation(world, 4)
    ada = await expert(topic, "ada")
    await joined(topic)
    with counting() as one:
        await checked(topic, ada, topic.proposals[0])
    with counting() as many:
        await checked(topic, ada)
    assert len(one) == len(many)
    assert (await topic.office.get("/assignments")).json()["items"] == []
    assert (await topic.office.get("/conflicts")).json()["items"] == []


async def test_the_check_is_the_offices_and_about_one_call(world: World) -> None:
    topic, other = await in_evaluation(world, 2), await in_evaluation(world)
    ada = await expert(topic, "ada")
    asked = {"proposal_ids": [topic.proposals[0].id]}
    assert (await topic.office.post(f"/experts/{ada.id}/check", asked)).status_code == 200
    assert (await ada.actor.post(f"/experts/{ada.id}/check", asked)).status_code == 404
    assert (await topic.members[0].post(f"/experts/{ada.id}/check", asked)).status_code == 404
    both = {"proposal_ids": [topic.proposals[0].id, other.proposals[0].id]}
    refused = await topic.office.post(f"/experts/{ada.id}/check", both)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "of-several-calls")
    missing = {"proposal_ids": [str(uuid4())]}
    assert (await topic.office.post(f"/experts/{ada.id}/check", missing)).status_code == 404
    await consortium(topic.office, topic.topic_stage)  # an officer who applies learns nothing more
    assert (await topic.office.post(f"/experts/{ada.id}/check", asked)).status_code == 404
    assert (await topic.second.post(f"/experts/{ada.id}/check", asked)).status_code == 200


async def test_a_conflict_that_came_up_after_the_proposal_stops_the_invitation(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    _, organisation = await joined(topic)
    asked = {"proposal_id": topic.proposals[0].id}
    seat = await topic.office.make(f"/contracts/{ada.contract}/assignments", asked)
    async with world.sessions() as session, session.begin():  # as if it had come by another way
        await session.execute(update(InPool).values(organisation_id=organisation))
    assert codes(await topic.office.post(f"/assignments/{seat['id']}/invite")) == ["D5"]


async def test_a_recent_co_author_among_the_people_of_a_partner_is_a_doubt(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    _, organisation = await joined(topic, legal_name="Institut Curie")
    assert organisation
    await closes(topic, date(2024, 6, 1))

    async def published(year: int | None, *authors: str) -> None:
        paper = {"title": "On mice", "authors": list(authors)} | ({"year": year} if year else {})
        await ada.actor.make(f"/experts/{ada.id}/list_publications", {"items": [paper]})

    told = (
        "a publication in common (2021) with Pia Roux, a person of Institut Curie, partner 2 of this proposal"
    )
    await published(2021, "ada", "ROUX, Pía")
    assert await said(topic, ada) == [[("P2", told)], []]
    await published(2020, "ada", "Pia Roux")
    assert await said(topic, ada) == [[], []]
    await published(None, "ada", "Pia Roux")
    assert [found[0][0] for found in (await said(topic, ada))[:1]] == ["P2"]
    await published(2021, "ada", "P. Roux")
    assert await said(topic, ada) == [[], []]
