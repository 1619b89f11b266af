"""The call is prepared, voted and published."""

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import HOUR, Cast, at, euro


async def publish(cast: Cast) -> None:
    """Dates and budgets are voted, then everybody may read the call."""
    theatre, file = cast.theatre, cast.call_file
    stage = file.stages[0]
    with theatre.step("The call is published"):
        made = await cast.office.make(
            "/calls",
            reference=file.reference,
            title=file.title,
            rule_set=file.rule_set,
            budget=euro(sum(topic.envelope for topic in file.topics)),
        )
        cast.call = made["id"]
        opens = at(file.opens_on)
        scheduled = await cast.office.make(
            f"/calls/{cast.call}/stages", opens_at=opens.isoformat(), deadline=stage.deadline
        )
        cast.stage = scheduled["id"]
        for field in cast.fields:
            part = await cast.office.make(
                f"/stages/{cast.stage}/topic_stages",
                topic_id=field.topic,
                budget=euro(field.plan.topic.envelope),
            )
            field.part = part["id"]
        await vote(cast, "adopt_call", cast.call, "Adopt budget and timetable", file.begins_on)
        await theatre.clock(opens)
        await cast.office.act(f"/calls/{cast.call}/publish")
        await theatre.clock(opens + HOUR)
