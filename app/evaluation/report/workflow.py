"""The table of individual reports."""

from collections.abc import Iterable

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.evaluation.marking import Marking
from app.evaluation.report import effects
from app.evaluation.report.access import author
from app.evaluation.report.models import Report, ReportState
from app.evaluation.rules import off_scale, unfinished
from app.experts.access import reviewer
from app.experts.models import Assignment, AssignmentState
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFT = ReportState.DRAFT
SEALED = ReportState.SEALED
VOIDED = ReportState.VOIDED


def not_reported(assignment: Assignment, ask: Ask) -> Why:
    if assignment.state != AssignmentState.ACCEPTED:
        yield Reason("reported", "The report on this proposal is sealed.")


def on_scale(report: Report, ask: Ask) -> Why:
    if ask.data is not None:
        yield from off_scale(ask.data.score, scheme_of(report.assignment.proposal.topic_stage))


def complete(report: Report, ask: Ask) -> Why:
    yield from unfinished(report.marks, scheme_of(report.assignment.proposal.topic_stage), "marks")


RULES = "assignment.proposal.topic_stage.stage.call"
REPORT = Workflow(
    "report",
    ReportState,
    final={VOIDED},
    title="individual report",
    transitions=(
        Transition("begin", set(), DRAFT, reviewer, "Begin the report, working alone (V-12).",
                   guards=(not_reported,), effects=(effects.lay_out,), under="assignment",
                   needs=("proposal.topic_stage.stage.call",)),
        Transition("mark", {DRAFT}, None, author, "Give a criterion its score and comment; unfinished, too.",
                   guards=(on_scale,), effects=(fill,), data=Marking, part="marks", needs=(RULES,)),
        Transition("seal", {DRAFT}, SEALED, author, "Hand it in; it cannot be changed any more (V-13).",
                   guards=(complete,), effects=(effects.date_sealing,), needs=("marks", RULES)),
        Transition("void", {DRAFT, SEALED}, VOIDED, system, "The expert's seat is blocked or taken away."),
    ),
)  # fmt: skip
