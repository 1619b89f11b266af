"""What the database refuses by itself, asked in plain SQL as the application's own role."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.consortia.models import Person
from app.experts.conflicts.models import Conflict, ConflictState
from tests.build import fresh
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import Expert, Handed, Topic, expert, in_evaluation, invited, reported, seated

pytestmark = pytest.mark.anyio
SEAT = """
INSERT INTO assignment (id, created_at, audit_seq, audit_head, state, contract_id, expert_id, proposal_id,
    topic_id, label, rapporteur, reads_only, declared_at)
VALUES (:id, now(), 0, '', :state, :contract, :expert, :proposal, :topic, 'Expert Z', false, false, :declared)
"""
REPORT = """
INSERT INTO report (id, created_at, audit_seq, audit_head, version, flags, remark, state, assignment_id,
    proposal_id, topic_id)
VALUES (:id, now(), 0, '', 1, '[]', '', 'draft', :seat, :proposal, :topic)
"""


async def run(world: World, statement: str, **given: Any) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(text(statement), given)


async def seat_by_sql(here: Topic, who: Expert, proposal: Handed, **other: Any) -> UUID:
    key = uuid4()
    given = {"contract": UUID(who.contract), "expert": UUID(who.id), "proposal": UUID(proposal.id)}
    given |= {"topic": here.id, "state": "proposed", "declared": None} | other
    await run(here.world, SEAT, id=key, **given)
    return key


async def report_by_sql(topic: Topic, seat: UUID | str, proposal: Handed) -> None:
    given = {"seat": UUID(str(seat)), "proposal": UUID(proposal.id), "topic": topic.id}
    await run(topic.world, REPORT, id=uuid4(), **given)


async def test_the_role_is_the_applications(world: World) -> None:
    async with world.sessions() as session:
        assert await session.scalar(text("SELECT current_user")) == "imi_app"


async def test_a_person_of_any_partner_of_the_topic_gets_no_seat(world: World) -> None:
    topic, other = await in_evaluation(world, 2), await in_evaluation(world)
    first, second = topic.proposals
    ada = await expert(topic, "ada")
    await seat_by_sql(topic, ada, first)
    bob = await expert(topic, "bob")
    await consortium(bob.actor, topic.topic_stage)
    for proposal in (first, second):
        with pytest.raises(IntegrityError, match="no expert of the same topic"):
            await seat_by_sql(topic, bob, proposal)
    with pytest.raises(IntegrityError, match="of the topic of its proposal"):
        await seat_by_sql(topic, bob, first, topic=other.id)
    with pytest.raises(IntegrityError, match="no expert of the same topic"):
        await run(world, "UPDATE assignment SET expert_id = :one", one=UUID(bob.id))


async def test_a_mail_address_bars_until_the_office_has_settled_that_it_is_another(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    async with world.sessions() as session, session.begin():
        found = await session.execute(
            text("SELECT id FROM partner WHERE consortium_id = :key"),
            {"key": UUID(topic.proposals[0].consortium)},
        )
        person = Person(id=uuid4(), partner_id=found.scalar_one(), email=ada.actor.email.upper(), name="Pia")
        person.part = "reader"
        session.add(person)
    with pytest.raises(IntegrityError, match="no expert of the same topic"):
        await seat_by_sql(topic, ada, topic.proposals[0])
    settled = {"person_id": str(person.id), "same": False, "reason": "A slip of the pen."}
    await topic.office.make(f"/experts/{ada.id}/identities", settled)
    await seat_by_sql(topic, ada, topic.proposals[0])


async def test_there_is_no_report_without_a_clear_declaration(world: World) -> None:
    topic = await in_evaluation(world, 2)
    first, second = topic.proposals
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    asked = await invited(topic, ada, first)
    with pytest.raises(IntegrityError, match="declared to be free of conflict"):
        await report_by_sql(topic, asked, first)
    seat = await seated(topic, bob, first)
    with pytest.raises(IntegrityError, match="declared to be free of conflict"):
        await report_by_sql(topic, seat, second)  # declared for another proposal
    async with world.sessions() as session, session.begin():
        about = {"expert_id": UUID(bob.id), "account_id": bob.actor.id, "topic_id": topic.id}
        about |= {"proposal_id": UUID(first.id), "situation": "P3", "path": "It is open."}
        session.add(fresh(Conflict, ConflictState.FOUND, **about))
    with pytest.raises(IntegrityError, match="declared to be free of conflict"):
        await report_by_sql(topic, seat, first)
    await run(world, "UPDATE conflict SET state = 'waived', reason = 'So it is.'")
    await report_by_sql(topic, seat, first)


async def test_a_declaration_stays_as_long_as_its_report_counts(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    await reported(ada, seat)
    taken_back = "UPDATE assignment SET declared_at = NULL, state = 'blocked'"
    with pytest.raises(IntegrityError, match="is not taken back"):
        await run(world, taken_back)
    await topic.office.make(f"/assignments/{seat}/void", {"reason": "A conflict."})
    await run(world, taken_back)
    with pytest.raises(IntegrityError, match="declared to be free of conflict"):
        await run(world, "UPDATE report SET state = 'sealed'")
