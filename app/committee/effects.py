"""What the rows of a body bring about."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.committee.access import in_force
from app.committee.models import Ballot, BodyState, Mandate, Motion
from app.committee.rules import count, enough, plain, standing
from app.committee.voting import rule_of
from app.core.errors import Problem
from app.people.access import office
from app.workflow.run import Act
from app.workflow.table import Effect
from app.workflow.who import Actor

ASKED = ("purpose", "subject_id", "target_id", "amount", "text", "fault", "passed_over")
"""What a motion asks, in whatever session."""
_frames: list[Effect] = []


def install_frames(frames: Iterable[Effect]) -> None:
    """Hand over, once, what later stages ask of a motion on something of theirs."""
    _frames[:] = frames


async def seat_in_body(mandate: Mandate, act: Act) -> None:
    """Place a new mandate in its body, and remember who proposed it."""
    assert act.actor.id is not None
    mandate.body, mandate.proposed_by = act.parent, act.actor.id


async def keep_passed_over(motion: Motion, act: Act) -> None:
    """Whom a list is adopted without, as plain values."""
    motion.passed_over = [one.model_dump(mode="json") for one in act.data.passed_over]


async def put_to_session(motion: Motion, act: Act) -> None:
    """The motion stands last on the agenda of the act's parent, which is locked."""
    motion.session = act.parent
    last = select(func.coalesce(func.max(Motion.place), 0)).where(Motion.session_id == act.parent.id)
    motion.place = (await act.session.scalar(last) or 0) + 1


async def take_over(motion: Motion, act: Act) -> None:
    """What another body could not decide, as it was asked there."""
    referred: Motion = act.data
    motion.referred_from_id = referred.id
    for name in ASKED:
        setattr(motion, name, getattr(referred, name))


async def be_framed(motion: Motion, act: Act) -> None:
    """Let the stage of the subject refuse it, before it is recorded beside another motion on the same.

    No reaction: whoever may not ask would be told by the conflict that there is one.
    """
    for frame in _frames:
        await frame(motion, act)


async def hand_out_ballots(motion: Motion, act: Act) -> None:
    """Fix who is entitled, every mandate in force when voting opens, and by which rule it is counted.

    An alternate waits beside whoever holds the seat; without one there is nothing to stand in for.
    """
    motion.rule = rule_of(motion).pinned()
    wanted = select(Mandate).where(Mandate.body_id == motion.session.body_id, in_force(act.now))
    mandates = (await act.session.scalars(wanted.order_by(Mandate.id))).all()
    seats = {one.id: one for one in mandates if one.alternate_for_id is None}
    for mandate in mandates:
        if (seat := seats.get(mandate.alternate_for_id or mandate.id)) is not None:
            own = seat is mandate
            ballot = Ballot(id=uuid4(), motion=motion, account_id=mandate.account_id, seat_id=seat.id)
            ballot.seated, ballot.weight, ballot.chairs = own, seat.weight, own and seat.seat == "chair"
            act.session.add(ballot)


async def cast(motion: Motion, act: Act) -> None:
    """Write the choice on the member's own ballot; it may be changed until the vote is closed."""
    ballot = next(b for b in motion.ballots if b.account_id == act.actor.id)
    ballot.choice, ballot.cast_at = act.data.choice, act.now


def counting(motion: Motion, at: datetime) -> Sequence[Ballot]:
    """The ballots of the seats that there are at an instant: a vote ends with its caster's mandate.

    One of an alternate ends with that of the seat, too. Mandates end with their body.
    """
    body = motion.session.body
    held = standing(body.mandates, at) if body.state == BodyState.ACTIVE else ()
    seats, members = {one.id for one in held}, {one.account_id for one in held}
    return [b for b in motion.ballots if b.seated and b.seat_id in seats and b.account_id in members]


def take_out(ballot: Ballot, reason: str, ground: str) -> None:
    """From now on whoever has it counts in no quorum, and a vote that was cast is void."""
    ballot.recused, ballot.ground, ballot.choice, ballot.cast_at = reason, ground, None, None


async def declare(motion: Motion, act: Act) -> None:
    """The member takes themself out."""
    take_out(next(b for b in motion.ballots if b.account_id == act.actor.id), act.data.reason, "interest")


async def recuse(motion: Motion, act: Act) -> None:
    """Take the named member out."""
    named = next(b for b in motion.ballots if b.account_id == act.data.account_id)
    take_out(named, act.data.reason, "interest")


async def stand_in(motion: Motion, act: Act) -> None:
    """The named person has the vote of the seat from now on, whoever had it waits or stays out."""
    comes = next(b for b in motion.ballots if b.account_id == act.data.account_id)
    goes = next(b for b in motion.ballots if b.seat_id == comes.seat_id and b.seated)
    await give_seat(goes, comes, act)


async def give_seat(goes: Ballot, comes: Ballot, act: Act) -> None:
    """Move the vote of a seat; one ballot of a seat has it, at every moment."""
    goes.seated = False
    await act.session.flush()
    comes.seated = True


async def date_decision(motion: Motion, act: Act) -> None:
    """Fix what was counted; whose mandate has ended meanwhile is out for good."""
    counted = counting(motion, act.now)
    for ballot in motion.ballots:
        if ballot.recused is None and ballot.seated and ballot not in counted:
            take_out(ballot, "The mandate has ended.", "mandate")
    motion.decided_at, motion.outcome_reason = act.now, act.data.reason
    votes = count(motion.ballots)
    act.note(entitled=votes.entitled, cast=votes.cast, yes=plain(votes.yes), no=plain(votes.no))


async def end_now(mandate: Mandate, act: Act) -> None:
    """A seat only ends sooner; one that was over, or has not begun, keeps its dates."""
    if mandate.starts_at < act.now and (mandate.ends_at is None or act.now < mandate.ends_at):
        mandate.ends_at = act.now


async def keep_reason(motion: Motion, act: Act) -> None:
    motion.outcome_reason, motion.adjourned_until = act.data.reason, act.data.until


async def fall(motion: Motion, act: Act) -> None:
    motion.adjourned_for = "moot"


async def lapse(motion: Motion, act: Act) -> None:
    """Where too few may vote, another body may take it over."""
    left = enough(count(counting(motion, act.now)), rule_of(motion))
    motion.adjourned_for = "lapsed" if left else "too_few"


async def still_asks(motion: Motion, act: Act) -> bool:
    """Its subject is as a motion must find it, in the eyes of an officer with no interest of their own."""
    officer = Actor(UUID(int=0), office.names, at=act.now)
    # Asked of a copy: what was laid beside the motion when it was put stays as it was voted on.
    told = ("session", "referred_from_id", *ASKED)
    asked = Motion(**{name: getattr(motion, name) for name in told})
    try:
        for frame in _frames:
            await frame(asked, replace(act, ask=replace(act.ask, actor=officer)))
    except Problem:
        return False
    return True
