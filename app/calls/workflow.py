"""The tables of calls: call, stage, topic stage."""

from collections.abc import Iterable

from app.calls import effects
from app.calls.access import impartial
from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.rules import Phase, instant, not_higher, phase
from app.calls.schemas import Because, EditCall, Extend, Include, Postpone, PrepareCall, Schedule
from app.core.reason import Reason
from app.people.access import office
from app.topics.models import TopicState
from app.workflow.run import fill
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PREPARING = CallState.PREPARING
ADOPTED = CallState.ADOPTED
PUBLISHED = CallState.PUBLISHED
RUNNING = CallState.RUNNING
COMPLETED = CallState.COMPLETED
SCHEDULED = TopicStageState.SCHEDULED
CHECKING = TopicStageState.CHECKING
EVALUATION = TopicStageState.EVALUATION
RANKED = TopicStageState.RANKED
DECIDED = TopicStageState.DECIDED
RELEASED = TopicStageState.RELEASED
WITHDRAWN = TopicStageState.WITHDRAWN
CANCELLED = CallState.CANCELLED


def still_preparing(call: Call, ask: Ask) -> Why:
    if call.state != PREPARING:
        yield Reason("adopted", "Budget and timetable are adopted and frozen.", who="committee")


def call_still_preparing(stage: Stage, ask: Ask) -> Why:
    yield from still_preparing(stage.call, ask)


def closes_after_opening(call: Call, ask: Ask) -> Why:
    if ask.data is not None and instant(ask.data.deadline) <= ask.data.opens_at:
        yield Reason(
            "closes-before-it-opens", "The deadline is not after the opening.", "/deadline", "office"
        )


def has_topics(call: Call, ask: Ask) -> Why:
    if not call.stages:
        yield Reason("no-stage", "The call has no stage.", "/stages", "office")
    for stage in call.stages:
        if not stage.topic_stages:
            yield Reason(
                "no-topic", f"Stage {stage.number} has no topic.", f"/stages/{stage.number}", "office"
            )


