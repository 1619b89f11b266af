"""The tables of assignment sets and of the runs that make them."""

from collections.abc import Iterable, Sequence

from app.calls.access import impartial
from app.calls.models import Stage
from app.core.reason import Reason
from app.experts.assigning import effects
from app.experts.assigning.models import AssignmentRun, AssignmentSet, RunState, SetState
from app.experts.assigning.queries import ground_of
from app.experts.assigning.rules import Terms, broken
from app.experts.assigning.schemas import Change, ImportSeats, Make, Release, Start
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.models import UNDER_CONTRACT, AssignmentState
from app.people.access import office
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.rows import lock_all
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFT, RELEASED = SetState.DRAFT, SetState.RELEASED
UNDONE, DISCARDED = SetState.UNDONE, SetState.DISCARDED
QUEUED, RUNNING = RunState.QUEUED, RunState.RUNNING
SOLVED, INFEASIBLE = RunState.SOLVED, RunState.INFEASIBLE
STOPPED, FAILED = RunState.STOPPED, RunState.FAILED
ANSWERED = frozenset(
    {
        AssignmentState.ACCEPTED,
        AssignmentState.REPORTED,
        AssignmentState.DECLINED,
        AssignmentState.HANDED_BACK,
        AssignmentState.BLOCKED,
    }
)


def has_seats(made: AssignmentSet, ask: Ask) -> Why:
    if not made.seats:
        yield Reason("no-seats", "The set has no seat.", "/seats", "office")


def nobody_has_answered(made: AssignmentSet, ask: Ask) -> Why:
    if any(seat.assignment and seat.assignment.state in ANSWERED for seat in made.seats):
        yield Reason("answered", "An expert has answered the invitation, or a seat is blocked.", who="office")


def somebody_to_invite(made: AssignmentSet, ask: Ask) -> Why:
    if not any(seat.assignment and seat.assignment.state == AssignmentState.PROPOSED for seat in made.seats):
        yield Reason("all-invited", "Everybody of this set is invited.", who="office")


async def nothing_stands_against(made: AssignmentSet, act: Act) -> None:
    """Refuse with every hard rule that is broken, every conflict, and every proposal not in evaluation.

    The stage is locked: of two sets released at once, the second finds the seats of the first.
    """
    await lock_all(act.session, Stage, [made.stage_id])
    # Nobody takes a proposal out of evaluation between the judgement and its seats.
    await lock_all(act.session, Proposal, {one.proposal_id for one in made.seats})
    ground = await ground_of(act.session, made.stage_id, act.now)
    seats = [effects.pair_of(one) for one in made.seats]
    fixed = [effects.pair_of(one) for one in made.seats if one.fixed]
    found = broken(ground, Terms.model_validate(made.terms), seats, fixed, effects.drafting(made))
    reasons = [
        Reason(one.kind, one.text, f"/panels/{one.proposal_id}" if one.proposal_id else "", "office")
        for one in found
        if one.hard
    ]
    for one in ground.proposals:
        if not one.in_evaluation:
            told, at = f"{one.reference} is not in evaluation.", f"/panels/{one.proposal_id}"
            reasons.append(Reason("not-in-evaluation", told, at, "office"))
    if reasons:
        raise refuse(ASSIGNMENT_SET, "release", made, act, reasons)


async def still_free(made: AssignmentSet, act: Act) -> None:
    """Refuse with every contract that is over, every conflict that has come up since the release, and while
    it is open who is whom; of the seats that wait, and of no others."""
    waiting = [
        one for one in made.seats if one.assignment and one.assignment.state == AssignmentState.PROPOSED
    ]
    accounts = {seat.contract.expert.account_id for seat in waiting}
    findings = await conflicts_between(act.session, accounts, {one.proposal_id for one in waiting}, act.now)
    says, reasons = programme().conflicts.by_code, []
    for seat in waiting:
        account, at = seat.contract.expert.account, f"/panels/{seat.proposal_id}"
        key, name = account.id if account else None, account.name if account else "Somebody"
        if seat.contract.state not in UNDER_CONTRACT:
            told = f"The contract of {name} is suspended or has ended."
            reasons.append(Reason("no_contract", told, at, "office"))
        for one in findings.of(key, seat.proposal_id):
            told = conflicting(says[one.situation].says, one.situation, one.path).text
            reasons.append(Reason("conflict", f"{name}: {told}", at, "office"))
        for other in findings.open_for(key, seat.proposal_id):
            reasons.append(Reason("open", unsettled(other).text, at, "office"))
    if reasons:
        raise refuse(ASSIGNMENT_SET, "invite", made, act, reasons)


