"""What the rows of a body bring about."""

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import select

from app.committee.access import in_force
from app.committee.models import Ballot, Mandate, Motion
from app.committee.rules import count
from app.workflow.run import Act
from app.workflow.table import Effect

_frames: list[Effect] = []


def install_frames(frames: Iterable[Effect]) -> None:
    """Hand over, once, what later stages ask of a motion on something of theirs."""
    _frames[:] = frames


async def seat_in_body(mandate: Mandate, act: Act) -> None:
    """Place a new mandate in its body, and remember who proposed it."""
    assert act.actor.id is not None
    mandate.body, mandate.proposed_by = act.parent, act.actor.id


async def hold_by_body(session: object, act: Act) -> None:
    session.body = act.parent  # type: ignore[attr-defined]


async def put_to_session(motion: Motion, act: Act) -> None:
    motion.session = act.parent


async def be_framed(motion: Motion, act: Act) -> None:
    """Let the stage of the subject refuse it, before it is recorded beside another motion on the same.

    No reaction: whoever may not ask would be told by the conflict that there is one.
    """
    for frame in _frames:
        await frame(motion, act)


async def hand_out_ballots(motion: Motion, act: Act) -> None:
    """Fix who is entitled: every mandate in force when voting opens."""
    seats = select(Mandate).where(Mandate.body_id == motion.session.body_id, in_force(act.now))
    for mandate in await act.session.scalars(seats.order_by(Mandate.id)):
        act.session.add(Ballot(id=uuid4(), motion=motion, account_id=mandate.account_id))


async def cast(motion: Motion, act: Act) -> None:
    """Write the choice on the member's own ballot; it may be changed until the vote is closed."""
    ballot = next(b for b in motion.ballots if b.account_id == act.actor.id)
    ballot.choice, ballot.cast_at = act.data.choice, act.now


async def date_decision(motion: Motion, act: Act) -> None:
    motion.decided_at = act.now
    votes = count(motion.ballots)
    act.note(entitled=votes.entitled, cast=votes.cast, yes=votes.yes, no=votes.no)


async def end_now(mandate: Mandate, act: Act) -> None:
    mandate.ends_at = act.now if act.now > mandate.starts_at else None
