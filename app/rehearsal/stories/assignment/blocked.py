"""Every panel is to have a patient representative, and there are too few: the office is told and mends it."""

from app.rehearsal.acts.experts import LOAD
from app.rehearsal.acts.panels import look, solve, terms
from app.rehearsal.cast import Cast
from app.rehearsal.driver import expect
from app.rehearsal.stories.assignment.compared import WORST
from app.rehearsal.stories.assignment.pool import patients, speakers, wanted

NEED = "patient representative"
TOLD = "A run that the rules block, and how it is mended"


async def mend(cast: Cast) -> None:
    """The run names the rule that blocks, and the smallest repair; with one more expert it is solved."""
    asked = terms(cast, expertise=[NEED], rules=WORST)
    proposals, seats = wanted(cast), speakers(cast) * LOAD
    with cast.theatre.step("A run is blocked by the rules"):
        run = await solve(cast, terms=asked)
    expect(run["state"] == "infeasible", f"the run cannot keep all rules; it is {run['state']}")
    for sentence in run["sentences"]:
        cast.tell(TOLD, sentence)
    need = f"{proposals} proposals need the expertise {NEED}; {seats} seats exist."
    expect(need in run["sentences"], f"it is told which rule blocks: {need}")
    repair = [one for one in run["sentences"] if one.startswith("To mend it")]
    short = proposals - seats
    expect(len(repair) == short, f"the smallest repair is {short} panels without one; told are {repair}")
    await patients(cast, 1)
    with cast.theatre.step("One more expert, and it is solved"):
        run = await solve(cast, terms=asked)
        made = await look(cast, run, "worst")
    cast.tell(
        TOLD, f"With one more patient representative: {made['figures']['seats']} seats, {run['state']}."
    )
    cast.found["set"] = made["id"]
