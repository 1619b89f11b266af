"""Who took part in what was decided on a proposal: told by the audit trail, and by seats that were held."""

from collections.abc import Collection, Sequence
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
from app.decisions.redress.models import Redress, RedressMember
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat
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
from app.proposals.external_case.models import ExternalCase, ExternalCaseState
from app.proposals.information.models import InformationRequest
from app.proposals.models import Proposal

OF_PROPOSAL = (
    Report, Consensus, Summary, EthicsScreening, EthicsSeat, Hearing, AgendaItem, InformationRequest,
    FullTextRequest,
)  # fmt: skip
"""What is about one proposal, and is acted on while it is checked, evaluated and decided on."""
BY_OFFICERS = (Assignment, Conflict)
"""What experts and data give rise to as well; of these only what officers did themselves counts."""


Proposals = Collection[Proposal]


def _keys(proposals: Proposals) -> list[UUID]:
    return [one.id for one in proposals]


def _parts(proposals: Proposals) -> set[UUID]:
    return {one.topic_stage_id for one in proposals}


def _trail(proposals: Proposals) -> Select[Any]:
    """The ids of all whose audit events tell who took part."""
    keys, parts = _keys(proposals), _parts(proposals)
    own = [select(model.id).where(model.proposal_id.in_(keys)) for model in OF_PROPOSAL]
    of_list = [select(model.id).where(model.topic_stage_id.in_(parts)) for model in (Panel, Decision)]
    voted = select(Motion.id).where(_on_their_lists(parts))
    # Officers alone act on sets; of those that were only thought of nothing has come.
    sets = select(SetSeat.set_id).where(SetSeat.proposal_id.in_(keys), SetSeat.assignment_id.is_not(None))
    found = union(select(Proposal.id).where(Proposal.id.in_(keys)), *own, *of_list, voted, sets)
    return select(found.subquery().c.id)


def _on_their_lists(parts: Collection[UUID]) -> ColumnElement[bool]:
    """Motions on the lists, or on money that comes to their topics or goes from them."""
    return or_(Motion.subject_id.in_(parts), Motion.target_id.in_(parts))


def _of_officers(keys: Collection[UUID]) -> Select[Any]:
    """Who has chosen experts for the proposals, or has decided on conflicts with them."""
    about = union(*(select(model.id).where(model.proposal_id.in_(keys)) for model in BY_OFFICERS))
    experts = select(Expert.account_id).where(Expert.account_id.is_not(None))
    here = AuditEvent.entity_id.in_(select(about.subquery().c.id))
    return select(AuditEvent.actor_id).where(here, ~AuditEvent.by_system, AuditEvent.actor_id.not_in(experts))


def _acted(trail: Select[Any]) -> Sequence[Select[Any]]:
    """Who has acted on these; the first of two officers counts as well as the second."""
    first = (
        select(Account.id)
        .join(AuditDetail, AuditDetail.detail["first_officer"].astext == cast(Account.id, Text))
        .join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        .where(AuditEvent.entity_id.in_(trail))
    )
    return select(AuditEvent.actor_id).where(AuditEvent.entity_id.in_(trail)), first


def _by_contract(contract_id: Any) -> Select[Any]:
    return (
        select(Expert.account_id)
        .join(Contract, Contract.expert_id == Expert.id)
        .where(Contract.id.in_(contract_id))
    )


def _held(model: Any, named: bool, *here: ColumnElement[bool]) -> Sequence[ColumnElement[bool]]:
    return here if named else (*here, model.declared_at.is_not(None))


