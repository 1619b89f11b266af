"""The tables of calls: call, stage, topic stage."""

from collections.abc import Iterable
from datetime import datetime

from app.calls import effects, readiness
from app.calls.access import impartial
from app.calls.fields import MOST_OVERRIDES, MOST_STAGES
from app.calls.models import LIVE, Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.overrides import beside, why_not, without
from app.calls.rule_set import rule_sets
from app.calls.rules import Phase, instant, not_higher, not_movable, overlapping, phase
from app.calls.schemas import (
    Because,
    ConfigureStage,
    ConfigureTopic,
    Copy,
    EditCall,
    Extend,
    ImportCall,
    Include,
    Override,
    Postpone,
    PrepareCall,
    Reasoned,
    Restore,
    Schedule,
)
from app.core.reason import Reason
from app.people.access import office
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
    elif call.votes:
        yield Reason("being-voted-on", "The committee is voting on this call.", who="committee")


def call_still_preparing(stage: Stage, ask: Ask) -> Why:
    yield from still_preparing(stage.call, ask)


def call_is_out(call: Call, ask: Ask) -> Why:
    if call.state not in LIVE:
        yield Reason("call-not-published", "Only a published call is amended.", who="office")


def its_call_is_out(stage: Stage, ask: Ask) -> Why:
    yield from call_is_out(stage.call, ask)


def before_the_next_stage(stage: Stage, ask: Ask) -> Why:
    if ask.data is not None:
        yield from overlapping(instant(ask.data.deadline), stage.following)


def rules_still_known(call: Call, ask: Ask) -> Why:
    if call.rule_set not in rule_sets():
        told = f"The rule set {call.rule_set} is no longer known."
        yield Reason("unknown-rule-set", told, "/rule_set", "office")


def dates_exist(call: Call, ask: Ask) -> Why:
    if ask.data is not None:
        for stage in call.stages:
            days = {
                name: getattr(stage, name) for name in ("evaluation_from", "evaluation_to", "decision_on")
            }
            yield from not_movable(stage.number, stage.opens_at, stage.deadline, days, ask.data.shift_days)


def closes_after_opening(call: Call, ask: Ask) -> Why:
    if ask.data is not None:
        yield from _in_order(ask.data.opens_at, instant(ask.data.deadline))


def _in_order(opens_at: datetime, closes_at: datetime) -> Why:
    if closes_at <= opens_at:
        told = "The deadline is not after the opening."
        yield Reason("closes-before-it-opens", told, "/deadline", "office")


def rules_stay_sound(call: Call, ask: Ask) -> Why:
    """With the override the whole rule set is still one that can be."""
    if ask.data is not None:
        new = {"path": ask.data.path, "value": ask.data.value}
        yield from why_not(call.rule_set, [*beside(call.overrides, ask.data.path), new])


def few_overrides(call: Call, ask: Ask) -> Why:
    left = call.overrides if ask.data is None else beside(call.overrides, ask.data.path)
    if len(left) >= MOST_OVERRIDES:
        told = f"A call changes at most {MOST_OVERRIDES} places of its rule set."
        yield Reason("too-many-overrides", told, "/overrides", "office")


def few_stages(call: Call, ask: Ask) -> Why:
    if len(call.stages) >= MOST_STAGES:
        yield Reason("too-many-stages", f"A call has at most {MOST_STAGES} stages.", "/stages", "office")


def rules_get_no_worse(call: Call, ask: Ask) -> Why:
    """Without an override nothing is wrong that was right with it; what is wrong is mended one by one."""
    if ask.data is not None:
        before = set(why_not(call.rule_set, call.overrides))
        after = why_not(call.rule_set, without(call.overrides, ask.data.path))
        yield from (reason for reason in after if reason not in before)


def overridden(call: Call, ask: Ask) -> Why:
    if not call.overrides:
        yield Reason("not-overridden", "The call keeps to its rule set.", "/overrides", "office")
    elif ask.data is not None and ask.data.path not in {one["path"] for one in call.overrides}:
        yield Reason("not-overridden", "This place is not overridden.", "/body/path", "office")


def call_rules_sound(stage: Stage, ask: Ask) -> Why:
    yield from why_not(stage.call.rule_set, stage.call.overrides)


def stage_still_preparing(part: TopicStage, ask: Ask) -> Why:
    yield from still_preparing(part.stage.call, ask)


