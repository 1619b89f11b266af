"""All that are above the thresholds are heard before the panel discusses them; one does not come (V-20)."""

from typing import Any

from app.rehearsal.cast import DAY, MINUTE, Cast, Entry, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.panel.groups import entry
from app.rehearsal.stories.panel.room import leaving, sitting

QUESTIONS = ["How many patients does the trial need?", "Who takes over if a partner leaves?"]
OWN = "What does the pathway to patients look like, year by year?"
"""Asked of one proposal beside what all are asked."""
ANSWER, HEARD_AFTER = 2 * DAY, 3 * DAY
"""Since the panel has gathered: the time to answer in writing, and the first slot."""
LASTS = 30 * MINUTE
ABSENT = "equal"
TOLD = "Hearings"


async def call(cast: Cast) -> None:
    """The office prepares a round; nobody knows of it until all are called at one moment."""
    field, day = cast.fields[0], at(cast.wall("panel_on"))
    with cast.theatre.step("The panel calls to hearings"):
        asked = {"questions": QUESTIONS, "answer_until": (day + ANSWER).isoformat()}
        held = await cast.office.make(f"/panels/{field.panel}/hearing_rounds", **asked)
        cast.found["round"] = here = f"/hearing_rounds/{held['id']}"
        listed = await cast.office.all("/hearings", hearing_round_id=held["id"])
        paths = {one["proposal_id"]: f"/hearings/{one['id']}" for one in listed}
        everybody = {one.proposal for one in field.evaluated}
        expect(paths.keys() == everybody, "all above the thresholds are heard, and nobody is chosen")
        for number, about in enumerate(field.evaluated):
            starts = day + HEARD_AFTER + number * LASTS
            slot: dict[str, Any] = {
                "starts_at": starts.isoformat(),
                "ends_at": (starts + LASTS).isoformat(),
                "place": "By video",
                "secret": f"The room opens with the word {about.paper.acronym}.",
            }
            own = {"questions": [OWN]} if about is entry(cast, "divided") else {}
            await cast.office.edit(paths[about.proposal], 1, **slot, **own)
        early = await field.evaluated[0].coordinator.all("/hearings")
        expect(early == [], f"no coordinator knows of a hearing before the call; read is {early}")
        await cast.office.act(f"{here}/send")
        cast.found |= {f"hearing of {key}": path for key, path in paths.items()}


def _path(cast: Cast, about: Entry) -> str:
    return cast.found[f"hearing of {about.proposal}"]


async def answer(cast: Cast) -> None:
    """Coordinators read what they are asked, say who will come, and answer; none reads of another."""
    work = [_answer(cast, about) for about in cast.fields[0].evaluated]
    await cast.theatre.together("Coordinators announce who comes, and answer", work)


async def _answer(cast: Cast, about: Entry) -> None:
    who, here = about.coordinator, _path(cast, about)
    seen = {one["proposal_id"] for one in await who.all("/hearings")}
    expect(seen == {about.proposal}, f"a coordinator reads of the own hearing alone; read is {seen}")
    for other in cast.fields[0].evaluated:
        if other is not about:
            await cast.theatre.ask("GET", _path(cast, other), 404, who.token)
    questions = [said["question"] for said in (await who.get(here))["said"]]
    expect(questions[: len(QUESTIONS)] == QUESTIONS, f"all are asked the same; asked is {questions}")
    await who.act(f"{here}/announce", attendees=[seat.person for seat in about.paper.seats[:2]])
    if about is not entry(cast, ABSENT):
        answers = [f"Synthetic answer {number}." for number, _ in enumerate(questions, 1)]
        await who.act(f"{here}/answer", answers=answers)


async def hold(cast: Cast) -> None:
    """Nothing is closed before all had their hearing; the moderator notes who came, and who did not."""
    field = cast.fields[0]
    with cast.theatre.step("Proposals are heard"):
        here = f"/panels/{field.panel}"
        await cast.office.act(f"{here}/rank")
        refused = await cast.office.refused(f"{here}/close")
        expect("hearings-not-over" in refused, f"hearings that are due block the closing; told is {refused}")
        cast.tell(TOLD, "", "the list is not closed before all are heard")
        last = len(field.evaluated) - 1
        await cast.theatre.clock(at(cast.wall("panel_on")) + HEARD_AFTER + last * LASTS + MINUTE)
        for about in field.evaluated:
            await _hold(cast, about)
        over = await cast.office.get(cast.found["round"])
        expect(over["state"] == "over", f"the round is over with its last hearing; it is {over['state']}")
        await _read_in_the_room(cast)


async def _read_in_the_room(cast: Cast) -> None:
    """Members read what was said, but for whom they leave the room."""
    exits = await leaving(cast)
    for about in cast.fields[0].evaluated:
        for person in (one.person for one in sitting(cast)):
            out = about.proposal in exits[person.name]
            read = await cast.theatre.ask("GET", _path(cast, about), 404 if out else 200, person.token)
            expect(out or read["note"] is not None, "members read what is noted of a hearing")
    often = sum(len(left) for left in exits.values())
    cast.tell(TOLD, "", f"nothing of it for those who leave the room, {often} times")


async def _hold(cast: Cast, about: Entry) -> None:
    here, came = _path(cast, about), about.coordinator.name
    if about is entry(cast, ABSENT):
        noted = await cast.second.act(f"{here}/note_absence", note="Nobody came, and nobody wrote why.")
        cast.tell(TOLD, about.reference, "nobody came")
    else:
        note = "What was written is explained; nothing is new."
        noted = await cast.second.act(f"{here}/hold", present=[came], note=note)
        cast.tell(TOLD, about.reference, f"heard; of {len(noted['attendees'])} announced {came} came")
    own = await about.coordinator.get(here)
    expect("note" not in own, "what the panel notes of a hearing is the panel's")


async def hear_nobody_again(cast: Cast) -> None:
    """The list has come back: who was heard, or had the chance, is not heard again."""
    refused = await cast.office.refused(f"/panels/{cast.fields[0].panel}/hearing_rounds")
    expect(refused == ["nobody-to-hear"], f"all had their hearing; told is {refused}")
