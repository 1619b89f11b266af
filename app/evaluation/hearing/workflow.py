"""The tables of rounds of hearings and of the hearings in them."""

from collections.abc import Iterable

from app.calls.chosen import rules_of
from app.calls.rule_parts import Hearings
from app.core.reason import Reason
from app.evaluation.hearing import effects
from app.evaluation.hearing.access import coordinator, deputy_contact
from app.evaluation.hearing.guards import (
    an_answer_for_each,
    has_begun,
    in_time,
    its_proposal_has_left,
    not_answered,
    not_begun,
    present_were_announced,
    slot_in_order,
    slot_within_the_evaluation,
)
from app.evaluation.hearing.models import HearingRound, HearingState, RoundState
from app.evaluation.hearing.schemas import (
    Announce,
    AnswerHearing,
    CallOff,
    CancelRound,
    EditHearing,
    EditRound,
    HoldHearing,
    MoveHearing,
    NoteAbsent,
    PrepareRound,
)
from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.workflow import its_panel_works, panel_works
from app.evaluation.panel.workflow import LISTED, consensus_on_all
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]


def _of_call(panel: Panel) -> Hearings | None:
    """The call's rule for this panel's stage, if there is one."""
    stage = panel.topic_stage.stage
    return rules_of(stage.call).hearings_in(stage.kind)


def rules_know_hearings(panel: Panel, ask: Ask) -> Why:
    if _of_call(panel) is None:
        yield Reason("no-hearings", "The rules of the call know no hearings in this stage.", who="office")


def total_as_ruled(panel: Panel, ask: Ask) -> Why:
    rule = _of_call(panel)
    if rule is None or ask.data is None:
        return
    if (rule.equality == "same_score") != (ask.data.total is not None):
        told = {
            "same_score": "All of one total are heard; say of which.",
            "all_above": "All above the thresholds are heard, whatever their total.",
        }
        yield Reason("other-equality", told[rule.equality], "/total", "office")


def no_round_is_open(panel: Panel, ask: Ask) -> Why:
    if any(one.open for one in panel.hearing_rounds):
        yield Reason("another-round", "Another round of hearings is not over.", who="office")


def questions_stay_common(held: HearingRound, ask: Ask) -> Why:
    """Who is heard later is asked what the others were asked."""
    if ask.data is None or held.follows_id is None or "questions" not in ask.data.model_fields_set:
        return
    if ask.data.questions != held.questions:
        told = "Those who were heard before had other questions; all have the same."
        yield Reason("other-questions", told, "/questions", "office")


def one_question_at_least(held: HearingRound, ask: Ask) -> Why:
    if not held.questions:
        yield Reason("no-question", "There is no common question.", "/questions", "office")


def time_to_answer(held: HearingRound, ask: Ask) -> Why:
    if held.answer_until is None or held.answer_until <= ask.now:
        told = "It does not say until when answers are taken, or that is over."
        yield Reason("no-time-to-answer", told, "/answer_until", "office")


def somebody_is_heard(held: HearingRound, ask: Ask) -> Why:
    if not held.standing:
        yield Reason("nobody-to-hear", "Every hearing of it was called off; cancel it.", who="office")


def each_has_a_slot(held: HearingRound, ask: Ask) -> Why:
    for one in held.standing:
        path = f"/hearings/{one.id}"
        if one.starts_at is None or one.ends_at is None or not one.place.strip():
            yield Reason("no-slot", f"{one.reference} has no slot yet.", path, "office")
        elif one.starts_at <= ask.now:
            yield Reason("slot-is-past", f"The slot of {one.reference} has begun.", path, "office")


def none_has_taken_place(held: HearingRound, ask: Ask) -> Why:
    if any(one.state in (HearingState.HELD, HearingState.ABSENT) for one in held.hearings):
        told = "One has taken place already; the others are owed the same."
        yield Reason("one-has-taken-place", told, "/hearings", "office")


