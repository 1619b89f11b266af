"""Who applies, as the finder of conflicts reads it: partners that are in, were in, or were handed in."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Stage, TopicStage
from app.calls.periods import day_of
from app.consortia.models import LIVE, Consortium, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationName, OrganisationState
from app.consortia.organisations.rules import folded
from app.experts.conflicts.ties import Applicant, Asked, Named
from app.proposals.models import Proposal, SealedVersion

WAS_IN = (PartnerState.LEFT, PartnerState.REMOVED, PartnerState.TRANSFERRED)


async def asked_about(session: AsyncSession, proposals: Collection[UUID]) -> list[Asked]:
    """These proposals, with the day of the deadline of their stage."""
    wanted = (
        select(
            Proposal.id, Proposal.reference, Proposal.consortium_id, Proposal.topic_id, Stage.call_id,
            Stage.closes_at,
        )
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Proposal.id.in_(proposals))
        .order_by(Proposal.reference)
    )  # fmt: skip
    return [Asked(*row[:-1], day_of(row[-1])) for row in await session.execute(wanted)]


async def names_of(session: AsyncSession, organisations: Collection[UUID]) -> dict[UUID, set[str]]:
    """The folded names that organisations are found by."""
    wanted = select(OrganisationName.organisation_id, OrganisationName.folded)
    found: dict[UUID, set[str]] = defaultdict(set)
    here = OrganisationName.organisation_id.in_(organisations)
    for key, name in await session.execute(wanted.where(here)):
        found[key].add(name)
    return found


async def applicants_in(
    session: AsyncSession,
    topics: Collection[UUID],
    proposals: Collection[UUID],
    consortium_id: UUID | None = None,
) -> list[Applicant]:
    """The partners of all consortia of these topics, or of one: those that are in or were; of whoever was
    only invited nothing follows. A partner of the last sealed version applies, even if it has left since."""
    sealed = await _sealed_partners(session, proposals)
    here = Consortium.topic_id.in_(topics) if consortium_id is None else Consortium.id == consortium_id
    wanted = (
        select(Partner, Organisation, Consortium.topic_id, Person)
        .join(Consortium, Consortium.id == Partner.consortium_id)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .outerjoin(
            Person,
            and_(Person.partner_id == Partner.id, or_(Partner.state.in_(LIVE), Person.until.is_not(None))),
        )
        .where(here, Partner.state.in_((*LIVE, *WAS_IN)))
        .order_by(Partner.coordinates.desc(), Partner.created_at, Partner.id, Person.email, Person.id)
    )
    partners: dict[UUID, tuple[Partner, Organisation, UUID]] = {}
    people: dict[UUID, list[Named]] = defaultdict(list)
    for partner, organisation, topic_id, person in await session.execute(wanted):
        partners[partner.id] = (partner, organisation, topic_id)
        if person is not None:
            people[partner.id].append(Named(person.id, person.account_id, person.email, person.name))
    names = await names_of(session, {organisation.id for _, organisation, _ in partners.values()})
    following: dict[UUID, int] = defaultdict(int)
    found = []
    for partner, organisation, topic_id in partners.values():
        handed_in = sealed.get(partner.consortium_id, {})
        number = handed_in.get(partner.id)
        if number is None and partner.state in LIVE:
            following[partner.consortium_id] += 1
            number = len(handed_in) + following[partner.consortium_id]
        if number is not None or people[partner.id]:
            found.append(
                Applicant(
                    partner.id, partner.consortium_id, topic_id,
                    organisation.merged_into_id or organisation.id, organisation.legal_name,
                    organisation.control_group,
                    tuple(sorted({*names[organisation.id], folded(organisation.legal_name)} - {""})),
                    organisation.state == OrganisationState.VALIDATED, number, tuple(people[partner.id]),
                )
            )  # fmt: skip
    return found


async def _sealed_partners(session: AsyncSession, proposals: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """By consortium, the partners of the last sealed version, each with its place."""
    wanted = (
        select(Proposal.consortium_id, SealedVersion.manifest["partners"])
        .join(SealedVersion, SealedVersion.proposal_id == Proposal.id)
        .where(Proposal.id.in_(proposals), SealedVersion.number == Proposal.sealed)
    )
    return {
        key: {UUID(one["id"]): at for at, one in enumerate(partners, 1) if "id" in one}
        for key, partners in await session.execute(wanted)
    }
