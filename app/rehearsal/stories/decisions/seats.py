"""Who stands in for a member who does not come, and the body that votes where too few of the first may."""

from app.rehearsal.acts import committee
from app.rehearsal.cast import Cast
from app.rehearsal.driver import Person, expect

AWAY, STANDS_IN = 5, "Alma Alternate"
"""The member of the committee who does not come to the second session, and who comes instead."""
BOARD = ("Berta Board", "Boris Board", "Bruna Board")
TOLD = "Who stands in for a member"


async def appoint(cast: Cast) -> None:
    """An alternate for one seat of the committee; a governing board of three."""
    with cast.theatre.step("An alternate and a governing board are appointed"):
        away = await absent(cast).id()
        mandates = await cast.office.all("/mandates")
        (held,) = [one["id"] for one in mandates if one["account_id"] == away]
        for_seat = {"seat": "member", "alternate_for_id": held}
        act = "Decision 4 of the Governing Board"
        cast.alternates.append(await committee.seat(cast, cast.body, STANDS_IN, act, **for_seat))
        made = await cast.office.make("/bodies", kind="governing_board", name="Governing Board")
        cast.found["board"] = made["id"]
        for number, name in enumerate(BOARD):
            role = "member" if number else "chair"
            await committee.seat(cast, made["id"], name, "The regulation that sets it up", seat=role)


def absent(cast: Cast) -> Person:
    """Who does not come."""
    return cast.members[AWAY]


def board(cast: Cast) -> list[Person]:
    """The members of the governing board, its chair first."""
    return [cast.theatre.people[name] for name in BOARD]


async def come(cast: Cast, session: str) -> None:
    """All come but one, and the alternate for that one."""
    for person in (*cast.members, *cast.alternates):
        if person is not absent(cast):
            await person.act(f"{session}/attend")


def stood_in(cast: Cast, vote: committee.Vote) -> None:
    """The alternate has the vote of the seat, and whoever holds it has none."""
    (stands_in,) = cast.alternates
    expect(stands_in in vote.entitled, f"{stands_in.name} has the vote of the seat")
    expect(absent(cast) not in vote.entitled, f"{absent(cast).name} is not there, and has none")
    cast.tell(TOLD, stands_in.name, f"for {absent(cast).name}", f"one of {len(vote.entitled)} who may vote")
