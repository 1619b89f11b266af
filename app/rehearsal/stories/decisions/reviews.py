"""Reviews: one upheld when the money is spent, one against ineligibility, one dismissed, one a day late."""

from datetime import datetime

from app.rehearsal.acts import experts, redress
from app.rehearsal.cast import DAY, Cast, at
from app.rehearsal.driver import Person, expect
from app.rehearsal.stories.decisions import letters
from app.rehearsal.stories.decisions.parts import by_name, entry

WEIGH = ("Rachel Review", "Rami Review", "Rosalind Review")
FRESH = ("Fabia Fresh", "Fedor Fresh", "Freya Fresh")
OVERLOOKED = "The report says that there is no clinical partner; two are named on page 12."
IN_SCOPE = "The proposal names a vaccine as a comparison alone, and develops a treatment."
HEARSAY = "We have heard that others were treated better than we were."
NOT_A_GROUND = "It names no shortcoming of the procedure and no error of fact."
ANEW = {"JUNIPER": ("4.5", "5", "4.5"), "MAPLE": ("4", "3.5", "3.5")}
"""What their new evaluations come to, by criterion."""
FILED, WEIGHED = "2020-06-15T10:00", "2020-07-09T10:00"
"""When the first are filed, and when they are weighed."""
TOLD, PLACES = "Reviews", "Nobody who is selected loses a place"


async def ask(cast: Cast) -> None:
    """Two ask in time; two who have lost ask on one day, which for one of them is a day late."""
    with cast.theatre.step("Coordinators ask for a review"):
        await cast.theatre.clock(at(FILED))
        for name, ground, text in (
            ("JUNIPER", "factual_error", OVERLOOKED),
            ("MAPLE", "wrong_eligibility", IN_SCOPE),
        ):
            cast.found[name] = await redress.file(entry(cast, name), ground, text)
        late, other = entry(cast, "KAPOK"), entry(cast, "LARCH")
        last = (await letters.of(cast, late))["last_day"]
        await cast.theatre.clock(datetime.fromisoformat(f"{last}T12:00:00+00:00") + DAY)
        sent = redress.asked("procedural_shortcoming", HEARSAY)
        told = await late.coordinator.refused(f"/proposals/{late.proposal}/redresses", **sent)
        expect(told == ["late"], f"a day after the last is late; told is {told}")
        cast.tell(TOLD, "KAPOK", "refused", f"filed the day after {last}")
        path = await redress.file(other, "procedural_shortcoming", HEARSAY)
        done = await cast.office.both(f"{path}/dismiss", cast.second, text=NOT_A_GROUND)
        expect(done["state"] == "dismissed", f"two officers dismiss it; it is {done['state']}")
        cast.tell(TOLD, "LARCH", "dismissed", NOT_A_GROUND)


async def weigh(cast: Cast) -> None:
    """Experts who took no part evaluate both anew: one is above the line, one is placed on the reserve."""
    with cast.theatre.step("Two are upheld and evaluated anew"):
        await cast.theatre.clock(at(WEIGHED))
        people = [await cast.theatre.enter(name) for name in WEIGH]
        before = await _selected(cast)
        for name in ANEW:
            await redress.admit(cast, cast.found[name])
        await _refuse_who_took_part(cast)
        fresh = await experts.engage_all(cast, [(name, None) for name in FRESH])
        for name, advice, text in (
            ("JUNIPER", "re_evaluate", OVERLOOKED),
            ("MAPLE", "reinstate", IN_SCOPE),
        ):
            again = await redress.uphold(cast, cast.found[name], people, advice, text)
            scores = dict(zip(cast.criteria, ANEW[name], strict=True))
            made = await redress.evaluate_anew(cast, again, fresh, scores)
            settled = await redress.settle(cast, cast.found[name])
            cast.tell(
                TOLD, name, settled["remedy"], f"{made['total']} points, rank {settled['rank']} on the list"
            )
        after = await _selected(cast)
        expect(before == after, f"who is selected stays so: {before}, {after}")
        cast.tell(PLACES, "before the reviews", by_name(cast, before))
        cast.tell(PLACES, "after them", by_name(cast, after))


async def _refuse_who_took_part(cast: Cast) -> None:
    """Neither an expert of the proposal nor a member who voted weighs a review of it (Z-04)."""
    about, path = entry(cast, "JUNIPER"), cast.found["JUNIPER"]
    judged = cast.fields[0].chairs[about.proposal][0].expert.person
    for person in (judged, cast.chair):
        told = await _name(cast, path, person)
        expect("took-part" in told, f"{person.name} took part; told is {told}")


async def _name(cast: Cast, path: str, person: Person) -> list[str]:
    return await cast.office.refused(f"{path}/name_member", account_id=await person.id())


async def _selected(cast: Cast) -> list[str]:
    found = await cast.office.all("/proposals", topic_stage_id=cast.fields[0].part, state="selected")
    return sorted(str(one["reference"]) for one in found)
