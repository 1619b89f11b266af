"""The vote on the upheld review: in writing it lapses, then too few may vote; another body takes it over."""

from typing import Any

from app.rehearsal.acts import committee
from app.rehearsal.acts.committee import Vote
from app.rehearsal.acts.consortia import GUEST
from app.rehearsal.cast import HOUR, Cast, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions import seats
from app.rehearsal.stories.decisions.parts import entry, out, state

WRITTEN, ENDS = "2020-07-10T10:00", "2020-07-17T17:00"
"""When the written procedure begins, and until when it takes votes."""
VOTED, LATER, TAKEN_OVER = "2020-07-22T10:00", "2020-07-27T10:00", "2020-07-23T10:00"
"""When it is put again, to when it is adjourned, and when the other body votes."""
LEAVE = (4, 6)
"""Members who declare an interest, beside who has applied and who left the vote on the list."""
INTEREST = "My institute works with the coordinator of the proposal on another project."
TOO_FEW = "Too few members without an interest are left."
QUESTION = "What is to follow from it?"
TOLD = "The vote on the review that was upheld"


async def in_writing(cast: Cast) -> None:
    """One of five votes until the written procedure closes: by the clock it lapses."""
    path = cast.found["JUNIPER"]
    with cast.theatre.step("A written procedure on the review lapses"):
        await cast.theatre.clock(at(WRITTEN))
        effect: dict[str, Any] = await cast.office.get(f"{path}/effect")
        expect(effect["above_line"] and not effect["fits"], f"the money is spent: {effect}")
        await cast.office.act(f"{path}/propose_way", way="reserve_first")
        ends = at(ENDS)
        session = await committee.call(
            cast, "A review, in writing", WRITTEN, kind="written", closes_at=ends.isoformat()
        )
        asked = await _put(cast, session)
        first = asked.entitled[0]
        await first.act(f"{asked.motion}/vote", choice="yes")
        refused = await cast.chair.refused(f"{asked.motion}/adopt", reason=committee.WHY)
        expect("closed-by-the-clock" in refused, f"nobody closes it before its time; told is {refused}")
        await cast.theatre.clock(ends + HOUR)
        over = await cast.office.get(asked.motion)
        told = (over["state"], over["adjourned_for"])
        expect(told == ("adjourned", "lapsed"), f"it lapses by the clock: {told}")
        expect((await cast.office.get(session))["state"] == "closed", "and its session is closed")
        cast.tell(TOLD, "in writing", "lapsed", f"1 of {len(asked.entitled)} has voted")


async def _put(cast: Cast, session: str) -> Vote:
    """The question is put to a session of the committee, without who has an interest in the list."""
    key = cast.found["JUNIPER"].rpartition("/")[2]
    motion = await committee.prepare(cast, session, "fund_redress", key, QUESTION)
    asked = await committee.put(cast, session, motion)
    for member, why in ((cast.members[GUEST], "has applied"), (out(cast), "left the vote on the list")):
        expect(member not in asked.entitled, f"{member.name} {why}, and is out of it")
    return asked


async def put_again(cast: Cast) -> None:
    """Put again in a session it leaves too few who may vote: it is adjourned to a day, and referred."""
    with cast.theatre.step("Too few of the committee may vote on the review"):
        await cast.theatre.clock(at(VOTED))
        session = await committee.call(cast, "A review that was upheld", VOTED)
        asked = await _put(cast, session)
        for number in LEAVE:
            await committee.leave(asked, cast.members[number], INTEREST)
        await committee.all_vote(cast, asked)
        refused = await cast.chair.refused(f"{asked.motion}/adopt", reason=committee.WHY)
        expect(refused == ["too-few-may-vote"], f"too few are left; told is {refused}")
        until = at(LATER).isoformat()
        ended = await cast.chair.act(f"{asked.motion}/adjourn", reason=TOO_FEW, until=until)
        expect(ended["adjourned_for"] == "too_few", f"it is adjourned for its members: {ended}")
        await cast.chair.act(f"{session}/close")
        cast.tell(TOLD, "put again", "too few may vote", f"{len(asked.entitled)} of {len(cast.members)}")
        cast.found["adjourned"] = asked.motion


async def take_over(cast: Cast) -> None:
    """The governing board takes the question over as it was asked, and places the upheld one first."""
    chair, *others = seats.board(cast)
    first, path = cast.found["adjourned"], cast.found["JUNIPER"]
    with cast.theatre.step("The governing board decides on the review"):
        await cast.theatre.clock(at(TAKEN_OVER))
        await cast.theatre.ask("GET", first, 404, chair.token)
        here = f"/bodies/{cast.found['board']}/sessions"
        held = await cast.office.make(here, title="What was referred", held_at=at(TAKEN_OVER).isoformat())
        session = f"/sessions/{held['id']}"
        referred = await cast.office.act(f"{first}/refer", session_id=held["id"])
        expect(referred["state"] == "referred", f"the committee is done with it: {referred['state']}")
        await chair.act(f"{session}/open")
        (listed,) = (await chair.get(session))["agenda"]
        motion = f"/motions/{listed['motion_id']}"
        await chair.act(f"{motion}/put_to_vote")
        for member in (chair, *others):
            await member.act(f"{motion}/vote", choice="yes")
        done = await chair.act(f"{motion}/adopt", reason=committee.WHY)
        expect(done["text"] == QUESTION, f"it is asked what was asked first: {done['text']}")
        expect(done["referred_from_id"] == first.rpartition("/")[2], "it names the motion it comes from")
        await chair.act(f"{session}/close")
        settled = await cast.office.get(path)
        cast.tell(TOLD, "the governing board", "adopted", settled["remedy"])
        expect(await state(cast, "JUNIPER") == "reserve", "it waits for money that becomes free")
        asks = (await cast.office.get(f"/proposals/{entry(cast, 'JUNIPER').proposal}"))["requested"]["amount"]
        effect = await cast.office.get(f"{path}/effect")
        told = f"asks for {asks}, left are {effect['left']['amount']}"
        cast.tell("Reviews", "JUNIPER", settled["remedy"], told)