async def something_to_solve(run: AssignmentRun, act: Act) -> None:
    """Refuse where there is no proposal, or an identity is not settled."""
    ground = await ground_of(act.session, act.parent.id, act.now)
    reasons = [Reason("open", told, who="office") for told in ground.barred.open]
    if not ground.proposals:
        reasons.append(Reason("no-proposals", "No proposal of the stage is to be evaluated.", who="office"))
    if reasons:
        raise refuse(ASSIGNMENT_RUN, "start", run, act, reasons)


WITH_SEATS: Sequence[str] = ("seats.assignment",)
ASSIGNMENT_SET = Workflow(
    "assignment_set",
    SetState,
    final={UNDONE, DISCARDED},
    title="assignment set",
    transitions=(
        Transition("make", set(), DRAFT, office & impartial, "Make a draft by hand, empty or as a copy.",
                   effects=(effects.begin,), data=Make, under="stage"),
        Transition("take_result", set(), DRAFT, system, "A run has found these seats.",
                   effects=(effects.take_found,)),
        Transition("edit", {DRAFT}, None, office,
                   "Put seats, take or fix some, choose rapporteurs, change the terms.",
                   effects=(effects.change,), data=Change, needs=("seats", "stage")),
        Transition("import", {DRAFT}, None, office,
                   "Take in all seats from a table or from JSON, or nothing; a dry run tells what is wrong.",
                   data=ImportSeats, custom_route=True, needs=("seats",)),
        Transition("measure", {DRAFT}, None, office, "Compute affinities anew if a text has changed.",
                   effects=(effects.measure,)),
        Transition("release", {DRAFT}, RELEASED, office,
                   "Propose every seat of the set, and if wanted invite the experts; all or nothing.",
                   guards=(has_seats,), effects=(nothing_stands_against, effects.date_release),
                   data=Release, needs=("seats",)),
        Transition("invite", {RELEASED}, None, office, "Ask all experts of the set to declare.",
                   guards=(somebody_to_invite,), effects=(still_free,),
                   needs=(*WITH_SEATS, "seats.contract.expert.account")),
        Transition("undo", {RELEASED}, UNDONE, office,
                   "Take back every seat of the set, until the first invitation is answered.",
                   guards=(nobody_has_answered,), needs=WITH_SEATS),
        Transition("discard", {DRAFT}, DISCARDED, office, "Lay the draft aside."),
    ),
)  # fmt: skip

ASSIGNMENT_RUN = Workflow(
    "assignment_run",
    RunState,
    final={SOLVED, INFEASIBLE, STOPPED, FAILED},
    title="assignment run",
    transitions=(
        Transition("start", set(), QUEUED, office & impartial,
                   "Search for panels by these terms, or for whom to put in the place of who is gone.",
                   effects=(something_to_solve, effects.settle_terms), data=Start, under="stage"),
        Transition("begin", {QUEUED}, RUNNING, system, "A worker has taken it up.",
                   effects=(effects.date_beginning,)),
        Transition("cancel", {QUEUED}, STOPPED, office, "Stop it before it has begun.",
                   effects=(effects.ask_to_stop, effects.date_end)),
        Transition("cancel", {RUNNING}, None, office, "Stop it; what it has found so far makes a set.",
                   effects=(effects.ask_to_stop,)),
        Transition("solve", {RUNNING}, SOLVED, system, "Panels are found, and proved within the gap.",
                   effects=(effects.keep_end,)),
        Transition("find_infeasible", {RUNNING}, INFEASIBLE, system,
                   "It is proved that the rules cannot be kept together.", effects=(effects.keep_end,)),
        Transition("stop", {RUNNING}, STOPPED, system, "Time is over, or it was cancelled.",
                   effects=(effects.keep_end,)),
        Transition("fail", {QUEUED, RUNNING}, FAILED, system, "It broke off.", effects=(effects.keep_end,)),
    ),
)  # fmt: skip
