"""What the rows of a body bring about."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from app.committee.access import in_force
from app.committee.models import Ballot, BodyState, Mandate, Motion
from app.committee.rules import count, sitting
from app.core.errors import Problem
from app.people.access import office
from app.workflow.run import Act
from app.workflow.table import Effect
from app.workflow.who import Actor

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


async def keep_passed_over(motion: Motion, act: Act) -> None:
    """Whom a list is adopted without, as plain values."""
    motion.passed_over = [one.model_dump(mode="json") for one in act.data.passed_over]


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


def counting(motion: Motion, at: datetime) -> Sequence[Ballot]:
    """The ballots that count at an instant: a vote ends with the mandate of whoever has cast it.

    Mandates end with their body.
    """
    body = motion.session.body
    members = sitting(body.mandates, at) if body.state == BodyState.ACTIVE else ()
    return [b for b in motion.ballots if b.recused is None and b.account_id in members]


def take_out(ballot: Ballot, reason: str) -> None:
    """From now on the member counts in no quorum, and a vote that was cast is void."""
    ballot.recused, ballot.choice, ballot.cast_at = reason, None, None


async def declare(motion: Motion, act: Act) -> None:
    """The member takes themself out."""
    take_out(next(b for b in motion.ballots if b.account_id == act.actor.id), act.data.reason)


async def recuse(motion: Motion, act: Act) -> None:
    """Take the named member out."""
    take_out(next(b for b in motion.ballots if b.account_id == act.data.account_id), act.data.reason)


async def date_decision(motion: Motion, act: Act) -> None:
    """Fix what was counted; whose mandate has ended meanwhile is out for good."""
    counted = counting(motion, act.now)
    for ballot in motion.ballots:
        if ballot.recused is None and ballot not in counted:
            take_out(ballot, "The mandate has ended.")
    motion.decided_at, motion.outcome_reason = act.now, act.data.reason
    votes = count(motion.ballots)
    act.note(entitled=votes.entitled, cast=votes.cast, yes=votes.yes, no=votes.no)


async def end_now(mandate: Mandate, act: Act) -> None:
    """A seat only ends sooner; one that was over, or has not begun, keeps its dates."""
    if mandate.starts_at < act.now and (mandate.ends_at is None or act.now < mandate.ends_at):
        mandate.ends_at = act.now


async def keep_reason(motion: Motion, act: Act) -> None:
    motion.outcome_reason = act.data.reason


async def still_asks(motion: Motion, act: Act) -> bool:
    """Its subject is as a motion must find it, in the eyes of an officer with no interest of their own."""
    officer = Actor(UUID(int=0), office.names, at=act.now)
    # Asked of a copy: what was laid beside the motion when it was put stays as it was voted on.
    told = ("session", "purpose", "subject_id", "target_id", "amount", "text", "fault", "passed_over")
    asked = Motion(**{name: getattr(motion, name) for name in told})
    try:
        for frame in _frames:
            await frame(asked, replace(act, ask=replace(act.ask, actor=officer)))
    except Problem:
        return False
    return True
