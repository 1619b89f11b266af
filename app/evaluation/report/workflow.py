"""The table of individual reports."""

from collections.abc import Iterable

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.evaluation.report import effects
from app.evaluation.report.access import author
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.schemas import Beside, Reopen, ReportMarking
from app.evaluation.rules import off_scale, unfinished
from app.experts.access import reviewer
from app.experts.models import Assignment, AssignmentState
from app.people.access import office
from app.proposals.models import Proposal, ProposalState
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


def writes_a_report(assignment: Assignment, ask: Ask) -> Why:
    if assignment.reads_only:
        yield Reason("reads-across", "You were asked to read, and write no report (V-18).", who="office")


def proposal_in_evaluation(assignment: Assignment, ask: Ask) -> Why:
    yield from _going_on(assignment.proposal)


def in_evaluation(report: Report, ask: Ask) -> Why:
    yield from _going_on(report.assignment.proposal)


def _going_on(proposal: Proposal) -> Why:
    """A report that comes once the group has ended, or the panel is closed, changes nothing any more."""
    if proposal.state != ProposalState.IN_EVALUATION:
        yield Reason("not-in-evaluation", "The proposal is not in evaluation any more.", who="office")


def on_scale(report: Report, ask: Ask) -> Why:
    if ask.data is not None:
        yield from off_scale(ask.data.score, scheme_of(report.assignment.proposal.topic_stage))


def complete(report: Report, ask: Ask) -> Why:
    yield from unfinished(report.marks, scheme_of(report.assignment.proposal.topic_stage), "marks")


def written_alone(report: Report, ask: Ask) -> Why:
    """Until then it may be reopened; afterwards a change of mind belongs in the consensus (V-13)."""
    if report.read_others_at is not None:
        yield Reason("others-read", "Its author has read another report of the proposal.", who="experts")
    if report.in_group_at is not None:
        yield Reason("in-consensus", "The group works on the consensus report.", who="experts")


RULES = "assignment.proposal.topic_stage.stage.call"
REPORT = Workflow(
    "report",
    ReportState,
    final={VOIDED},
    title="individual report",
    transitions=(
        Transition("begin", set(), DRAFT, reviewer, "Begin the report, working alone (V-12).",
                   guards=(not_reported, writes_a_report, proposal_in_evaluation), effects=(effects.lay_out,),
                   under="assignment", needs=("proposal.topic_stage.stage.call",)),
        Transition("mark", {DRAFT}, None, author, "Give a criterion its score and comment; unfinished, too.",
                   guards=(in_evaluation, on_scale), effects=(fill,), data=ReportMarking, part="marks",
                   needs=(RULES,)),
        Transition("edit", {DRAFT}, None, author, "Raise flags, leave a remark that only the office reads.",
                   guards=(in_evaluation,), effects=(effects.put_beside,), data=Beside, needs=(RULES,)),
        Transition("seal", {DRAFT}, SEALED, author, "Hand it in; it cannot be changed any more (V-13).",
                   guards=(in_evaluation, complete), effects=(effects.date_sealing, effects.keep_version),
                   needs=("marks", "versions", RULES)),
        Transition("reopen", {SEALED}, DRAFT, office,
                   "Let its author change it, as long as they have read no other; what was sealed is kept.",
                   guards=(in_evaluation, written_alone), effects=(effects.open_again,), data=Reopen,
                   needs=(RULES,)),
        Transition("join_group", {SEALED}, None, system,
                   "The group begins to work on it together; it reads by whom it is.",
                   effects=(effects.date_group,)),
        Transition("void", {DRAFT, SEALED}, VOIDED, system, "The expert's seat is blocked or taken away."),
    ),
)  # fmt: skip
