"""What the rows of a call bring about."""

from decimal import Decimal

from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import named
from app.calls.rules import instant
from app.topics.models import Topic
from app.workflow.rows import look
from app.workflow.run import Act


async def name_rule_set(call: Call, act: Act) -> None:
    """A call names a rule set that exists. Raises Malformed."""
    named(act.data.rule_set)


async def add_to_call(stage: Stage, act: Act) -> None:
    call: Call = act.parent
    stage.call, stage.number = call, len(call.stages) + 1


async def set_deadline(stage: Stage, act: Act) -> None:
    """Freeze the instant that the wall time stands for."""
    stage.closes_at = instant(act.data.deadline)
    if act.row is not None and not act.row.creates:
        stage.deadline = act.data.deadline


async def remember_deadline(stage: Stage, act: Act) -> None:
    """What the deadline was; a reaction that publishes the change reads it from the trail."""
    act.note(was=stage.closes_at.isoformat())


async def add_to_stage(topic_stage: TopicStage, act: Act) -> None:
    """Put a topic the actor may see into the stage. Raises NotFound."""
    topic_stage.topic, _ = await look(act.session, Topic, act.data.topic_id, act.actor)
    topic_stage.stage = act.parent


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
    call.rules = named(call.rule_set).model_dump(mode="json")
    call.published_at = act.now
