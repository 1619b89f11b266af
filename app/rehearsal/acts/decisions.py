"""The committee raises an envelope and decides on the list; two officers release the results."""

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import MINUTE, Cast, at, euro


async def decide(cast: Cast) -> None:
    """Money first, then the list; whoever applies in the topic is out of both votes."""
    with cast.theatre.step("The committee decides"):
        await cast.theatre.clock(at(cast.wall("decided_on")))
        for field in cast.fields:
            raised = field.plan.topic.raised_to
            if not field.panel:
                continue
            if raised is not None and cast.kind == "full":
                text = f"Raise the envelope of {field.reference} to {raised} euro"
                amount = {"amount": euro(raised)}
                await vote(cast, "raise_envelope", field.part, text, cast.wall("decided_on"), **amount)
            await vote(cast, "adopt_list", field.part, "Adopt the ranked list", cast.wall("decided_on"))


async def release(cast: Cast) -> None:
    """Two officers release; every coordinator gets a letter."""
    with cast.theatre.step("Results are released, letters go out"):
        await cast.theatre.clock(at(cast.wall("released_on")))
        decisions = await cast.office.all("/decisions")
        for field in cast.fields:
            for decision in decisions:
                if decision["topic_stage_id"] == field.part:
                    field.decision = decision["id"]
                    await cast.office.both(f"/decisions/{field.decision}/release", cast.second)
        await cast.theatre.clock(at(cast.wall("released_on")) + 5 * MINUTE)
