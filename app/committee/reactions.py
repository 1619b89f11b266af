"""What follows for motions from the opening of a vote, from the second body, and from the clock."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import select

from app.committee.effects import counting, give_seat, put_to_session, still_asks
from app.committee.guards import its_body_decides, session_not_closed
from app.committee.models import Ballot, Motion, MotionState, Session, SessionState
from app.committee.rules import SECOND, carried, count, enough, quorate
from app.committee.schemas import Adjourn, Conclude
from app.committee.session.effects import tell_of_agenda, tell_of_the_day
from app.committee.session.models import Attendance
from app.committee.session.workflow import SESSION
from app.committee.voting import rule_of, voting_of
from app.committee.workflow import CLOSING, MOTION
from app.core.errors import NotFound, Problem
from app.core.reason import Reason
from app.people.notices import not_yet_told
from app.workflow.rows import lock_all, look
from app.workflow.run import Act, create, fire, refuse

Due = Callable[[Act], Awaitable[None]]
IN_WRITING = Conclude(reason="Voted on in writing.")
NOTHING_LEFT = "When the written procedure ended, what it was about had changed: nothing is decided."
NO_QUORUM = "The written procedure ended without its quorum."
TOO_FEW = "The written procedure ended, and too few may vote."


async def seat_alternates(motion: Motion, act: Act) -> None:
    """Reaction to `put_to_vote`, the last: alternates stand in for whoever is out, or is not there.

    Who is there is asked only where attendance is recorded.
    """
    here = select(Ballot).where(Ballot.motion_id == motion.id).order_by(Ballot.seat_id, Ballot.account_id)
    ballots = (await act.session.scalars(here)).all()
    wanted = select(Attendance.account_id).where(
        Attendance.session_id == motion.session_id, Attendance.left_at.is_(None)
    )
    there = frozenset(await act.session.scalars(wanted))
    waiting = [one for one in ballots if not one.seated and one.recused is None]
    for seated in [one for one in ballots if one.seated]:
        out, absent = seated.recused is not None, bool(there) and seated.account_id not in there
        able = [one for one in waiting if one.seat_id == seated.seat_id]
        present = [one for one in able if one.account_id in there]
        chosen = present or (able if out else [])
        if chosen and (out or absent):
            await give_seat(seated, chosen[0], act)


async def tell_of_new_motion(motion: Motion, act: Act) -> None:
    """Reaction to `prepare` and `receive`: once an agenda was sent, those who see the motion get the next."""
    if motion.session.agenda_sent_at is not None:
        await tell_of_agenda(motion.session, act, motion.id)


async def put_to_second_body(motion: Motion, act: Act) -> None:
    """Reaction to `refer`: the same question in a session of the body that votes second, linked to this."""
    session = await _session_named(motion, "refer", act)
    await create(MOTION, "receive", Motion(), act.given(motion, session))


async def move_to_session(motion: Motion, act: Act) -> None:
    """Reaction to `put_on_agenda`: last on the agenda of a session of its body that is still to come.

    The session is locked after the motion: the one that it leaves is over, so that none waits for both.
    """
    session = await _session_named(motion, "put_on_agenda", act)
    reasons = list(session_not_closed(session, act.ask))
    if session.body_id != motion.session.body_id:
        told = "It is put on the agenda of a session of the same body."
        reasons = [Reason("other-body", told, "/session_id", "sender")]
    elif session.kind == "written" and not voting_of(session.body.kind, motion.purpose).written:
        reasons.append(
            Reason("not-in-writing", "The programme has this voted on in a meeting.", "/session_id", "sender")
        )
    if reasons:
        raise refuse(MOTION, "put_on_agenda", motion, act, reasons)
    await put_to_session(motion, act.given(None, session))
    await act.session.flush()


async def _session_named(motion: Motion, row: str, act: Act) -> Session:
    """The session that was sent, locked. Refuses one that whoever acts does not see."""
    try:
        await look(act.session, Session, act.data.session_id, act.actor)
    except NotFound:
        told = "There is no such session."
        raise refuse(
            MOTION, row, motion, act, [Reason("no-session", told, "/session_id", "sender")]
        ) from None
    found: Sequence[Session] = await lock_all(act.session, Session, [act.data.session_id], ["body"])
    return found[0]


async def remind_of_adjourned(act: Act) -> None:
    """Due: the day of an adjourned session has come; its members and alternates are told, once a day set."""
    over = (Session.state == SessionState.ADJOURNED, Session.adjourned_until <= act.now)
    found = (await act.session.scalars(select(Session).where(*over).order_by(Session.id))).all()
    days = {("session_to_resume", one.id, cast(datetime, one.adjourned_until)): one for one in found}
    new = await not_yet_told(act.session, days)
    await tell_of_the_day([one for told, one in days.items() if told in new], act)


def end_written_procedures(longest_request: timedelta) -> Due:
    """Due: written procedures whose time is over, once no vote sent in time can be under way.

    Each motion in them is adopted or not if it has its quorum; otherwise it lapses.
    """

    async def due(act: Act) -> None:
        over = (Session.kind == "written", Session.closes_at + SECOND <= act.now - longest_request)
        here = select(Session.id).where(Session.state == SessionState.OPEN, *over)
        sessions = await lock_all(act.session, Session, await act.session.scalars(here))
        keys = [one.id for one in sessions if one.state == SessionState.OPEN]
        votes = select(Motion.id).where(Motion.session_id.in_(keys), Motion.state == MotionState.VOTING)
        for motion in await lock_all(act.session, Motion, await act.session.scalars(votes)):
            await _conclude(motion.id, act)
        for session in await lock_all(act.session, Session, keys, ["motions", "attendance"]):
            await fire(SESSION, "close", session, act)

    return due


async def _conclude(key: UUID, act: Act) -> None:
    """Close one vote by its count; if what it brings about is refused, it lapses instead."""
    motion = await _locked(key, act)
    await fire(MOTION, "recuse", motion, act)  # who has come to apply, or has a conflict by now
    motion = await _locked(key, act)
    votes, rule = count(counting(motion, act.now)), rule_of(motion)
    asks = not list(its_body_decides(motion, act.ask)) and await still_asks(motion, act)
    why = NOTHING_LEFT if not asks else TOO_FEW if not enough(votes, rule) else NO_QUORUM
    if asks and enough(votes, rule) and quorate(votes, rule):
        row = "adopt" if carried(votes, rule) else "reject"
        try:
            async with act.session.begin_nested():
                await fire(MOTION, row, motion, act.given(IN_WRITING))
        except Problem:  # what it would bring about has become impossible; the other votes go on
            motion, why = await _locked(key, act), NOTHING_LEFT
        else:
            return
    await fire(MOTION, "lapse", motion, act.given(Adjourn(reason=why)))


async def _locked(key: UUID, act: Act) -> Motion:
    found: Sequence[Motion] = await lock_all(act.session, Motion, [key], CLOSING)
    return found[0]