def _seated(proposals: Proposals, *, named: bool) -> Sequence[Select[Any]]:
    """Who has, or had, a seat: as soon as its holder had declared, or (`named`) from the first."""
    keys, parts = _keys(proposals), _parts(proposals)
    by_contract: list[Select[Any]] = [
        select(model.contract_id).where(*_held(model, named, model.proposal_id.in_(keys)))
        for model in (Assignment, EthicsSeat)
    ]
    moderated = Moderator.consensus_id.in_(select(Consensus.id).where(Consensus.proposal_id.in_(keys)))
    by_contract.append(select(Moderator.contract_id).where(moderated))
    panels = PanelSeat.panel_id.in_(select(Panel.id).where(Panel.topic_stage_id.in_(parts)))
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id.in_(parts))
    watched = _held(Observation, named, Observation.call_id.in_(calls))
    return (
        *(_by_contract(seats) for seats in by_contract),
        select(Moderator.account_id).where(moderated),
        select(PanelSeat.account_id).where(*_held(PanelSeat, named, panels)),
        # Who moderates the panel, or watches it, declares nothing there.
        select(PanelSeat.account_id).where(panels, PanelSeat.part != "member"),
        select(Observation.account_id).where(*watched),
    )


def _reviewed(proposals: Proposals, *, named: bool) -> Sequence[Select[Any]]:
    """Who took part in a review of the outcome: officers, committee, signatories, experts, coordinator."""
    keys = _keys(proposals)
    of_review = [select(model.id).where(model.proposal_id.in_(keys)) for model in (Redress, ReEvaluation)]
    acted = _acted(select(union(*of_review).subquery().c.id))
    members = select(RedressMember.account_id).join(Redress)
    seats = select(ReEvaluationSeat.contract_id).join(ReEvaluation)
    return (
        *acted,
        members.where(*_held(RedressMember, named, Redress.proposal_id.in_(keys))),
        _by_contract(seats.where(*_held(ReEvaluationSeat, named, ReEvaluation.proposal_id.in_(keys)))),
    )


def _voted(proposals: Proposals) -> Select[Any]:
    """Who has cast a ballot, or was taken out of the vote by an interest."""
    counts = or_(Ballot.choice.is_not(None), Ballot.ground == "interest")
    return select(Ballot.account_id).join(Motion).where(_on_their_lists(_parts(proposals)), counts)


def _audited(proposal: Proposal) -> Select[Any]:
    """Who read, or may read, all of it for a case before a court or the ombudsman."""
    confirmed = ExternalCase.state != ExternalCaseState.NOTED
    return select(ExternalCase.auditor_id).where(ExternalCase.proposal_id == proposal.id, confirmed)


async def _among(
    session: AsyncSession, accounts: Collection[UUID], every: Sequence[Select[Any]]
) -> frozenset[UUID]:
    wanted = select(Account.id).where(Account.id.in_(accounts), or_(*(Account.id.in_(one) for one in every)))
    return frozenset(await session.scalars(wanted))


def _decided(proposals: Proposals, *, named: bool) -> Sequence[Select[Any]]:
    acted = _acted(_trail(proposals))
    return (*acted, *_seated(proposals, named=named), _voted(proposals), _of_officers(_keys(proposals)))


async def took_part(session: AsyncSession, proposal: Proposal, accounts: Collection[UUID]) -> frozenset[UUID]:
    """Those of these accounts who took part in evaluation, moderation, panel, ethics, checks or decision.

    The first of two officers counts as well as the second, a seat as soon as its holder had declared, a
    ballot once it was cast; so do who was taken out of the vote, who watched the evaluation, and who chose
    its experts or decided on their conflicts, and who was let in to its file by a case. One statement.
    """
    every = (*_decided([proposal], named=False), _audited(proposal))
    return await _among(session, accounts, every)


async def took_part_or_reviewed(
    session: AsyncSession, proposals: Proposals, accounts: Collection[UUID], *, named: bool = False
) -> frozenset[UUID]:
    """The same of any of these proposals, and who took part in a review of its outcome.

    `named`: a seat counts also where its holder has declared nothing yet. One statement.
    """
    every = (*_decided(proposals, named=named), *_reviewed(proposals, named=named))
    return await _among(session, accounts, every)


async def in_conflict(
    session: AsyncSession, proposal: Proposal, accounts: Collection[UUID], now: datetime
) -> frozenset[UUID]:
    """Those of these accounts who have a conflict with the proposal, on record or by what data show."""
    found = await conflicts_between(session, accounts, [proposal.id], now)
    shown = {account for (account, _), ties in found.found.items() if ties}
    return frozenset(shown & set(accounts)) | await interested(session, list(accounts), [proposal.topic_id])
