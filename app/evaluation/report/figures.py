"""Statistics of the reports of a call, for the office; a cell with too few reports says nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from statistics import mean
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from app.calls.models import Call, Stage
from app.core.schema import Read
from app.evaluation.report.seats import Seat, not_reading, seats_where
from app.experts.models import TAKEN, Assignment
from app.people.access import office
from app.topics.programme import programme
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import ties

router = APIRouter()
CENT = Decimal("0.01")
DAY_SECONDS = 86_400


class ProgressRead(Read):
    """Of so many reports to be written, how many are begun and how many sealed."""

    reports: int
    drafts: int
    sealed: int


class TimelinessRead(Read):
    """Of so many sealed reports, how many came by their date; `days` it took on average."""

    sealed: int
    in_time: int
    late: int
    days: Decimal


class SpreadRead(Read):
    """The scores of one criterion over so many sealed reports."""

    criterion: str
    sealed: int
    least: Decimal
    most: Decimal
    mean: Decimal


class TopicFigures(Read):
    topic_stage_id: UUID
    topic_id: UUID
    reference: str
    stage: int
    progress: ProgressRead | None
    timeliness: TimelinessRead | None


class ExpertFigures(Read):
    expert_id: UUID
    name: str
    workload: ProgressRead | None
    spread: list[SpreadRead]


class ProposalFigures(Read):
    proposal_id: UUID
    reference: str
    spread: list[SpreadRead]


class ReportStatistics(Read):
    """What is made of fewer reports than `least_reports` is left out: null, or not in a `spread`.

    There are no totals, from which what is left out could be told.
    """

    least_reports: int
    topics: list[TopicFigures]
    experts: list[ExpertFigures]
    proposals: list[ProposalFigures]


@router.get(
    "/calls/{id}/report_statistics",
    responses=refusals(401, 404),
    summary="Read the statistics of individual reports (call)",
    description="Progress and timeliness per topic, workload and scores per expert, scores per proposal. "
    f"Who: {office.label}; nothing of a topic in which they apply.",
    operation_id="call_report_statistics",
)
async def read_statistics(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> ReportStatistics:
    await look(asked.session, Call, key, asked.actor, by=office)
    mine = ties(Assignment, asked.actor)["office"][0]
    here = (mine, Stage.call_id == key, Assignment.state.in_(TAKEN), not_reading())
    seats, least = await seats_where(asked.session, *here, actor=asked.actor), programme().statistics
    return figures(seats, least.least_reports)


def figures(seats: Sequence[Seat], least: int) -> ReportStatistics:
    """The statistics of these seats; `least` reports make a cell."""
    return ReportStatistics(
        least_reports=least,
        topics=[_topic(own, least) for own in _parted(seats, lambda one: one.proposal.topic_stage_id)],
        experts=[_expert(own, least) for own in _parted(seats, lambda one: one.expert_id)],
        proposals=[_proposal(own, least) for own in _parted(seats, lambda one: one.proposal_id)],
    )


def _parted(seats: Iterable[Seat], key: Callable[[Assignment], UUID]) -> list[list[Seat]]:
    parts: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in seats:
        parts[key(seat.assignment)].append(seat)
    return list(parts.values())


def _topic(seats: Sequence[Seat], least: int) -> TopicFigures:
    part = seats[0].assignment.proposal.topic_stage
    return TopicFigures(
        topic_stage_id=part.id,
        topic_id=part.topic_id,
        reference=part.topic.reference,
        stage=part.stage.number,
        progress=_progress(seats, least),
        timeliness=_timeliness(seats, least),
    )


def _expert(seats: Sequence[Seat], least: int) -> ExpertFigures:
    expert = seats[0].assignment.expert
    name = expert.account.name if expert.account else ""
    return ExpertFigures(
        expert_id=expert.id, name=name, workload=_progress(seats, least), spread=_spread(seats, least)
    )


def _proposal(seats: Sequence[Seat], least: int) -> ProposalFigures:
    proposal = seats[0].assignment.proposal
    spread = _spread(seats, least)
    return ProposalFigures(proposal_id=proposal.id, reference=proposal.reference, spread=spread)


def _progress(seats: Sequence[Seat], least: int) -> ProgressRead | None:
    if len(seats) < least:
        return None
    sealed = sum(seat.sealed is not None for seat in seats)
    begun = sum(seat.report is not None for seat in seats)
    return ProgressRead(reports=len(seats), drafts=begun - sealed, sealed=sealed)


def _timeliness(seats: Sequence[Seat], least: int) -> TimelinessRead | None:
    done = [(seat, seat.sealed) for seat in seats if seat.sealed is not None]
    if len(done) < least:
        return None
    in_time = sum(seat.due is None or sealed <= seat.due for seat, sealed in done)
    took = [Decimal((sealed - seat.since).total_seconds()) / DAY_SECONDS for seat, sealed in done]
    days = mean(took).quantize(CENT)
    return TimelinessRead(sealed=len(done), in_time=in_time, late=len(done) - in_time, days=days)


def _spread(seats: Sequence[Seat], least: int) -> list[SpreadRead]:
    scores: dict[str, list[Decimal]] = defaultdict(list)
    for seat in seats:
        if seat.report is not None and seat.sealed is not None:
            for mark in seat.report.marks:
                if mark.score is not None:
                    scores[mark.criterion].append(mark.score)
    return [
        SpreadRead(
            criterion=criterion,
            sealed=len(given),
            least=min(given),
            most=max(given),
            mean=mean(given).quantize(CENT),
        )
        for criterion, given in sorted(scores.items())
        if len(given) >= least
    ]
