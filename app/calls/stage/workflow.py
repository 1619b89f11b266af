"""The table of stages."""

from collections.abc import Iterable
from datetime import datetime

from app.calls import effects
from app.calls.access import impartial
from app.calls.fields import MOST_STAGES
from app.calls.models import Call, Stage, StageState, TopicStageState
from app.calls.rules import Phase, instant, overlapping, phase
from app.calls.stage.schemas import ConfigureStage, Extend, Postpone, Schedule
from app.calls.workflow import VOTES, call_is_out, still_preparing
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
SCHEDULED = StageState.SCHEDULED
COMPLETED = StageState.COMPLETED
CANCELLED = StageState.CANCELLED


def call_still_preparing(stage: Stage, ask: Ask) -> Why:
    yield from still_preparing(stage.call, ask)


def its_call_is_out(stage: Stage, ask: Ask) -> Why:
    yield from call_is_out(stage.call, ask)


def before_the_next_stage(stage: Stage, ask: Ask) -> Why:
    if ask.data is not None:
        yield from overlapping(instant(ask.data.deadline), stage.following)


def closes_after_opening(call: Call, ask: Ask) -> Why:
    if ask.data is not None:
        yield from _in_order(ask.data.opens_at, instant(ask.data.deadline))


def few_stages(call: Call, ask: Ask) -> Why:
    if len(call.stages) >= MOST_STAGES:
        yield Reason("too-many-stages", f"A call has at most {MOST_STAGES} stages.", "/stages", "office")


def _in_order(opens_at: datetime, closes_at: datetime) -> Why:
    if closes_at <= opens_at:
        told = "The deadline is not after the opening."
        yield Reason("closes-before-it-opens", told, "/deadline", "office")


def closes_after_it_opens(stage: Stage, ask: Ask) -> Why:
    if ask.data is None:
        return
    sent = ask.data.model_fields_set
    opens_at = ask.data.opens_at if "opens_at" in sent else stage.opens_at
    closes_at = instant(ask.data.deadline) if "deadline" in sent else stage.closes_at
    yield from _in_order(opens_at, closes_at)


UNTOUCHED = (TopicStageState.SCHEDULED, TopicStageState.CHECKING, TopicStageState.WITHDRAWN)


EVALUATION_BEGUN = Reason(
    "evaluation-begun",
    "The stage has closed and the evaluation has begun: experts may have opened its proposals.",
    who="office",
)


def nothing_evaluated(stage: Stage, ask: Ask) -> Why:
    """After closing a deadline moves only while nobody outside the office may have opened a proposal."""
    closed = phase(stage.opens_at, stage.closes_at, ask.now) is Phase.CLOSED
    if closed and any(part.state not in UNTOUCHED for part in stage.topic_stages):
        yield EVALUATION_BEGUN


def still_ahead(stage: Stage, ask: Ask) -> Why:
    if ask.data is not None and instant(ask.data.deadline) <= ask.now:
        yield Reason("deadline-passed", "This deadline has passed already.", "/deadline", "office")


def later_than_before(stage: Stage, ask: Ask) -> Why:
    if ask.data is not None and instant(ask.data.deadline) <= stage.closes_at:
        yield Reason("not-later", "A deadline never moves earlier.", "/deadline", "office")


STAGE = Workflow(
    "stage",
    StageState,
    final={COMPLETED, CANCELLED},
    transitions=(
        Transition("schedule", set(), SCHEDULED, office, "Add a stage with its dates (C-01).",
                   guards=(still_preparing, few_stages, closes_after_opening),
                   effects=(fill, effects.add_to_call, effects.set_deadline), data=Schedule, under="call",
                   needs=("stages", *VOTES)),
        Transition("configure", {SCHEDULED}, None, office,
                   "Change its dates or what it chooses from the rules, until the vote.",
                   guards=(call_still_preparing, closes_after_it_opens),
                   effects=(fill, effects.set_deadline), data=ConfigureStage, needs=("call.votes",)),
        Transition("extend", {SCHEDULED}, None, office & impartial,
                   "Move the deadline, for everybody; after closing only before the first check.",
                   guards=(its_call_is_out, nothing_evaluated, later_than_before, still_ahead,
                           before_the_next_stage),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Extend,
                   needs=("topic_stages", "call", "following")),
        Transition("complete", {SCHEDULED}, COMPLETED, system,
                   "All its results are out."),
        Transition("postpone", {SCHEDULED}, None, system,
                   "A corrigendum gives applicants more time.",
                   guards=(later_than_before, before_the_next_stage),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Postpone,
                   needs=("following",)),
        Transition("cancel", {SCHEDULED}, CANCELLED, system, "Its call is cancelled."),
    ),
)  # fmt: skip