def topics_adopted(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        for part in stage.topic_stages:
            if part.topic.state != TopicState.ADOPTED:
                told = f"Topic {part.topic.reference} is not adopted."
                yield Reason("topic-not-adopted", told, f"/topics/{part.topic.reference}", "committee")


def deadlines_ahead(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        if stage.closes_at <= ask.now:
            told = f"The deadline of stage {stage.number} has passed."
            yield Reason("deadline-passed", told, f"/stages/{stage.number}/deadline", "office")


def budget_adds_up(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        total = sum(part.budget for part in stage.topic_stages)
        if total > call.budget:
            told = f"The topics of stage {stage.number} take {total} of {call.budget} euro."
            yield Reason("budget-exceeded", told, "/budget", "office")


UNTOUCHED = (SCHEDULED, CHECKING, WITHDRAWN)
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


def before_deadline(part: TopicStage, ask: Ask) -> Why:
    if phase(part.stage.opens_at, part.stage.closes_at, ask.now) is Phase.CLOSED:
        yield Reason("deadline-passed", "The deadline has passed.", who="office")


def later_than_before(stage: Stage, ask: Ask) -> Why:
    if ask.data is not None and instant(ask.data.deadline) <= stage.closes_at:
        yield Reason("not-later", "A deadline never moves earlier.", "/deadline", "office")


def only_raised(subject: Call | TopicStage, ask: Ask) -> Why:
    yield from not_higher(ask.data.budget, subject.budget)


def only_lowered(part: TopicStage, ask: Ask) -> Why:
    if not 0 < ask.data.budget < part.budget:
        yield Reason(
            "not-a-part", f"Of {part.budget} euro some must go, and some must stay.", "/amount", "office"
        )


TOPICS = ("stages.topic_stages.topic",)
CALL = Workflow(
    "call",
    CallState,
    final={CANCELLED},
    transitions=(
        Transition("prepare", set(), PREPARING, office, "Begin a call.",
                   effects=(effects.name_rule_set, fill), data=PrepareCall),
        Transition("edit", {PREPARING}, None, office, "Change title or budget.",
                   effects=(fill,), data=EditCall),
        Transition("adopt", {PREPARING}, ADOPTED, system, "Budget and timetable are voted (T-06).",
                   guards=(has_topics, budget_adds_up), needs=TOPICS),
        Transition("publish", {ADOPTED}, PUBLISHED, office, "Publish it; its rules are pinned.",
                   guards=(has_topics, topics_adopted, deadlines_ahead, budget_adds_up),
                   effects=(effects.pin_rules,), needs=TOPICS),
        Transition("raise_budget", {ADOPTED, PUBLISHED, RUNNING}, None, system,
                   "It covers a topic whose envelope was raised (K-04).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("announce_budget", {RUNNING}, None, system, "A raised budget is public with the results.",
                   effects=(effects.announce_of_topics,)),
        Transition("start", {PUBLISHED}, RUNNING, system, "Its first stage has opened."),
        Transition("complete", {RUNNING}, COMPLETED, system, "All its results are released."),
        Transition("cancel", {ADOPTED, PUBLISHED, RUNNING, COMPLETED}, CANCELLED, system,
                   "The deciding body has voted to cancel it; never once a grant is signed.", data=Because),
    ),
)  # fmt: skip

STAGE = Workflow(
    "stage",
    StageState,
    final={StageState.COMPLETED, StageState.CANCELLED},
    transitions=(
        Transition("schedule", set(), StageState.SCHEDULED, office, "Add a stage with its dates (C-01).",
                   guards=(still_preparing, closes_after_opening),
                   effects=(fill, effects.add_to_call, effects.set_deadline), data=Schedule, under="call",
                   needs=("stages",)),
        Transition("extend", {StageState.SCHEDULED}, None, office & impartial,
                   "Move the deadline, for everybody; after closing only before the first check.",
                   guards=(nothing_evaluated, later_than_before, still_ahead),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Extend,
                   needs=("topic_stages",)),
        Transition("complete", {StageState.SCHEDULED}, StageState.COMPLETED, system,
                   "All its results are out."),
        Transition("postpone", {StageState.SCHEDULED}, None, system,
                   "A corrigendum gives applicants more time.", guards=(later_than_before,),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Postpone),
        Transition("cancel", {StageState.SCHEDULED}, StageState.CANCELLED, system, "Its call is cancelled."),
    ),
)  # fmt: skip

GONE = TopicStageState.CANCELLED
UNDECIDED = frozenset[State]({SCHEDULED, CHECKING, EVALUATION, RANKED})
TOPIC_STAGE = Workflow(
    "topic_stage",
    TopicStageState,
    final={RELEASED, WITHDRAWN, GONE},
    title="topic in a stage",
    transitions=(
        Transition("include", set(), SCHEDULED, office, "Put a topic into the stage, with its budget.",
                   guards=(call_still_preparing,), effects=(fill, effects.add_to_stage), data=Include,
                   under="stage", needs=("call",)),
        Transition("start_checks", {SCHEDULED}, CHECKING, system, "The deadline has passed."),
        Transition("begin_evaluation", {CHECKING}, EVALUATION, office, "All checks are done."),
        Transition("raise_envelope", UNDECIDED, None, system, "The committee has raised its envelope (K-04).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("rank", {EVALUATION}, RANKED, system, "The panel has closed its list."),
        Transition("decide", {RANKED}, DECIDED, system, "The committee has adopted the list."),
        Transition("release_findings", {EVALUATION, RANKED, DECIDED}, None, office,
                   "Tell those found inadmissible or ineligible, before the others are decided on.",
                   second=True),
        Transition("release", {DECIDED}, RELEASED, system, "Applicants are told.",
                   effects=(effects.announce,)),
        Transition("reopen", {CHECKING}, SCHEDULED, system, "Its deadline was moved after it had passed.",
                   effects=(effects.announce,)),
        Transition("withdraw_from_call", {SCHEDULED}, WITHDRAWN, system,
                   "The deciding body takes it out of the call, before the deadline.",
                   guards=(before_deadline,), needs=("stage",), data=Because),
        Transition("give_budget", UNDECIDED | {DECIDED}, None, system,
                   "The committee moves money of it to another topic (K-04).",
                   guards=(only_lowered,), effects=(effects.raise_to,)),
        Transition("cancel", UNDECIDED | {DECIDED}, GONE, system, "Its call is cancelled."),
    ),
)  # fmt: skip
