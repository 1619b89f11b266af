"""Conflicts between people and proposals: what is on record, and what data show."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.calls.models import Stage, TopicStage
from app.committee.access import in_force
from app.committee.models import Mandate
from app.experts.conflicts.applicants import applicants_in, asked_about
from app.experts.conflicts.knowledge import facts_of, people_of, seats_of
from app.experts.conflicts.models import STANDING, Conflict, ConflictState, Identity
from app.experts.conflicts.rules import find
from app.experts.conflicts.ties import Asked, Findings, Found, Settled
from app.experts.models import UNDER_CONTRACT, Contract, Expert
from app.experts.queries import APART
from app.people.models import Account, Appointment, AppointmentState
from app.proposals.models import GOING_ON, Proposal
from app.topics.programme import programme


def bars(expert_id: Any, proposal_id: Any, topic_id: Any, contract_id: Any) -> ColumnElement[bool]:
    """Conflicts that stand between an expert and a proposal; some hold for its topic, some for its call."""
    situations, under = programme().conflicts, aliased(Contract)
    of_call = (
        exists()
        .where(Proposal.id == Conflict.proposal_id, TopicStage.id == Proposal.topic_stage_id)
        .where(Stage.id == TopicStage.stage_id, under.call_id == Stage.call_id, under.id == contract_id)
        .correlate_except(Proposal, TopicStage, Stage, under)
    )
    return and_(
        Conflict.expert_id == expert_id,
        Conflict.state.in_(STANDING),
        or_(
            Conflict.proposal_id == proposal_id,
            and_(Conflict.situation.in_(situations.barring("topic")), Conflict.topic_id == topic_id),
            and_(Conflict.situation.in_(situations.barring("call")), of_call),
        ),
    )


async def conflicts_between(
    session: AsyncSession,
    accounts: Iterable[UUID | None],
    proposals: Collection[UUID],
    now: datetime,
    consortium_id: UUID | None = None,
) -> Findings:
    """Every conflict of these people with these proposals, and whom of them one does not know for sure.

    However many they are, it is a constant number of statements. Who is forgotten has none. With a
    consortium: what its partners give rise to, on whichever of the proposals, and nothing of the other
    partners in their topics.
    """
    known = {key for key in accounts if key is not None}
    asked = await asked_about(session, proposals)
    applicants = await applicants_in(session, {one.topic_id for one in asked}, proposals, consortium_id)
    people = await people_of(session, known, now)
    found = find(
        [person.who for person in people],
        await facts_of(session, people, now),
        await seats_of(session, people, {one.call_id for one in asked}),
        applicants,
        asked,
        programme().conflicts,
        await _settled(session, known),
    )
    await _take_record(session, known, asked, found)
    return found


async def _settled(session: AsyncSession, accounts: Collection[UUID]) -> Settled:
    wanted = select(Identity).join(Expert, Expert.id == Identity.expert_id)
    settled = Settled()
    for one in await session.scalars(wanted.where(Expert.account_id.in_(accounts))):
        if one.expert_id is None:
            continue
        if one.person_id is not None:
            settled.people[one.expert_id, one.person_id] = one.same
        elif one.name is not None and one.organisation_id is not None:
            settled.names[one.expert_id, one.name, one.organisation_id] = one.same
    return settled


async def _take_record(
    session: AsyncSession, accounts: Collection[UUID], asked: list[Asked], findings: Findings
) -> None:
    """What has been waived is found no more, by the same fact; what stands is, whatever data say."""
    wanted = (
        select(Conflict, Stage.call_id)
        .join(Proposal, Proposal.id == Conflict.proposal_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Conflict.account_id.in_(accounts), Conflict.state != ConflictState.WITHDRAWN)
        .where(Stage.call_id.in_({one.call_id for one in asked}))
        .order_by(Conflict.created_at, Conflict.id)
    )
    rows = (await session.execute(wanted)).all()
    known = {(c.account_id, c.proposal_id, c.situation, c.fact) for c, _ in rows if c.fact is not None}
    for (account_id, proposal_id), found in findings.found.items():
        found[:] = [one for one in found if (account_id, proposal_id, one.situation, one.fact) not in known]
    situations = programme().conflicts
    for conflict, call_id in rows:
        if conflict.state == ConflictState.WAIVED or conflict.account_id is None:
            continue
        told = Found(conflict.situation, "", f"a conflict is {conflict.state.value}: {conflict.path}")
        bars_from = situations.by_code[conflict.situation].bars
        for one in asked:
            barred = {
                "proposal": one.proposal_id == conflict.proposal_id,
                "topic": one.topic_id == conflict.topic_id,
                "call": one.call_id == call_id,
            }
            if barred["proposal"] or barred[bars_from]:
                findings.found[conflict.account_id, one.proposal_id].append(told)


async def officials(session: AsyncSession, now: datetime) -> dict[UUID, str]:
    """The names of all who run the process, decide, advise or look on, and are no experts of the pool."""
    seats = select(Mandate.account_id).where(in_force(now))
    posts = select(Appointment.account_id).where(
        Appointment.state == AppointmentState.ACTIVE,
        Appointment.role.in_(APART),
        Appointment.starts_at <= now,
        or_(Appointment.ends_at.is_(None), now < Appointment.ends_at),
    )
    pool = select(Expert.account_id)
    wanted = select(Account.id, Account.name).where(Account.id.not_in(pool))
    rows = await session.execute(wanted.where(or_(Account.id.in_(seats), Account.id.in_(posts))))
    return {row[0]: row[1] for row in rows}


async def conflicts_of_call(session: AsyncSession, call_id: UUID, now: datetime) -> Findings:
    """For everybody under contract for a call, with every proposal of it that is going on.

    A run of the assignment reads it: pairs in `found` are barred, and while anything is `open` there is none.
    """
    under = select(Expert.account_id).join(Contract, Contract.expert_id == Expert.id)
    live = Contract.state.in_(UNDER_CONTRACT)
    accounts = (await session.scalars(under.where(Contract.call_id == call_id, live))).all()
    here = select(Proposal.id).join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    here = here.join(Stage, Stage.id == TopicStage.stage_id)
    wanted = here.where(Stage.call_id == call_id, Proposal.state.in_(GOING_ON))
    return await conflicts_between(session, accounts, (await session.scalars(wanted)).all(), now)
