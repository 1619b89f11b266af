"""What stands against the rows of a hearing: its slot, its time, who is to be heard, what is answered."""

from collections.abc import Iterable

from app.calls.chosen import rules_of
from app.calls.periods import day_of
from app.core.reason import Reason
from app.evaluation.hearing.models import Hearing
from app.evaluation.hearing.rules import heard_by
from app.proposals.models import ProposalState
from app.workflow.table import Ask

Why = Iterable[Reason]
NOT_TOLD = (ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)
"""What was found of a proposal that its consortium may not know yet."""


def slot_in_order(hearing: Hearing, ask: Ask) -> Why:
    if ask.data is None:
        return
    sent = ask.data.model_fields_set
    starts = ask.data.starts_at if "starts_at" in sent else hearing.starts_at
    ends = ask.data.ends_at if "ends_at" in sent else hearing.ends_at
    if starts is not None and ends is not None and starts >= ends:
        yield Reason("slot-out-of-order", "A slot ends after it starts.", "/ends_at", "office")


def slot_within_the_evaluation(hearing: Hearing, ask: Ask) -> Why:
    """A slot that is set lies ahead, and no later than the evaluation of the stage."""
    if ask.data is None:
        return
    starts, ends = ask.data.starts_at, ask.data.ends_at
    if starts is not None and starts <= ask.now:
        yield Reason("slot-is-past", "This slot has begun already.", "/starts_at", "office")
    stage = hearing.round.panel.topic_stage.stage
    rules, today = rules_of(stage.call), day_of(ask.now)
    last = heard_by(stage.evaluation_to, day_of(stage.closes_at), rules.tti_months, rules.ttg_months, today)
    for name, at in (("starts_at", starts), ("ends_at", ends)):
        if at is not None and day_of(at) > last:
            told = f"{at:%d %B %Y} is too late: proposals of this stage are heard until {last:%d %B %Y}."
            yield Reason("slot-too-late", told, f"/{name}", "office")


def its_proposal_has_left(hearing: Hearing, ask: Ask) -> Why:
    """Whoever knows of the hearing learns from its end that the proposal is out: not before being told."""
    if hearing.proposal.gone is None:
        told = "Its proposal is still to be heard; move the hearing, or cancel all of its round."
        yield Reason("still-to-be-heard", told, who="office")
    elif hearing.called_at and hearing.proposal.state in NOT_TOLD and hearing.proposal.released_at is None:
        told = "Its consortium is not told yet that it is out; release the findings first."
        yield Reason("not-told", told, who="office")


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
