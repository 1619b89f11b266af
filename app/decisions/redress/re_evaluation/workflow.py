"""The table of new evaluations."""

from collections.abc import Iterable

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.decisions.redress.re_evaluation import effects
from app.decisions.redress.re_evaluation.access import judge, named_expert
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationState
from app.decisions.redress.re_evaluation.rules import unfit
from app.decisions.redress.re_evaluation.schemas import DeclareConflict, SealMarks, SeatExpert, UnseatExpert
from app.evaluation.rules import too_few
from app.people.access import office
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
WRITING, AGREEING, FINAL = ReEvaluationState.WRITING, ReEvaluationState.AGREEING, ReEvaluationState.FINAL
VOID = ReEvaluationState.VOID


def not_seated_already(subject: ReEvaluation, ask: Ask) -> Why:
    if ask.data is not None and any(one.contract_id == ask.data.contract_id for one in subject.seats):
        yield Reason("seated-already", "The expert has, or had, a seat.", "/body/contract_id", "office")


def has_a_seat(subject: ReEvaluation, ask: Ask) -> Why:
    held = (one for one in subject.seats if one.out_for is None)
    if ask.data is not None and all(one.contract_id != ask.data.contract_id for one in held):
        yield Reason("no-seat", "There is no such seat.", "/body/contract_id", "office")


def marks_fit(subject: ReEvaluation, ask: Ask) -> Why:
    if ask.data is not None:
        yield from unfit(ask.data.marks, subject.criteria, scheme_of(subject.redress.topic_stage))


def not_sealed(subject: ReEvaluation, ask: Ask) -> Why:
    if effects.own(subject, ask.actor.id).sealed_at is not None:
        yield Reason("sealed", "You have sealed your marks; they are kept as they are.")


def all_sealed(subject: ReEvaluation, ask: Ask) -> Why:
    """Everybody has judged alone before they agree, and there are as many as the scheme asks for (V-10)."""
    sealed = [one for one in subject.sitting if one.sealed_at is not None]
    yield from too_few(len(sealed), scheme_of(subject.redress.topic_stage))
    if missing := len(subject.sitting) - len(sealed):
        yield Reason("not-sealed", f"{missing} experts have not sealed their marks.", "/seats", "experts")


def not_approved(subject: ReEvaluation, ask: Ask) -> Why:
    if effects.own(subject, ask.actor.id).approved == subject.round:
        yield Reason("approved", "You have approved this round.")


def all_approve(subject: ReEvaluation, ask: Ask) -> Why:
    if missing := sum(one.approved != subject.round for one in subject.sitting):
        yield Reason("not-approved", f"{missing} experts have not approved it.", "/seats", "experts")


async def seat_who_took_no_part(subject: ReEvaluation, act: Act) -> None:
    """Effect: the trail and the data say who may have a seat."""
    contract, reasons = await effects.expert_for(subject, act.data.contract_id, act)
    if contract is None or reasons:
        raise refuse(RE_EVALUATION, "seat_expert", subject, act, reasons)
    await effects.seat(subject, contract, act)


STAGE = ("redress.topic_stage.stage.call",)
SEATS = ("seats.contract.expert.account", *STAGE)

RE_EVALUATION = Workflow(
    "re_evaluation",
    ReEvaluationState,
    final={FINAL, VOID},
    title="new evaluation",
    transitions=(
        Transition("begin", set(), WRITING, system, "A request for a review is upheld (Z-04)."),
        Transition("seat_expert", {WRITING}, None, office,
                   "Name an expert under contract for the call, who took no part and has no conflict.",
                   guards=(not_seated_already,), effects=(seat_who_took_no_part,), data=SeatExpert,
                   needs=(*SEATS, "redress.proposal", "redress.members")),
        Transition("unseat_expert", {WRITING}, None, office, "Take a seat back, with the reason.",
                   guards=(has_a_seat,), effects=(effects.unseat,), data=UnseatExpert, needs=("seats",)),
        Transition("unseat_expert", {AGREEING}, WRITING, office,
                   "The same once a draft is put; what is agreed is drafted anew.",
                   guards=(has_a_seat,), effects=(effects.unseat,), data=UnseatExpert, needs=("seats",)),
        Transition("declare_free", {WRITING}, None, named_expert,
                   "Declare to have no conflict of interest; only then the proposal is shown.",
                   effects=(effects.declare_free,), needs=SEATS),
        Transition("declare_conflict", {WRITING}, None, named_expert | judge,
                   "Declare a conflict of interest; the seat is lost.", effects=(effects.declare_conflict,),
                   data=DeclareConflict, needs=SEATS),
        Transition("declare_conflict", {AGREEING}, WRITING, judge,
                   "The same once a draft is put; what is agreed is drafted anew.",
                   effects=(effects.declare_conflict,), data=DeclareConflict, needs=SEATS),
        Transition("seal_marks", {WRITING}, None, judge,
                   "Seal one's own scores and comments of what is evaluated anew, before reading others'.",
                   guards=(not_sealed, marks_fit), effects=(effects.seal,), data=SealMarks, needs=SEATS),
        Transition("draft", {WRITING, AGREEING}, AGREEING, judge,
                   "Put before all what might be agreed; earlier approvals are void (V-14).",
                   guards=(all_sealed, marks_fit), effects=(effects.draft,), data=SealMarks, needs=SEATS),
        Transition("approve", {AGREEING}, None, judge, "Approve the present draft (V-17).",
                   guards=(not_approved,), effects=(effects.approve,), needs=SEATS),
        Transition("finish", {AGREEING}, FINAL, system, "All have approved; the result is definitive (Z-05).",
                   guards=(all_approve,), effects=(effects.conclude,), needs=SEATS),
        Transition("void", {WRITING, AGREEING}, VOID, system, "There is nothing left to review."),
    ),
)  # fmt: skip
