"""Topics are drafted and adopted."""

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import Cast, Field, euro


async def define(cast: Cast) -> None:
    """From idea to adopted text."""
    with cast.theatre.step("Topics are defined", len(cast.fields)):
        for field in cast.fields:
            await _define(cast, field)


async def _define(cast: Cast, field: Field) -> None:
    topic = field.plan.topic
    made = await cast.office.make("/topics", reference=topic.reference, title=topic.title)
    field.topic = made["id"]
    await cast.office.edit(
        f"/topics/{field.topic}",
        challenge="A challenge.",
        need="Both.",
        scope=topic.scope or "A scope.",
        outcomes="Outcomes.",
        impact="Impact.",
        indicative_budget=euro(topic.envelope),
    )
    await cast.office.act(f"/topics/{field.topic}/finalise")
    await vote(cast, "adopt_topic", field.topic, "Adopt the topic", cast.call_file.begins_on)
