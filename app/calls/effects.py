"""What the rows of a call bring about."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.calls.overrides import applied, beside, put, without
from app.calls.rule_set import named
from app.calls.rules import instant
from app.calls.schemas import Override, PrepareCall
from app.topics.models import Topic
from app.workflow.rows import look
from app.workflow.run import Act


async def begin(call: Call, act: Act) -> None:
    call.rules, call.overrides = {}, []


async def override(call: Call, act: Act) -> None:
    """Keep the new value of a place with what stood there, in place of what was changed there before."""
    others = beside(call.overrides, act.data.path)
    (kept,) = _kept(call.rule_set, others, [act.data], act)
    call.overrides = [*others, kept]
    act.note(path=kept["path"], was=kept["was"])


async def take_overrides(call: Call, act: Act) -> None:
    """Those of a file, in its order; that they hold together has been asked before."""
    call.overrides = _kept(call.rule_set, [], act.data.overrides, act)


def _kept(code: str, others: Sequence[Any], new: Sequence[Override], act: Act) -> list[Any]:
    """New overrides as a call keeps them: each with what stood at its place before."""
    rules = named(code).model_dump(mode="json")
    for one in others:
        put(rules, one["path"], one["value"])
    at = act.now.isoformat()
    return [one.model_dump(mode="json") | {"was": put(rules, one.path, one.value), "at": at} for one in new]


async def restore(call: Call, act: Act) -> None:
    call.overrides = without(call.overrides, act.data.path)


async def copy_past(call: Call, act: Act) -> None:
    """The same again under another reference; of its money what was announced, and nothing under embargo."""
    past: Call = act.parent
    for name in set(PrepareCall.model_fields) - {"reference", "budget"}:
        setattr(call, name, getattr(past, name))
    call.reference, call.budget = act.data.reference, past.announced
    call.rules, call.overrides = {}, [dict(one) for one in past.overrides]
    act.note(of=past.reference)


async def add_to_call(stage: Stage, act: Act) -> None:
    """Put it after the others; of a two-stage call the first takes short proposals (C-06)."""
    call: Call = act.parent
    stage.call, stage.number = call, len(call.stages) + 1
    if stage.kind is None:
        stage.kind = "short" if call.kind == "two_stage" and stage.number == 1 else "full"


async def set_deadline(stage: Stage, act: Act) -> None:
    """Freeze the instant that the wall time stands for, if one was sent."""
    if "deadline" not in act.data.model_fields_set:
        return
    stage.closes_at = instant(act.data.deadline)
    if act.row is not None and not act.row.creates:
        stage.deadline = act.data.deadline


async def remember_deadline(stage: Stage, act: Act) -> None:
    """What the deadline was; a reaction that publishes the change reads it from the trail."""
    act.note(was=stage.closes_at.isoformat())


async def add_to_stage(topic_stage: TopicStage, act: Act) -> None:
    """Put a topic the actor may see into the stage, with what rules and topic say. Raises NotFound."""
    stage: Stage = act.parent
    topic, _ = await look(act.session, Topic, act.data.topic_id, act.actor)
    topic_stage.topic, topic_stage.stage = topic, stage
    rules = rules_of(stage.call)
    topic_stage.ceiling = act.data.ceiling or rules.ceiling
    topic_stage.action_type = act.data.action_type or topic.action_type
    if act.data.invited_to_next is None and stage.kind == "short":
        topic_stage.invited_to_next = rules.invited_to_stage_2


async def raise_to(subject: Call | TopicStage, act: Act) -> None:
    """Change the money, and remember what it was (K-04); what is under embargo is no news yet."""
    act.note(was=str(subject.budget), now=str(act.data.budget))
    if act.data.embargoed:
        subject.embargoed += act.data.budget - subject.budget
    subject.budget = act.data.budget


async def announce(topic_stage: TopicStage, act: Act) -> None:
    """With the results everybody may know how much there is."""
    topic_stage.embargoed = Decimal(0)


async def announce_of_topics(call: Call, act: Act) -> None:
    """What is no topic's secret any more is not the call's either; the topics' results come one by one."""
    call.embargoed = min(call.embargoed, embargoed_of(call))


def embargoed_of(call: Call) -> Decimal:
    """What was added to the topics of a call and is held back, in euro; money that only moved is not."""
    held = (max(part.embargoed, Decimal(0)) for stage in call.stages for part in stage.topic_stages)
    return sum(held, Decimal(0))


async def pin_rules(call: Call, act: Act) -> None:
    """From publication on the rules of a call are its own copy."""
    call.rules = applied(call.rule_set, call.overrides).model_dump(mode="json")
    call.published_at = act.now