def closes_after_it_opens(stage: Stage, ask: Ask) -> Why:
    if ask.data is None:
        return
    sent = ask.data.model_fields_set
    opens_at = ask.data.opens_at if "opens_at" in sent else stage.opens_at
    closes_at = instant(ask.data.deadline) if "deadline" in sent else stage.closes_at
    yield from _in_order(opens_at, closes_at)


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


VOTES = ("votes",)
CALL = Workflow(
    "call",
    CallState,
    final={CANCELLED},
    transitions=(
        Transition("prepare", set(), PREPARING, office, "Begin a call.",
                   effects=(fill, effects.begin), data=PrepareCall),
        Transition("clone", set(), PREPARING, office, "Begin a call as a copy, on other dates.",
                   guards=(rules_still_known, dates_exist), effects=(effects.copy_past,), data=Copy,
                   under="call", needs=("stages",), custom_route=True),
        Transition("import", set(), PREPARING, office, "Begin a call from a file that was exported.",
                   effects=(fill, effects.begin, effects.take_overrides), data=ImportCall,
                   custom_route=True),
        Transition("edit", {PREPARING}, None, office, "Change title, budget or kind.",
                   guards=(still_preparing,), effects=(fill,), data=EditCall, needs=VOTES),
        Transition("override", {PREPARING}, None, office, "Change a place of its rule set, with a reason.",
                   guards=(still_preparing, few_overrides, rules_stay_sound), effects=(effects.override,),
                   data=Override, needs=VOTES),
        Transition("restore", {PREPARING}, None, office, "Take an override back.",
                   guards=(still_preparing, overridden, rules_get_no_worse), effects=(effects.restore,),
                   data=Restore, needs=VOTES),
        Transition("adopt", {PREPARING}, ADOPTED, system, "Budget and timetable are voted (T-06).",
                   guards=readiness.SOUND, needs=readiness.NEEDS),
        Transition("reopen", {ADOPTED}, PREPARING, office, "Prepare it further; it is voted on anew.",
                   data=Reasoned),
        Transition("publish", {ADOPTED}, PUBLISHED, office, "Publish it; its rules are pinned.",
                   guards=readiness.READY, effects=(effects.pin_rules,), needs=readiness.NEEDS),
        Transition("raise_budget", {ADOPTED, PUBLISHED, RUNNING}, None, system,
                   "It covers a topic whose envelope was raised (K-04).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("announce_budget", {RUNNING}, None, system, "A raised budget is public with the results.",
                   effects=(effects.announce_of_topics,)),
        Transition("start", {PUBLISHED}, RUNNING, system, "Its first stage has opened."),
        Transition("complete", {RUNNING}, COMPLETED, system, "All its results are released."),
        Transition("drop", {PREPARING}, CANCELLED, office, "Give it up; nobody outside has known of it.",
                   guards=(still_preparing,), data=Reasoned, needs=VOTES),
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
                   guards=(still_preparing, few_stages, closes_after_opening),
                   effects=(fill, effects.add_to_call, effects.set_deadline), data=Schedule, under="call",
                   needs=("stages", *VOTES)),
        Transition("configure", {StageState.SCHEDULED}, None, office,
                   "Change its dates or what it chooses from the rules, until the vote.",
                   guards=(call_still_preparing, closes_after_it_opens),
                   effects=(fill, effects.set_deadline), data=ConfigureStage, needs=("call.votes",)),
        Transition("extend", {StageState.SCHEDULED}, None, office & impartial,
                   "Move the deadline, for everybody; after closing only before the first check.",
                   guards=(its_call_is_out, nothing_evaluated, later_than_before, still_ahead,
                           before_the_next_stage),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Extend,
                   needs=("topic_stages", "call", "following")),
        Transition("complete", {StageState.SCHEDULED}, StageState.COMPLETED, system,
                   "All its results are out."),
        Transition("postpone", {StageState.SCHEDULED}, None, system,
                   "A corrigendum gives applicants more time.",
                   guards=(later_than_before, before_the_next_stage),
                   effects=(effects.remember_deadline, effects.set_deadline), data=Postpone,
                   needs=("following",)),
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
                   guards=(call_still_preparing, call_rules_sound), effects=(fill, effects.add_to_stage),
                   data=Include, under="stage", needs=("call.votes",)),
        Transition("configure", {SCHEDULED}, None, office,
                   "Change its money or what is expected of it, until the vote.",
                   guards=(stage_still_preparing,), effects=(fill,), data=ConfigureTopic,
                   needs=("stage.call.votes",)),
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
