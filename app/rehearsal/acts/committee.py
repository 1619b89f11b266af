"""The committee and the signatory are appointed; the committee votes."""

from dataclasses import dataclass
from typing import Any

from app.rehearsal.cast import Cast, at
from app.rehearsal.driver import Person

MEMBERS = (
    "Clara Chair",
    "Milan Member",
    "Nadia Member",
    "Otto Member",
    "Petra Member",
    "Quentin Member",
    "Rosa Member",
)
SIGNATORY = "Sigrid Signatory"
WHY = "It meets an objective of the programme."


async def appoint(cast: Cast) -> None:
    """A committee and a signatory; every appointment has two people behind it."""
    with cast.theatre.step("The committee is appointed"):
        made = await cast.office.make("/bodies", kind="scientific_committee", name="Scientific Committee")
        cast.body = made["id"]
        for number, name in enumerate(MEMBERS):
            member = await cast.theatre.enter(name)
            seat = await cast.office.make(
                f"/bodies/{cast.body}/mandates",
                account_id=await member.id(),
                seat="member" if number else "chair",
                starts_at=at(cast.call_file.begins_on).isoformat(),
                appointing_act="Decision 1 of the Governing Board",
            )
            await cast.second.act(f"/mandates/{seat['id']}/confirm")
            cast.members.append(member)
        cast.signatory = await cast.theatre.enter(SIGNATORY)
        role = await cast.office.make(
            f"/accounts/{await cast.signatory.id()}/appointments",
            role="signatory",
            appointing_act="Decision 2 of the Governing Board",
        )
        await cast.second.act(f"/appointments/{role['id']}/confirm")


@dataclass(frozen=True)
class Vote:
    """An open vote: the paths of its session and its motion, and the members who are entitled to vote."""

    session: str
    motion: str
    entitled: list[Person]


async def begin(cast: Cast, purpose: str, subject: str, text: str, on: str, **more: Any) -> Vote:
    """A session with one motion, which is put to the vote."""
    held = await cast.office.make(f"/bodies/{cast.body}/sessions", title=text, held_at=at(on).isoformat())
    await cast.chair.act(f"/sessions/{held['id']}/open")
    motion = await cast.office.make(
        f"/sessions/{held['id']}/motions", purpose=purpose, subject_id=subject, text=text, **more
    )
    here = f"/motions/{motion['id']}"
    ballots = (await cast.chair.act(f"{here}/put_to_vote"))["ballots"]
    entitled = {one["account_id"] for one in ballots if one["seated"] and one["recused"] is None}
    recused = sum(one["recused"] is not None for one in ballots)
    cast.marks["recused"] = cast.marks.get("recused", 0) + recused
    members = [member for member in cast.members if await member.id() in entitled]
    return Vote(f"/sessions/{held['id']}", here, members)


async def leave(vote: Vote, member: Person, reason: str) -> None:
    """A member declares an interest in an open vote: out of it, and of all that there is of a list."""
    await member.act(f"{vote.motion}/declare_interest", reason=reason)
    vote.entitled.remove(member)


async def put_off(cast: Cast, vote: Vote, reason: str, until: str) -> Any:
    """A vote that cannot be decided is adjourned to a day, and its session ends; the motion afterwards."""
    motion = await cast.chair.act(f"{vote.motion}/adjourn", reason=reason, until=at(until).isoformat())
    await cast.chair.act(f"{vote.session}/close")
    return motion


async def publish_minutes(cast: Cast, vote: Vote) -> None:
    """Two officers publish the minutes of its session."""
    for officer in (cast.office, cast.second):
        await officer.act(f"{vote.session}/publish_minutes")


async def end(cast: Cast, vote: Vote, row: str = "adopt", reason: str = WHY) -> Any:
    """The vote and its session end; the motion afterwards."""
    motion = await cast.chair.act(f"{vote.motion}/{row}", reason=reason)
    await cast.chair.act(f"{vote.session}/close")
    return motion


async def vote(cast: Cast, purpose: str, subject: str, text: str, on: str, **more: Any) -> None:
    """The vote of every member who is entitled to one; the last is against it, and it is adopted."""
    asked = await begin(cast, purpose, subject, text, on, **more)
    for member in asked.entitled:
        await member.act(f"{asked.motion}/vote", choice="no" if member is cast.members[-1] else "yes")
    await end(cast, asked)
