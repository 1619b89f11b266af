"""The tables of rounds of hearings and of the hearings in them."""

from collections.abc import Iterable

from app.calls.chosen import rules_of
from app.calls.rule_parts import Hearings
from app.core.reason import Reason
from app.evaluation.hearing import effects
from app.evaluation.hearing.access import coordinator, deputy_contact
from app.evaluation.hearing.models import Hearing, HearingRound, HearingState, RoundState
from app.evaluation.hearing.schemas import (
    Announce,
    AnswerHearing,
    CancelRound,
    EditHearing,
    EditRound,
    HoldHearing,
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


def each_has_a_slot(held: HearingRound, ask: Ask) -> Why:
    for one in held.hearings:
        path = f"/hearings/{one.id}"
        if one.starts_at is None or one.ends_at is None or not one.place.strip():
            yield Reason("no-slot", f"{one.reference} has no slot yet.", path, "office")
        elif one.starts_at <= ask.now:
            yield Reason("slot-is-past", f"The slot of {one.reference} has begun.", path, "office")


def none_has_taken_place(held: HearingRound, ask: Ask) -> Why:
    if any(one.state in (HearingState.HELD, HearingState.ABSENT) for one in held.hearings):
        told = "One has taken place already; the others are owed the same."
        yield Reason("one-has-taken-place", told, "/hearings", "office")


def slot_in_order(hearing: Hearing, ask: Ask) -> Why:
    if ask.data is None:
        return
    sent = ask.data.model_fields_set
    starts = ask.data.starts_at if "starts_at" in sent else hearing.starts_at
    ends = ask.data.ends_at if "ends_at" in sent else hearing.ends_at
    if starts is not None and ends is not None and starts >= ends:
        yield Reason("slot-out-of-order", "A slot ends after it starts.", "/ends_at", "office")


def not_begun(hearing: Hearing, ask: Ask) -> Why:
    if hearing.starts_at is not None and ask.now >= hearing.starts_at:
        yield Reason("has-begun", "The hearing has begun.")


def has_begun(hearing: Hearing, ask: Ask) -> Why:
    if hearing.starts_at is None or ask.now < hearing.starts_at:
        yield Reason("not-begun", "The hearing has not begun.", who="office")


def in_time(hearing: Hearing, ask: Ask) -> Why:
    if hearing.answer_until is None or ask.now > hearing.answer_until:
        yield Reason("too-late", "The time to answer is over.")


def not_answered(hearing: Hearing, ask: Ask) -> Why:
    if hearing.answered_at is not None:
        yield Reason("answered", "The questions are answered; what was handed in stays as it is.")


def an_answer_for_each(hearing: Hearing, ask: Ask) -> Why:
    if ask.data is not None and len(ask.data.answers) != len(hearing.asked):
        told = f"There are {len(hearing.asked)} questions; these are {len(ask.data.answers)} answers."
        yield Reason("other-number", told, "/answers", "sender")


def present_were_announced(hearing: Hearing, ask: Ask) -> Why:
    if ask.data is None:
        return
    for number, name in enumerate(ask.data.present):
        if name not in hearing.attendees:
            told = "The coordinator has not given this name."
            yield Reason("not-announced", told, f"/present/{number}", "office")


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
                   guards=(its_panel_works, one_question_at_least, time_to_answer, each_has_a_slot),
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

contact = coordinator | deputy_contact
HEARING = Workflow(
    "hearing",
    HearingState,
    final={HearingState.HELD, HearingState.ABSENT, HearingState.CANCELLED},
    transitions=(
        Transition("prepare", set(), HearingState.PREPARED, system, "Its proposal is of the set.",
                   effects=(effects.of_round,), under="hearing_round"),
        Transition("edit", {HearingState.PREPARED}, None, office,
                   "Set its slot, and questions to this proposal alone.", guards=(slot_in_order,),
                   effects=(fill,), data=EditHearing),
        Transition("call", {HearingState.PREPARED}, HearingState.CALLED, system, "All of its round are.",
                   effects=(effects.date_call,)),
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
