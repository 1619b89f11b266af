"""The call is out: anybody reads it, somebody asks, and a corrigendum gives applicants more time (T-07)."""

from datetime import datetime

from app.rehearsal.acts.calls import adopt, open_to_all, prepare
from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import DAY, Cast, at, euro
from app.rehearsal.driver import expect

TOLD = "Changes after publication"
CURIOUS = "Cosmo Curious"


async def publish(cast: Cast) -> None:
    """A budget that does not add up is refused before the vote; then the call is voted and published."""
    with cast.theatre.step("The call is published"):
        await prepare(cast)
        here = f"/calls/{cast.call}"
        await cast.office.change(here, budget=euro(1))
        session = {"title": "Too early", "held_at": at(cast.wall("begins_on")).isoformat()}
        held = await cast.office.make(f"/bodies/{cast.body}/sessions", **session)
        motion = {"purpose": "adopt_call", "subject_id": cast.call, "text": "Adopt it"}
        codes = await cast.office.refused(f"/sessions/{held['id']}/motions", **motion)
        expect("budget-exceeded" in codes, "a budget that does not add up is not put to the vote")
        await cast.office.change(here, budget=euro(sum(t.envelope for t in cast.call_file.topics)))
        await adopt(cast)
        await open_to_all(cast)


async def look(cast: Cast) -> None:
    """Somebody without an account reads the call, its topics, the feeds, the calendar and the report."""
    theatre, reference = cast.theatre, cast.call_file.reference
    with theatre.step("Somebody looks from outside"):
        for path in ("/public/calls", f"/public/calls/{reference}", "/public/topics?q=sepsis"):
            await theatre.ask("GET", path, 200)
        for field in cast.fields:
            await theatre.ask("GET", f"/public/topics/{field.reference}", 200)
            report = await theatre.ask("GET", f"/topics/{field.topic}/consultation_report", 200)
            said = sum(len(one["comments"]) for one in report["rounds"])
            cast.tell("Consulted on", field.reference, f"{len(report['rounds'])} rounds", f"{said} comments")
        feed = (await theatre.send("GET", "/public/calls.json")).json()
        expect(len(feed["items"]) > 0, "the feed tells of the call")
        expect("<feed" in (await theatre.send("GET", "/public/calls.atom")).text, "there is an Atom feed")
        expect("TZID=Europe/Brussels" in await _calendar(cast), "the calendar has the deadline in Brussels")


async def ask(cast: Cast) -> None:
    """A question is answered for everybody, who never learn who asked it."""
    with cast.theatre.step("A question is asked and answered"):
        who = await cast.theatre.enter(CURIOUS)
        question = await who.make(f"/calls/{cast.call}/questions", text="May a clinic take part?")
        here = f"/questions/{question['id']}"
        await cast.office.act(f"{here}/answer", answer="It may, in any consortium.")
        await cast.office.act(f"{here}/publish")


async def correct(cast: Cast) -> None:
    """A corrigendum of the first topic touches its scope: it is voted, and the deadline moves (T-07)."""
    field = cast.fields[0]
    with cast.theatre.step("A corrigendum is voted"):
        await cast.theatre.clock(at(cast.wall("opens_on")) + 20 * DAY)
        changes = {"scope": f"{field.plan.topic.scope} Children are included."}
        note = "Children were left out by mistake."
        drafted = await cast.office.make(
            f"/topics/{field.topic}/corrigenda", changes=changes, note=note, touches="scope"
        )
        await vote(cast, "adopt_corrigendum", drafted["id"], "Adopt the corrigendum", cast.wall("opens_on"))
        await moved(cast, note)


async def moved(cast: Cast, why: str) -> None:
    """The deadline is later than it was, for everybody; from now on it is this one."""
    stage = await cast.theatre.ask("GET", f"/stages/{cast.stage}", 200)
    closes = datetime.fromisoformat(stage["closes_at"])
    expect(closes > cast.closes, "the deadline moved to a later day")
    cast.tell(TOLD, why, f"{cast.closes:%Y-%m-%d}", f"{closes:%Y-%m-%d}")
    cast.closes = closes


async def _calendar(cast: Cast) -> str:
    return (await cast.theatre.send("GET", f"/public/calls/{cast.call_file.reference}.ics")).text
