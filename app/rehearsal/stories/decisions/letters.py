"""Letters that are opened, and others that are not: each has its own last day (Z-01)."""

from typing import Any

from app.rehearsal.cast import Cast, Entry
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions.parts import entry
from app.rehearsal.stories.decisions.votes import SAME_WORK

OPENED, UNOPENED = ("CEDAR", "JUNIPER", "KAPOK", "MAPLE"), ("LARCH",)
TOLD = "Letters, and the last day to ask for a review"


async def open_some(cast: Cast) -> None:
    """Some read theirs at once; who was passed over reads why, in the committee's words."""
    with cast.theatre.step("Some coordinators open their letters"):
        for name in OPENED:
            about = entry(cast, name)
            (letter,) = await about.coordinator.all("/letters", proposal_id=about.proposal)
            read = await about.coordinator.get(f"/letters/{letter['id']}")
            expect(read["opened_at"] is not None, "to read it is to open it")
            if name == "CEDAR":
                said = (f"Reason {SAME_WORK['reason']}", SAME_WORK["text"])
                expect(all(one in read["text"] for one in said), f"it reads why: {read['text']}")
                rank = next(o["rank"] for o in await _lines(cast) if o["proposal_id"] == about.proposal)
                cast.tell("Passed over", name, f"keeps rank {rank}", SAME_WORK["text"])
        for name in (*OPENED, *UNOPENED):
            letter = await of(cast, entry(cast, name))
            opened = "never opened" if letter["opened_at"] is None else "opened at once"
            cast.tell(TOLD, name, opened, letter["received_on"], letter["last_day"])


async def _lines(cast: Cast) -> list[dict[str, Any]]:
    return list((await cast.office.get(f"/decisions/{cast.fields[0].decision}"))["lines"])


async def of(cast: Cast, about: Entry) -> dict[str, Any]:
    """The letter about the outcome of a proposal, as the office reads it; nobody opens it by that."""
    found = await cast.office.all("/letters", proposal_id=about.proposal)
    (letter,) = [one for one in found if one["kind"] != "redress"]
    whole: dict[str, Any] = await cast.office.get(f"/letters/{letter['id']}")
    return whole
