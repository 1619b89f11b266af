"""The deadline moves half an hour after it has passed; once an expert has access it moves no more."""

from app.rehearsal.acts.proposals import hand_in
from app.rehearsal.cast import DAY, MINUTE, Cast
from app.rehearsal.driver import expect
from app.rehearsal.plan import judge
from app.rehearsal.stories.topics.published import moved

WHY = "The portal could not be reached for an hour."
MORE = 7 * DAY


async def extend(cast: Cast) -> None:
    """Who was too late is refused, and is in time again with everybody else; a draft is a draft again."""
    (late,) = [entry for field in cast.fields for entry in field.late]
    (field,) = [field for field in cast.fields if field.late]
    with cast.theatre.step("The deadline moves after it has passed"):
        await cast.theatre.clock(cast.closes + 30 * MINUTE)
        codes = await late.coordinator.refused(f"/proposals/{late.proposal}/submit")
        expect(codes == ["deadline-passed"], "what comes half an hour late is refused")
        field.late_refused += 1
        wall = _wall(cast)
        await cast.office.act(f"/stages/{cast.stage}/extend", deadline=wall, reason=WHY)
        await moved(cast, WHY)
        letters = await cast.theatre.letters(late.coordinator.address)
        expect(any(WHY in letter["text"] for letter in letters), "who has a draft is told that it moved")
        await hand_in(late)
        judge(late.paper, "weak", cast.call_file.experts_per_proposal, cast.synthetic, cast.criteria)
        field.late.remove(late)
        field.entries.append(late)


async def try_again(cast: Cast) -> None:
    """Experts read proposals by now."""
    with cast.theatre.step("A second extension is refused"):
        codes = await cast.office.refused(f"/stages/{cast.stage}/extend", deadline=_wall(cast), reason=WHY)
        cast.tell("Refused", "another extension, now that experts have access", ", ".join(codes))
        expect("evaluation-begun" in codes, "a deadline moves no more once an expert has access")


def _wall(cast: Cast) -> str:
    return f"{(cast.closes + MORE):%Y-%m-%d}T17:00"
