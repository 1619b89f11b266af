"""Everybody who applies in a stage, as one list: what experts declare against in a blind stage (V-25)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import TopicStage
from app.consortia.organisations.models import Organisation
from app.experts.conflicts.applicants import applicants_in
from app.experts.conflicts.ties import Applicant
from app.proposals.access import NOT_HANDED_IN
from app.proposals.models import Proposal


class Concerned(NamedTuple):
    """A proposal and its topic."""

    proposal_id: UUID
    topic_id: UUID


class Listed(NamedTuple):
    """An organisation that applies in the stage, with its people there, on whichever proposals."""

    organisation_id: UUID
    legal_name: str
    country: str
    people: Sequence[str]


Applying = list[tuple[Concerned, Applicant]]


async def listed(session: AsyncSession, stage_id: UUID) -> list[Listed]:
    """By name; nothing in it tells who applies together, or for what."""
    names: dict[UUID, set[str]] = defaultdict(set)
    for _, one in await _applying(session, stage_id):
        names[one.organisation_id] |= {person.name for person in one.people}
    known = select(Organisation).where(Organisation.id.in_(names))
    found = [
        Listed(one.id, one.legal_name, one.country, sorted(names[one.id] - {""}))
        for one in await session.scalars(known)
    ]
    return sorted(
        found, key=lambda one: (one.legal_name.casefold(), one.legal_name, str(one.organisation_id))
    )


async def concerned(
    session: AsyncSession, stage_id: UUID, organisation_id: UUID, person: str | None
) -> list[Concerned]:
    """The proposals that this organisation takes part in, or this person of it; in order of their ids."""
    return sorted(
        {
            proposal
            for proposal, one in await _applying(session, stage_id)
            if one.organisation_id == organisation_id
            and (person is None or person in {named.name for named in one.people})
        }
    )


async def _applying(session: AsyncSession, stage_id: UUID) -> Applying:
    """Also of proposals that have left the process since the deadline: what is missing would tell whose they
    were."""
    handed_in = or_(Proposal.state.not_in(NOT_HANDED_IN), Proposal.withdrawal_text.is_not(None))
    wanted = select(Proposal.consortium_id, Proposal.id, Proposal.topic_id)
    wanted = wanted.join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    rows = await session.execute(wanted.where(TopicStage.stage_id == stage_id, handed_in))
    of = {row[0]: Concerned(row[1], row[2]) for row in rows}
    topics, proposals = {one.topic_id for one in of.values()}, [one.proposal_id for one in of.values()]
    applicants = await applicants_in(session, topics, proposals)
    return [
        (of[one.consortium_id], one)
        for one in applicants
        if one.consortium_id in of and one.number is not None
    ]
