"""The call is prepared, voted and published, with every stage that its file describes."""

from app.rehearsal.acts.committee import vote
from app.rehearsal.call_file import Stage
from app.rehearsal.cast import HOUR, Cast, at, euro


async def publish(cast: Cast) -> None:
    """Dates and budgets are voted, then everybody may read the call."""
    with cast.theatre.step("The call is published"):
        await prepare(cast)
        await adopt(cast)
        await open_to_all(cast)


async def prepare(cast: Cast) -> None:
    """The call, its stages, and every topic in each of them."""
    file = cast.call_file
    made = await cast.office.make(
        "/calls",
        reference=file.reference,
        title=file.title,
        rule_set=file.rule_set,
        kind="two_stage" if len(file.stages) > 1 else "single_stage",
        budget=euro(sum(topic.envelope for topic in file.topics)),
    )
    cast.call = made["id"]
    for changed in file.overrides:
        await cast.office.act(f"/calls/{cast.call}/override", **changed.model_dump())
    for number, stage in enumerate(file.stages):
        key = (await cast.office.make(f"/calls/{cast.call}/stages", **_dates(cast, stage)))["id"]
        cast.stages.append(key)
        if number == 0:
            cast.stage, cast.closes = key, at(stage.deadline)
        for field in cast.fields:
            share = {"topic_id": field.topic, "budget": euro(field.plan.topic.envelope)}
            part = await cast.office.make(f"/stages/{key}/topic_stages", **share)
            if number == 0:
                field.part = part["id"]
            else:
                field.next_part = part["id"]


def _dates(cast: Cast, stage: Stage) -> dict[str, str]:
    dates = {"opens_at": at(stage.opens_on or cast.wall("opens_on")).isoformat(), "deadline": stage.deadline}
    return dates | ({"decision_on": stage.decided_on[:10]} if stage.decided_on else {})


async def adopt(cast: Cast) -> None:
    await vote(cast, "adopt_call", cast.call, "Adopt budget and timetable", cast.wall("begins_on"))


async def open_to_all(cast: Cast) -> None:
    """It is published on its first day, and read by somebody without an account."""
    opens, theatre = at(cast.wall("opens_on")), cast.theatre
    await theatre.clock(opens)
    await cast.office.act(f"/calls/{cast.call}/publish")
    await theatre.clock(opens + HOUR)
    call = await theatre.ask("GET", f"/public/calls/{cast.call_file.reference}", 200)
    for stage in call["stages"]:
        closes = stage["deadline"]
        when = f"stage {stage['number']} closes {closes['wall']} in Brussels"
        for topic in stage["topics"]:
            cast.tell("As published", when, closes["at"], topic["reference"], topic["budget"]["amount"])
