"""What the rows of a body bring about."""

from uuid import uuid4

from sqlalchemy import select

from app.committee.access import in_force
from app.committee.models import Ballot, Mandate, Motion
from app.committee.rules import count
from app.workflow.run import Act


async def seat_in_body(mandate: Mandate, act: Act) -> None:
    """Place a new mandate in its body, and remember who proposed it."""
    assert act.actor.id is not None
    mandate.body, mandate.proposed_by = act.parent, act.actor.id


async def hold_by_body(session: object, act: Act) -> None:
    session.body = act.parent  # type: ignore[attr-defined]


async def put_to_session(motion: Motion, act: Act) -> None:
    motion.session = act.parent


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
