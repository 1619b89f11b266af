"""The committee raises an envelope and decides on the list; two officers release the results."""

from datetime import timedelta

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import Cast, at, euro


async def decide(cast: Cast) -> None:
    """Money first, then the list; whoever applies in the topic is out of both votes."""
    stage = cast.call_file.stages[0]
    with cast.theatre.step("The committee decides"):
        await cast.theatre.clock(at(stage.decided_on))
        for field in cast.fields:
            raised = field.plan.topic.raised_to
            if not field.panel:
                continue
            if raised is not None:
                text = f"Raise the envelope of {field.reference} to {raised} euro"
                amount = {"amount": euro(raised)}
                await vote(cast, "raise_envelope", field.part, text, stage.decided_on, **amount)
            await vote(cast, "adopt_list", field.part, "Adopt the ranked list", stage.decided_on)


async def release(cast: Cast) -> None:
    """Two officers release; every coordinator gets a letter."""
    with cast.theatre.step("Results are released, letters go out"):
        await cast.theatre.clock(at(cast.call_file.stages[0].released_on))
        decisions = await cast.office.all("/decisions")
        for field in cast.fields:
            for decision in decisions:
                if decision["topic_stage_id"] == field.part:
                    field.decision = decision["id"]
                    await cast.office.both(f"/decisions/{field.decision}/release", cast.second)
        await cast.theatre.clock(at(cast.call_file.stages[0].released_on) + timedelta(minutes=5))
