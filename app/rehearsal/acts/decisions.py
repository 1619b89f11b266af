"""The committee raises an envelope and decides on the list; two officers release; applicants read why."""

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import MINUTE, Cast, Entry, at, euro
from app.rehearsal.driver import expect


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
    """Two officers release what the preview shows; every coordinator gets a letter."""
    with cast.theatre.step("Results are released, letters go out"):
        await cast.theatre.clock(at(cast.wall("released_on")))
        decisions = await cast.office.all("/decisions")
        for field in cast.fields:
            for decision in decisions:
                if decision["topic_stage_id"] == field.part and decision["state"] == "adopted":
                    field.decision = decision["id"]
                    here = f"/decisions/{field.decision}"
                    seen = await cast.office.get(f"{here}/preview")
                    await cast.office.both(f"{here}/release", cast.second, digest=seen["digest"])
        await cast.theatre.clock(at(cast.wall("released_on")) + 5 * MINUTE)


async def read(cast: Cast) -> None:
    """Coordinators of what was evaluated read the summary report; who goes on has none (V-23)."""
    work = [_read(cast, entry) for field in cast.fields for entry in field.evaluated]
    await cast.theatre.together("Coordinators read their summary reports", work)


async def _read(cast: Cast, entry: Entry) -> None:
    outcome = (await entry.coordinator.get(f"/proposals/{entry.proposal}"))["state"]
    found = await entry.coordinator.all("/summaries", proposal_id=entry.proposal)
    due = outcome in TOLD[cast.kind]
    expect(len(found) == due, f"there is {due:d} summary report to read of {entry.paper.acronym}")
    for one in found:
        read = await entry.coordinator.get(f"/summaries/{one['id']}")
        scores = {part["code"]: part["score"] for part in read["content"]["criteria"]}
        expect(read["proposal_id"] == entry.proposal, "it is that of the coordinator's own proposal")
        expect(set(scores) == set(cast.criteria), "it has a score for every criterion")
        cast.note("summary reports read")


TOLD = {"short": {"rejected"}, "full": {"selected", "reserve", "rejected"}}
"""The outcomes with which a summary report is released, by the kind of the stage."""
