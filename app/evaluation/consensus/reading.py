"""The workbench of a group: everything of a proposal's evaluation, side by side, as the reader may see it."""

from collections.abc import Iterable
from typing import Any

from app.calls.chosen import scheme_of
from app.evaluation.consensus.access import insider
from app.evaluation.consensus.meeting import Meeting
from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.consensus.rules import spread
from app.evaluation.consensus.schemas import (
    CriterionRead,
    CrossRead,
    LostLink,
    MarkBeside,
    MeetingRead,
    MessageRead,
    PointRead,
    SpreadRead,
    Workbench,
)
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.schemas import ReportMarkRead
from app.people.access import office
from app.workflow.who import Held

NEEDS = (
    "points.statements.sources",
    "reports.marks",
    "reports.assignment",
    "messages.assignment",
    "meetings",
    "moderators",
    "silences",
    "cross_readers.assignment",
    "rapporteur",
    "proposal.topic_stage.stage.call",
)


def workbench(consensus: Consensus, held: Held) -> Workbench:
    """As the office reads it, with what is out; as the group does, without. The secret is the group's."""
    whole, within = office(held), insider(held)
    labels = {report.label for report in consensus.sealed}
    labels |= {one.label for one in consensus.read_by if not one.out}
    points = {point.criterion: point for point in consensus.points}
    return Workbench(
        id=consensus.id,
        state=consensus.state,
        round=consensus.round,
        rapporteur_label=consensus.rapporteur_label,
        moderated=any(one.until is None for one in consensus.moderators),
        criteria=[
            _criterion(consensus, points[one.code], one.title, whole)
            for one in scheme_of(consensus.proposal.topic_stage).criteria
            if one.code in points
        ],
        meetings=[_meeting(one, None if whole else labels, within) for one in consensus.meetings],
        absent=sorted(one.label for one in consensus.sealed if one.assignment_id in consensus.absent),
        readers=[CrossRead.model_validate(one) for one in _standing(consensus.read_by, whole)],
    )


def _standing(rows: Iterable[Any], whole: bool) -> list[Any]:
    return [row for row in rows if whole or not row.out]


def _reports(consensus: Consensus, whole: bool) -> list[Report]:
    """Those that are sealed; for the office also those that were, and are void."""
    void = (r for r in consensus.reports if r.state == ReportState.VOIDED and r.sealed_at is not None)
    return sorted([*consensus.sealed, *(void if whole else ())], key=lambda report: report.label)


def _criterion(consensus: Consensus, point: Point, title: str, whole: bool) -> CriterionRead:
    marks = [
        MarkBeside(
            **ReportMarkRead.model_validate(mark).model_dump(),
            mark_id=mark.id,
            label=report.label,
            out=report.state != ReportState.SEALED,
        )
        for report in _reports(consensus, whole)
        for mark in report.marks
        if mark.criterion == point.criterion
    ]
    span = spread(mark.score for mark in marks if not mark.out)
    thread = _standing((m for m in consensus.messages if m.criterion == point.criterion), whole)
    read = {message.id for message in thread}
    said = [MessageRead.model_validate(message) for message in thread]
    return CriterionRead(
        criterion=point.criterion,
        title=title,
        marks=marks,
        spread=span and SpreadRead(least=span.least, most=span.most),
        point=PointRead.model_validate(point),
        lost=_lost(point) if whole else [],
        thread=[m if m.answers_id in read else m.model_copy(update={"answers_id": None}) for m in said],
    )


def _lost(point: Point) -> list[LostLink]:
    return [
        LostLink(statement=said.number, mark_id=one.mark_id, label=one.label, criterion=one.criterion)
        for said in point.statements
        for one in said.sources
        if one.out
    ]


def _meeting(meeting: Meeting, labels: set[str] | None, within: bool) -> MeetingRead:
    """`labels`: who may be named; None: everybody."""
    return MeetingRead(
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        secret=meeting.secret or None if within else None,
        held_at=meeting.held_at,
        present=[one for one in meeting.present if labels is None or one in labels],
    )