HEARD = (*LISTED, "hearing_rounds.hearings")
HEARING_ROUND = Workflow(
    "hearing_round",
    RoundState,
    final={RoundState.OVER, RoundState.CANCELLED},
    title="round of hearings",
    transitions=(
        Transition("prepare", set(), RoundState.PREPARED, office,
                   "Prepare hearings; who is heard follows from the list, all of its set alike (V-20).",
                   guards=(panel_works, rules_know_hearings, total_as_ruled, no_round_is_open,
                           consensus_on_all),
                   effects=(effects.belong,), data=PrepareRound, under="panel",
                   needs=HEARD),
        Transition("edit", {RoundState.PREPARED}, None, office,
                   "Change the common questions, or until when answers are taken.",
                   guards=(questions_stay_common,), effects=(fill,), data=EditRound),
        Transition("send", {RoundState.PREPARED}, RoundState.SENT, office,
                   "Call all of the set at one moment: slots, questions, and until when they may answer.",
                   guards=(its_panel_works, one_question_at_least, time_to_answer, somebody_is_heard,
                           each_has_a_slot),
                   effects=(effects.date_sending,),
                   needs=("panel", "hearings.proposal")),
        Transition("cancel", {RoundState.PREPARED, RoundState.SENT}, RoundState.CANCELLED, office,
                   "Cancel it for all, with the reason; never once one has taken place.",
                   guards=(none_has_taken_place,), effects=(effects.keep_cancellation,), data=CancelRound,
                   needs=("hearings",)),
        Transition("end", {RoundState.SENT}, RoundState.OVER, system, "Each was heard, or nobody came."),
        Transition("dissolve", {RoundState.PREPARED, RoundState.SENT}, RoundState.CANCELLED, system,
                   "Its call is cancelled.", effects=(effects.cancel_with_call,)),
    ),
)  # fmt: skip

STAGE_OF = "round.panel.topic_stage.stage.call"
contact = coordinator | deputy_contact
HEARING = Workflow(
    "hearing",
    HearingState,
    final={HearingState.HELD, HearingState.ABSENT, HearingState.CANCELLED},
    transitions=(
        Transition("prepare", set(), HearingState.PREPARED, system, "Its proposal is of the set.",
                   effects=(effects.of_round,), under="hearing_round"),
        Transition("edit", {HearingState.PREPARED}, None, office,
                   "Set its slot, and questions to this proposal alone.",
                   guards=(slot_in_order, slot_within_the_evaluation), effects=(fill,), data=EditHearing,
                   needs=(STAGE_OF,)),
        Transition("call", {HearingState.PREPARED}, HearingState.CALLED, system, "All of its round are.",
                   effects=(effects.date_call,)),
        Transition("move", {HearingState.CALLED}, None, office,
                   "Give it another slot, with the reason; its coordinator is told.",
                   guards=(slot_in_order, slot_within_the_evaluation), effects=(effects.move,),
                   data=MoveHearing, needs=("proposal", STAGE_OF)),
        Transition("call_off", {HearingState.PREPARED, HearingState.CALLED}, HearingState.CANCELLED, office,
                   "Cancel it alone, since its proposal has left the process.",
                   guards=(its_proposal_has_left,), effects=(effects.call_off_alone,), data=CallOff,
                   needs=("proposal",)),
        Transition("announce", {HearingState.CALLED}, None, contact,
                   "Name who will come, until it begins.", guards=(not_begun,), effects=(effects.announce,),
                   data=Announce),
        Transition("answer", {HearingState.CALLED}, None, contact,
                   "Answer in writing, once and in time; the proposal stays as it is.",
                   guards=(in_time, not_answered, an_answer_for_each), effects=(effects.keep_answers,),
                   data=AnswerHearing, needs=("round",)),
        Transition("hold", {HearingState.CALLED}, HearingState.HELD, office,
                   "Record that it was held, who came, and a note.",
                   guards=(has_begun, present_were_announced), effects=(effects.note_hearing,),
                   data=HoldHearing),
        Transition("note_absence", {HearingState.CALLED}, HearingState.ABSENT, office,
                   "Record that nobody came; what was answered in writing stands.", guards=(has_begun,),
                   effects=(effects.note_absence,), data=NoteAbsent),
        Transition("cancel", {HearingState.PREPARED, HearingState.CALLED}, HearingState.CANCELLED, system,
                   "Its round is cancelled."),
    ),
)  # fmt: skip
