"""Who evaluated what is on a list, and by which names they, and the partners, are known."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.disclosure import Watch
from app.consortia.models import LIVE, Partner
from app.consortia.organisations.models import Organisation
from app.evaluation.consensus.meeting import Moderator
from app.evaluation.consensus.models import Consensus
from app.evaluation.panel.room.models import PanelSeat
from app.evaluation.summary.models import Summary, SummaryPrint, SummaryState, SummaryVersion
from app.experts.facts.models import Employment, FactState
from app.experts.models import Assignment, Contract, Expert
from app.people.models import Account
from app.proposals.models import Proposal

NAMES = (Organisation.legal_name, Organisation.short_name, Organisation.aliases)


async def evaluators(session: AsyncSession, panel_id: UUID, proposals: Sequence[UUID]) -> Watch:
    """For everybody on the panel and in the groups of these proposals, those too who have left or moderated.

    Their employers, of now and then, tell of them as their names do.
    """
    accounts = _who(panel_id, proposals)
    people = select(Account.name, Expert.id, *NAMES).outerjoin(Expert, Expert.account_id == Account.id)
    people = people.outerjoin(Organisation, Organisation.id == Expert.organisation_id)
    people = people.where(Account.id.in_(accounts)).order_by(Account.id)
    found = (await session.execute(people)).all()
    worked = (
        select(Employment.organisation_name, *NAMES)
        .outerjoin(Organisation, Organisation.id == Employment.organisation_id)
        .where(Employment.expert_id.in_([row[1] for row in found]), Employment.state == FactState.STATED)
    )
    employers = [name for _, _, *names in found for name in _names(*names)]
    for unlisted, *names in await session.execute(worked):
        employers += [*_names(*names), *([unlisted] if unlisted else [])]
    return Watch([row[0] for row in found], employers)


def _who(panel_id: UUID, proposals: Sequence[UUID]) -> Select[Any]:
    """The accounts of those with a seat in a group or on the panel, and of those who moderated."""
    moderated = select(Moderator.id).join(Consensus, Consensus.id == Moderator.consensus_id)
    moderated = moderated.where(Consensus.proposal_id.in_(proposals))
    experts = union(
        select(Assignment.expert_id).where(Assignment.proposal_id.in_(proposals)),
        select(Contract.expert_id)
        .join(Moderator, Moderator.contract_id == Contract.id)
        .where(Moderator.id.in_(moderated)),
    ).subquery()
    accounts = union(
        select(PanelSeat.account_id).where(PanelSeat.panel_id == panel_id),
        select(Moderator.account_id).where(Moderator.id.in_(moderated), Moderator.account_id.is_not(None)),
        select(Expert.account_id).where(Expert.id.in_(select(experts)), Expert.account_id.is_not(None)),
    ).subquery()
    return select(accounts)


async def partner_names(session: AsyncSession, proposals: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The names of the organisations of each proposal."""
    wanted = (
        select(Proposal.id, *NAMES)
        .join(Partner, Partner.consortium_id == Proposal.consortium_id)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(Proposal.id.in_(proposals), Partner.state.in_(LIVE))
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for key, *names in await session.execute(wanted):
        found[key] += _names(*names)
    return found


def _names(legal: Any, short: Any, aliases: Any) -> list[str]:
    return [name for name in (legal, short, *(aliases or ())) if name]


def latest_versions(*where: Any) -> Select[SummaryVersion, SummaryPrint, SummaryState]:
    """The content that counts of each of these summaries, with its print if there is one."""
    counts = Summary.state.not_in((SummaryState.SUPERSEDED, SummaryState.VOIDED))
    return (
        select(SummaryVersion, SummaryPrint, Summary.state)
        .join(Summary, Summary.id == SummaryVersion.summary_id)
        .outerjoin(SummaryPrint, SummaryPrint.content_digest == SummaryVersion.digest)
        .where(counts, *where)
        .order_by(SummaryVersion.summary_id, SummaryVersion.number.desc())
        .ext(distinct_on(SummaryVersion.summary_id))
    )
