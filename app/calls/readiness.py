"""What must hold of a call before it is adopted and published: all that is missing or contradictory."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise

from app.calls import overrides
from app.calls.chosen import rules_of, scheme_in
from app.calls.models import Call, Stage
from app.calls.rule_set import RuleSet
from app.calls.rules import BRUSSELS
from app.core.reason import Reason
from app.topics.models import TopicState
from app.workflow.table import Ask

Why = Iterable[Reason]
KINDS = {"single_stage": ("full",), "restricted": ("full",), "two_stage": ("short", "full")}
"""The stages that a kind of call has, in order (C-06, C-11, C-13)."""


def at(stage: Stage, field: str = "") -> str:
    return f"/stages/{stage.number}" + (f"/{field}" if field else "")


def day_of(instant: datetime) -> date:
    return instant.astimezone(BRUSSELS).date()


def has_topics(call: Call, ask: Ask) -> Why:
    if not call.stages:
        yield Reason("no-stage", "The call has no stage.", "/stages", "office")
    for stage in call.stages:
        if not stage.topic_stages:
            yield Reason("no-topic", f"Stage {stage.number} has no topic.", at(stage), "office")


def stages_of_its_kind(call: Call, ask: Ask) -> Why:
    """C-06: a two-stage call is a short proposal, then a full one, for the same topics."""
    wanted, found = KINDS[call.kind], tuple(stage.kind for stage in call.stages)
    if found and len(found) != len(wanted):
        told = f"It has {len(found)} stages; this kind of call has {len(wanted)}."
        yield Reason("number-of-stages", told, "/stages", "office")
    elif found and found != wanted:
        told = f"Its stages are {' and '.join(found)}; this kind of call has {' and '.join(wanted)}."
        yield Reason("kinds-of-stages", told, "/stages", "office")
    topics = [{part.topic_id for part in stage.topic_stages} for stage in call.stages]
    if len(topics) == 2 and all(topics) and topics[0] != topics[1]:
        yield Reason("other-topics", "Both stages have the same topics.", "/stages", "office")


def restricted_to_somebody(call: Call, ask: Ask) -> Why:
    """C-13: a restricted call, and no other, lists earlier grants."""
    if call.kind == "restricted" and not call.earlier_grants:
        yield Reason("no-earlier-grants", "No earlier grant is listed.", "/earlier_grants", "office")
    if call.kind != "restricted" and call.earlier_grants:
        told = "Earlier grants are listed, but the call is not restricted."
        yield Reason("not-restricted", told, "/earlier_grants", "office")


def rules_hold(call: Call, ask: Ask) -> Why:
    """The rule set is one, as the call has changed it, and has what the stages choose from it."""
    wrong = list(overrides.why_not(call.rule_set, call.overrides))
    yield from wrong
    if wrong:
        return
    rules = rules_of(call)
    for stage in call.stages:
        yield from _chosen(rules, stage)


def _chosen(rules: RuleSet, stage: Stage) -> Iterator[Reason]:
    hour = stage.deadline.partition("T")[2]
    if f"{hour}:00"[:8] != f"{rules.deadline_time}:00":
        told = f"A deadline is at {rules.deadline_time}, Brussels time; this one is at {hour}."
        yield Reason("deadline-off-the-hour", told, at(stage, "deadline"), "office")
    schemes = rules.all_schemes()
    if stage.scheme and stage.scheme not in schemes:
        told = f"The rule set has the schemes {', '.join(sorted(schemes))}."
        yield Reason("unknown-scheme", told, at(stage, "scheme"), "office")
    elif not schemes.get(stage.scheme or "", rules.scheme).suits_stage(stage.kind):
        told = f"The scheme is not made for {stage.kind} proposals."
        yield Reason("scheme-of-another-stage", told, at(stage, "scheme"), "office")
    else:
        for part in stage.topic_stages:
            if not scheme_in(rules, stage, part.action_type).suits_action(part.action_type):
                told = f"The scheme is not made for {part.action_type}, the action type of a topic."
                yield Reason("scheme-of-another-action", told, at(stage, "scheme"), "office")
    known = {document.key for document in rules.documents if stage.kind in (document.stages or (stage.kind,))}
    for field, keys in (("page_limits", stage.page_limits), ("required_documents", stage.required_documents)):
        for key in sorted(set(keys or ()) - known):
            told = f"The form of this stage has no document {key}."
            yield Reason("unknown-document", told, at(stage, field), "office")


def dates_in_order(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        yield from _in_order(stage)
    for earlier, later in pairwise(call.stages):
        if later.opens_at < earlier.closes_at:
            told = f"Stage {later.number} opens before stage {earlier.number} closes."
            yield Reason("stages-overlap", told, at(later, "opens_at"), "office")
        elif earlier.decision_on is None:
            told = f"Stage {earlier.number} has no indicative day of decision."
            yield Reason("no-decision-date", told, at(earlier, "decision_on"), "office")
        elif day_of(later.opens_at) <= earlier.decision_on:
            told = f"Stage {later.number} opens before stage {earlier.number} is decided."
            yield Reason("opens-before-decision", told, at(later, "opens_at"), "office")


def _in_order(stage: Stage) -> Iterator[Reason]:
    first, last, closes = stage.evaluation_from, stage.evaluation_to, day_of(stage.closes_at)
    if (first is None) != (last is None):
        field = "evaluation_from" if first is None else "evaluation_to"
        told = "The evaluation has a first and a last day, or neither."
        yield Reason("evaluation-half-dated", told, at(stage, field), "office")
    if first is not None and first < closes:
        told = "The evaluation begins before the deadline."
        yield Reason("evaluation-before-deadline", told, at(stage, "evaluation_from"), "office")
    if first is not None and last is not None and last < first:
        told = "The evaluation ends before it begins."
        yield Reason("evaluation-ends-too-early", told, at(stage, "evaluation_to"), "office")
    if stage.decision_on is not None and stage.decision_on < (last or closes):
        told = f"The decision comes before {'the evaluation ends' if last else 'the deadline'}."
        yield Reason("decision-too-early", told, at(stage, "decision_on"), "office")


def budget_adds_up(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        total = sum(part.budget for part in stage.topic_stages)
        if total > call.budget:
            told = f"The topics of stage {stage.number} take {total} of {call.budget} euro."
            yield Reason("budget-exceeded", told, "/budget", "office")
        for part in stage.topic_stages:
            if part.budget > call.budget:
                told = f"The ceiling of {part.budget} euro is above the call's budget, {call.budget}."
                yield Reason("ceiling-too-high", told, at(stage, f"topics/{part.topic.reference}"), "office")


def topics_fit(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        for part in stage.topic_stages:
            here = at(stage, f"topics/{part.topic.reference}")
            if part.expected_grants is None:
                told = f"How many grants are expected of {part.topic.reference} is not said."
                yield Reason("no-expected-grants", told, f"{here}/expected_grants", "office")
            if part.action_type != part.topic.action_type:
                told = f"The adopted text of {part.topic.reference} says {part.topic.action_type}."
                yield Reason("other-action-type", told, f"{here}/action_type", "office")
            if part.invited_to_next is not None and stage is call.stages[-1]:
                told = "No stage follows to which anybody could be invited."
                yield Reason("nothing-follows", told, f"{here}/invited_to_next", "office")


def topics_adopted(call: Call, ask: Ask) -> Why:
    for reference, state in sorted(
        {(p.topic.reference, p.topic.state) for s in call.stages for p in s.topic_stages}
    ):
        if state != TopicState.ADOPTED:
            told = f"Topic {reference} is not adopted."
            yield Reason("topic-not-adopted", told, f"/topics/{reference}", "committee")


def deadlines_ahead(call: Call, ask: Ask) -> Why:
    for stage in call.stages:
        if stage.closes_at <= ask.now:
            told = f"The deadline of stage {stage.number} has passed."
            yield Reason("deadline-passed", told, at(stage, "deadline"), "office")


NEEDS = ("stages.topic_stages.topic",)
SOUND = (
    has_topics, stages_of_its_kind, restricted_to_somebody, rules_hold, dates_in_order, budget_adds_up,
    topics_fit,
)  # fmt: skip
"""What a vote on budget and timetable asks for."""
READY = (*SOUND, topics_adopted, deadlines_ahead)
"""What publication asks for besides: adopted topics, and time to apply."""
