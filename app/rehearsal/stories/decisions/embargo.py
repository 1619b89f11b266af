"""Between the panel and the release applicants are answered by the same bytes, whatever is decided."""

from app.rehearsal.cast import Cast
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions.parts import entry

READERS = ("ALDER", "CEDAR", "JUNIPER", "MAPLE")
"""Coordinators of one that will be selected, passed over, below a threshold, found ineligible."""
OWN = ("/proposals", "/proposals/{key}", "/topic_stages/{part}", "/calls/{call}", "/public/calls/{reference}")
NOTHING = ("/decisions", "/letters", "/summaries", "/motions", "/reserve_lists", "/what_ifs", "/redresses")
TOLD = "Between decision and release"


async def look(cast: Cast) -> None:
    """Before the list is closed: what coordinators read."""
    with cast.theatre.step("Coordinators look before the list is closed"):
        for name in READERS:
            for path in _paths(cast, name):
                cast.found[f"{name} {path}"] = await _read(cast, name, path)


async def look_again(cast: Cast) -> None:
    """All is decided, twice, and money was raised: not a byte is another."""
    with cast.theatre.step("Coordinators look again before the release"):
        for name in READERS:
            paths = _paths(cast, name)
            differing = [p for p in paths if cast.found[f"{name} {p}"] != await _read(cast, name, p)]
            expect(not differing, f"{name} reads the same as before; other is {', '.join(differing)}")
            for path in NOTHING:
                found = await entry(cast, name).coordinator.all(path)
                expect(found == [], f"{name} reads nothing at {path}; read is {found}")
            told = f"{len(paths)} answers are the same bytes, {len(NOTHING)} lists are empty"
            cast.tell(TOLD, name, told)


def _paths(cast: Cast, name: str) -> list[str]:
    field, key = cast.fields[0], entry(cast, name).proposal
    known = {"key": key, "part": field.part, "call": cast.call, "reference": cast.call_file.reference}
    return [path.format(**known) for path in OWN]


async def _read(cast: Cast, name: str, path: str) -> str:
    answer = await cast.theatre.send("GET", path, entry(cast, name).coordinator.token)
    expect(answer.status_code == 200, f"{name} reads {path}: {answer.status_code}")
    return answer.text
