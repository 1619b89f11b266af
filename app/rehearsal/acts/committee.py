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
OUT_OF_SIGHT = 204
"""The answer where an act has taken from its actor what it was about."""


async def appoint(cast: Cast) -> None:
    """A committee and a signatory; every appointment has two people behind it."""
    with cast.theatre.step("The committee is appointed"):
        made = await cast.office.make("/bodies", kind="scientific_committee", name="Scientific Committee")
        cast.body = made["id"]
        for number, name in enumerate(MEMBERS):
            of = {"seat": "member" if number else "chair"}
            cast.members.append(await seat(cast, cast.body, name, "Decision 1 of the Governing Board", **of))
        cast.signatory = await cast.theatre.enter(SIGNATORY)
        role = await cast.office.make(
            f"/accounts/{await cast.signatory.id()}/appointments",
            role="signatory",
            appointing_act="Decision 2 of the Governing Board",
        )
        await cast.second.act(f"/appointments/{role['id']}/confirm")


async def seat(cast: Cast, body: str, name: str, act: str, **more: Any) -> Person:
    """Somebody new takes a seat in a body, from the beginning of the call; two officers stand behind it."""
    person = await cast.theatre.enter(name)
    mandate = await cast.office.make(
        f"/bodies/{body}/mandates",
        account_id=await person.id(),
        starts_at=at(cast.call_file.begins_on).isoformat(),
        appointing_act=act,
        **more,
    )
    await cast.second.act(f"/mandates/{mandate['id']}/confirm")
    return person


@dataclass(frozen=True)
class Vote:
    """An open vote: the paths of its session and its motion, and who is entitled to vote."""

    session: str
    motion: str
    entitled: list[Person]


async def call(cast: Cast, title: str, on: str, **more: Any) -> str:
    """A session is called and opened; its path."""
    here = f"/bodies/{cast.body}/sessions"
    held = await cast.office.make(here, title=title, held_at=at(on).isoformat(), **more)
    await cast.chair.act(f"/sessions/{held['id']}/open")
    return f"/sessions/{held['id']}"


async def prepare(cast: Cast, session: str, purpose: str, subject: str, text: str, **more: Any) -> str:
    """A motion before a session; its path."""
    asked = {"purpose": purpose, "subject_id": subject, "text": text, **more}
    return f"/motions/{(await cast.office.make(f'{session}/motions', **asked))['id']}"


async def put(cast: Cast, session: str, motion: str) -> Vote:
    """A motion is put to the vote."""
    ballots = (await cast.chair.act(f"{motion}/put_to_vote"))["ballots"]
    entitled = {one["account_id"] for one in ballots if one["seated"] and one["recused"] is None}
    recused = sum(one["recused"] is not None for one in ballots)
    cast.marks["recused"] = cast.marks.get("recused", 0) + recused
    people = (*cast.members, *cast.alternates)
    return Vote(session, motion, [one for one in people if await one.id() in entitled])


async def begin(cast: Cast, purpose: str, subject: str, text: str, on: str, **more: Any) -> Vote:
    """A session with one motion, which is put to the vote."""
    session = await call(cast, text, on)
    return await put(cast, session, await prepare(cast, session, purpose, subject, text, **more))


async def leave(vote: Vote, member: Person, reason: str) -> None:
    """A member declares an interest in an open vote, and reads nothing of it from then on."""
    await member.act(f"{vote.motion}/declare_interest", OUT_OF_SIGHT, reason=reason)
    vote.entitled.remove(member)


async def publish_minutes(cast: Cast, session: str) -> None:
    """Two officers publish the minutes of a session."""
    await cast.office.both(f"{session}/publish_minutes", cast.second)


async def end(cast: Cast, vote: Vote, row: str = "adopt", reason: str = WHY) -> Any:
    """The vote and its session end; the motion afterwards."""
    motion = await cast.chair.act(f"{vote.motion}/{row}", reason=reason)
    await cast.chair.act(f"{vote.session}/close")
    return motion


async def vote(cast: Cast, purpose: str, subject: str, text: str, on: str, **more: Any) -> None:
    """The vote of every member who is entitled to one; the last is against it, and it is adopted."""
    asked = await begin(cast, purpose, subject, text, on, **more)
    await all_vote(cast, asked)
    await end(cast, asked)


async def all_vote(cast: Cast, asked: Vote) -> None:
    """Every member who is entitled to a vote casts it; the last is against."""
    for member in asked.entitled:
        await member.act(f"{asked.motion}/vote", choice="no" if member is cast.members[-1] else "yes")
