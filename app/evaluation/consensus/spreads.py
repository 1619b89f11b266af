"""How far sealed reports lie apart, proposal by proposal and expert by expert, for whoever moderates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import and_, false, or_, select

from app.calls.models import Call, Stage, TopicStage
from app.core.errors import NotFound
from app.core.schema import Read
from app.evaluation.consensus.access import moderator
from app.evaluation.consensus.models import Consensus
from app.evaluation.consensus.rules import leaning, mean_of
from app.evaluation.report.models import Report, ReportState
from app.people.access import office
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import loading, look
from app.workflow.sight import name_of, parameters, ties

router = APIRouter()
NEEDS = ("marks", "proposal", "assignment.expert.account")


class ApartRead(Read):
    """The lowest and the highest of so many sealed reports, and what lies between."""

    least: Decimal
    most: Decimal
    spread: Decimal


class CriterionApart(ApartRead):
    criterion: str


class ProposalApart(ApartRead):
    """Of the totals; and criterion by criterion."""

    proposal_id: UUID
    reference: str
    reports: int
    criteria: list[CriterionApart]


class LabelRead(Read):
    reference: str
    label: str


class ExpertLeaning(Read):
    """How far an expert's scores lie from the mean of the others' of the same proposals, on average.

    Above them it is positive; null if it stands on fewer than `least_reports`. Who moderates reads labels,
    the office names.
    """

    name: str | None
    labels: list[LabelRead]
    reports: int
    leaning: Decimal | None


class SpreadsRead(Read):
    """The widest first."""

    least_reports: int
    proposals: list[ProposalApart]
    experts: list[ExpertLeaning]


@router.get(
    "/calls/{id}/report_spreads",
    responses=refusals(401, 404),
    summary="Read how far sealed reports lie apart (call)",
    description="By proposal, the widest first, and by expert. "
    f"Who: {office.label}, nothing of a topic in which they apply; {moderator.label} of what they moderate.",
    operation_id="call_report_spreads",
)
async def read_spreads(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> SpreadsRead:
    await look(asked.session, Call, key, asked.actor)
    runs = ties(Report, asked.actor).get(name_of(office))
    moderates = ties(Consensus, asked.actor).get(name_of(moderator))
    theirs = false() if moderates is None else Report.proposal_id.in_(
        select(Consensus.proposal_id).where(moderates[0])
    )  # fmt: skip
    mine = or_(false() if runs is None else runs[0], and_(theirs, Report.in_group_at.is_not(None)))
    wanted = (
        select(Report)
        .join(Proposal, Proposal.id == Report.proposal_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Stage.call_id == key, Report.state == ReportState.SEALED, mine)
        .options(*loading(Report, NEEDS))
        .order_by(Proposal.reference, Report.id)
    )
    reports = (await asked.session.scalars(wanted, parameters(asked.actor))).all()
    if not reports and "office" not in asked.actor.roles:
        raise NotFound
    return spreads(reports, programme().statistics.least_reports, named="office" in asked.actor.roles)


def spreads(reports: Sequence[Report], least: int, *, named: bool) -> SpreadsRead:
    """What these reports come to; `least` of them make an expert's figure, `named`: with names."""
    by_proposal, by_expert = defaultdict[UUID, list[Report]](list), defaultdict[UUID, list[Report]](list)
    for report in reports:
        by_proposal[report.proposal_id].append(report)
        by_expert[report.assignment.expert_id].append(report)
    proposals = [_proposal(own) for own in by_proposal.values()]
    proposals.sort(key=lambda one: (-one.spread, one.reference))
    experts = [_expert(own, by_proposal, least, named) for own in by_expert.values()]
    return SpreadsRead(least_reports=least, proposals=proposals, experts=sorted(experts, key=_order))


def _order(one: ExpertLeaning) -> Any:
    """The farthest from others first, in either direction; who has no figure last."""
    labels = [(label.reference, label.label) for label in one.labels]
    return (one.leaning is None, -abs(one.leaning or Decimal(0)), labels)


def marks_of(report: Report) -> dict[str, Decimal]:
    return {mark.criterion: mark.score for mark in report.marks if mark.score is not None}


def _apart(scores: Iterable[Decimal]) -> dict[str, Decimal]:
    given = list(scores)
    return {"least": min(given), "most": max(given), "spread": max(given) - min(given)}


def _proposal(reports: Sequence[Report]) -> ProposalApart:
    marks = [marks_of(report) for report in reports]
    criteria = sorted({criterion for one in marks for criterion in one})
    return ProposalApart(
        proposal_id=reports[0].proposal_id,
        reference=reports[0].proposal.reference,
        reports=len(reports),
        **_apart(sum(one.values(), Decimal(0)) for one in marks),
        criteria=[
            CriterionApart(criterion=code, **_apart(one[code] for one in marks if code in one))
            for code in criteria
        ],
    )


def _expert(
    reports: Sequence[Report], by_proposal: dict[UUID, list[Report]], least: int, named: bool
) -> ExpertLeaning:
    parts, counted = list[Fraction](), 0
    for report in reports:
        others = [marks_of(other) for other in by_proposal[report.proposal_id] if other is not report]
        if others:
            parts += leaning(marks_of(report), others)
            counted += 1
    account = reports[0].assignment.expert.account
    labels = [LabelRead(reference=one.proposal.reference, label=one.label) for one in reports]
    return ExpertLeaning(
        name=account.name if named and account is not None else None,
        labels=labels,
        reports=counted,
        leaning=mean_of(parts) if parts and counted >= least else None,
    )
