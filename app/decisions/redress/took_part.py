"""Who took part in what was decided on a proposal: told by the audit trail, and by seats that were held."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Stage, TopicStage
from app.committee.models import Ballot, Motion
from app.core.audit import AuditDetail, AuditEvent
from app.decisions.full_text.models import FullTextRequest
from app.decisions.models import Decision
from app.decisions.queries import interested
from app.evaluation.consensus.meeting import Moderator
from app.evaluation.consensus.models import Consensus
from app.evaluation.ethics.models import EthicsScreening, EthicsSeat
from app.evaluation.hearing.models import Hearing
from app.evaluation.observer.models import Observation
from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.models import AgendaItem, PanelSeat
from app.evaluation.report.models import Report
from app.evaluation.summary.models import Summary
from app.experts.assigning.models import SetSeat
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.queries import conflicts_between
from app.experts.models import Assignment, Contract, Expert
from app.people.models import Account
from app.proposals.information.models import InformationRequest
from app.proposals.models import Proposal

OF_PROPOSAL = (
    Report, Consensus, Summary, EthicsScreening, EthicsSeat, Hearing, AgendaItem, InformationRequest,
    FullTextRequest,
)  # fmt: skip
"""What is about one proposal, and is acted on while it is checked, evaluated and decided on."""
BY_OFFICERS = (Assignment, Conflict)
"""What experts and data give rise to as well; of these only what officers did themselves counts."""


def _trail(proposal: Proposal) -> Select[Any]:
    """The ids of all whose audit events tell who took part."""
    part = proposal.topic_stage_id
    own = [select(model.id).where(model.proposal_id == proposal.id) for model in OF_PROPOSAL]
    of_list = [select(model.id).where(model.topic_stage_id == part) for model in (Panel, Decision)]
    voted = select(Motion.id).where(_on_its_list(part))
    # Officers alone act on sets; of those that were only thought of nothing has come.
    sets = select(SetSeat.set_id).where(
        SetSeat.proposal_id == proposal.id, SetSeat.assignment_id.is_not(None)
    )
    found = union(select(Proposal.id).where(Proposal.id == proposal.id), *own, *of_list, voted, sets)
    return select(found.subquery().c.id)


def _on_its_list(part: UUID) -> ColumnElement[bool]:
    """Motions on the list, or on money that comes to its topic or goes from it."""
    return or_(Motion.subject_id == part, Motion.target_id == part)


def _of_officers(proposal: Proposal) -> Select[Any]:
    """Who has chosen experts for the proposal, or has decided on conflicts with it."""
    about = union(*(select(model.id).where(model.proposal_id == proposal.id) for model in BY_OFFICERS))
    experts = select(Expert.account_id).where(Expert.account_id.is_not(None))
    here = AuditEvent.entity_id.in_(select(about.subquery().c.id))
    return select(AuditEvent.actor_id).where(here, ~AuditEvent.by_system, AuditEvent.actor_id.not_in(experts))


def _by_contract(contract_id: Any) -> Select[Any]:
    return (
        select(Expert.account_id)
        .join(Contract, Contract.expert_id == Expert.id)
        .where(Contract.id.in_(contract_id))
    )


async def took_part(session: AsyncSession, proposal: Proposal, accounts: Collection[UUID]) -> frozenset[UUID]:
    """Those of these accounts who took part in evaluation, moderation, panel, ethics, checks or decision.

    The first of two officers counts as well as the second, a seat as soon as its holder had declared, a
    ballot once it was cast; so do who was taken out of the vote, who watched the evaluation, and who chose
    its experts or decided on their conflicts. One statement.
    """
    events = select(AuditEvent.actor_id).where(AuditEvent.entity_id.in_(_trail(proposal)))
    first = (
        select(Account.id)
        .join(AuditDetail, AuditDetail.detail["first_officer"].astext == cast(Account.id, Text))
        .join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        .where(AuditEvent.entity_id.in_(_trail(proposal)))
    )
    panels = select(Panel.id).where(Panel.topic_stage_id == proposal.topic_stage_id)
    held = select(Assignment.contract_id).where(
        Assignment.proposal_id == proposal.id, Assignment.declared_at.is_not(None)
    )
    ethics = select(EthicsSeat.contract_id).where(
        EthicsSeat.proposal_id == proposal.id, EthicsSeat.declared_at.is_not(None)
    )
    here = select(Consensus.id).where(Consensus.proposal_id == proposal.id)
    moderated = Moderator.consensus_id.in_(here)
    sat = select(PanelSeat.account_id).where(
        PanelSeat.panel_id.in_(panels), PanelSeat.declared_at.is_not(None)
    )
    votes = (
        select(Ballot.account_id)
        .join(Motion)
        .where(
            _on_its_list(proposal.topic_stage_id),
            or_(Ballot.choice.is_not(None), Ballot.ground == "interest"),
        )
    )
    call = select(Stage.call_id).join(TopicStage).where(TopicStage.id == proposal.topic_stage_id)
    watched = select(Observation.account_id).where(
        Observation.call_id.in_(call), Observation.declared_at.is_not(None)
    )
    every = (
        events,
        first,
        _by_contract(held),
        _by_contract(ethics),
        _by_contract(select(Moderator.contract_id).where(moderated)),
        select(Moderator.account_id).where(moderated),
        sat,
        votes,
        watched,
        _of_officers(proposal),
    )
    wanted = select(Account.id).where(Account.id.in_(accounts), or_(*(Account.id.in_(one) for one in every)))
    return frozenset(await session.scalars(wanted))


async def in_conflict(
    session: AsyncSession, proposal: Proposal, accounts: Collection[UUID], now: datetime
) -> frozenset[UUID]:
    """Those of these accounts who have a conflict with the proposal, on record or by what data show."""
    found = await conflicts_between(session, accounts, [proposal.id], now)
    shown = {account for (account, _), ties in found.found.items() if ties}
    return frozenset(shown & set(accounts)) | await interested(session, list(accounts), [proposal.topic_id])
