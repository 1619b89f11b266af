"""An advisory body is against it, a vote lacks its quorum, and another adopts the text (T-05, T-06)."""

from app.rehearsal.acts.committee import begin, end, vote
from app.rehearsal.cast import DAY, Cast, at
from app.rehearsal.driver import expect

STATES = "Synthetic States Representatives Group"
PANEL = "Synthetic Science and Innovation Panel"
TOLD = "Opinions and votes on the first topic"


async def hear_advisers(cast: Cast) -> None:
    """Both bodies write an opinion on the first topic: one is negative, which is told and blocks nothing."""
    with cast.theatre.step("Advisory bodies give their opinions"):
        for field in cast.fields:
            await cast.office.act(f"/topics/{field.topic}/finalise")
        for name, outcome, text in (
            (STATES, "negative", "Several states fund the like already; nothing new comes of it."),
            (PANEL, "positive_with_remarks", "It is wanted; let the first patients be seen within a year."),
        ):
            body = await cast.office.make("/bodies", kind="advisory", name=name)
            given = {"body_id": body["id"], "outcome": outcome, "text": text}
            await cast.office.make(f"/topics/{cast.fields[0].topic}/opinions", **given)
            cast.tell(TOLD, name, outcome)


async def adopt(cast: Cast) -> None:
    """Three of seven are no quorum: the vote is adjourned, and held again when enough have come."""
    topic, day = cast.fields[0].topic, at(cast.wall("begins_on")) + 70 * DAY
    with cast.theatre.step("The committee adopts the topics"):
        await cast.theatre.clock(day)
        asked = await begin(cast, "adopt_topic", topic, "Adopt the topic", cast.wall("begins_on"))
        for member in asked.entitled[:3]:
            await member.act(f"{asked.motion}/vote", choice="yes")
        codes = await cast.chair.refused(f"{asked.motion}/adopt")
        expect("no-quorum" in codes, "three of seven cannot adopt")
        failed = await end(cast, asked, "adjourn", "Too few have come.")
        cast.tell(TOLD, "first vote: 3 of 7 members", failed["state"])
        await cast.theatre.clock(day + 14 * DAY)
        for field in cast.fields:
            await vote(cast, "adopt_topic", field.topic, "Adopt the topic", cast.wall("begins_on"))
        cast.tell(TOLD, "second vote: all members", (await cast.office.get(f"/topics/{topic}"))["state"])
