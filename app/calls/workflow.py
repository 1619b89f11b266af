"""The table of calls."""

from collections.abc import Iterable

from app.calls import effects, readiness
from app.calls.fields import MOST_OVERRIDES
from app.calls.models import LIVE, Call, CallState, TopicStage
from app.calls.overrides import beside, why_not, without
from app.calls.rule_set import rule_sets
from app.calls.rules import not_higher, not_movable
from app.calls.schemas import Because, Copy, EditCall, ImportCall, Override, PrepareCall, Reasoned, Restore
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PREPARING = CallState.PREPARING
ADOPTED = CallState.ADOPTED
PUBLISHED = CallState.PUBLISHED
RUNNING = CallState.RUNNING
COMPLETED = CallState.COMPLETED
CANCELLED = CallState.CANCELLED


def still_preparing(call: Call, ask: Ask) -> Why:
    if call.state != PREPARING:
        yield Reason("adopted", "Budget and timetable are adopted and frozen.", who="committee")
    elif call.votes:
        yield Reason("being-voted-on", "The committee is voting on this call.", who="committee")


def call_is_out(call: Call, ask: Ask) -> Why:
    if call.state not in LIVE:
        yield Reason("call-not-published", "Only a published call is amended.", who="office")


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


def only_raised(subject: Call | TopicStage, ask: Ask) -> Why:
    yield from not_higher(ask.data.budget, subject.budget)


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
        Transition("raise_budget", {ADOPTED, PUBLISHED, RUNNING, COMPLETED}, None, system,
                   "It covers a topic whose envelope was raised (K-04).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("cover_redress", {RUNNING, COMPLETED}, None, system,
                   "It covers a topic that has money for an upheld request for a review (Z-06).",
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
