"""What the rows of a session bring about: who was there, the agenda, and what members are told of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.committee.access import in_force
from app.committee.models import Mandate, Motion, Session
from app.committee.session.models import Attendance
from app.core.outbox import Letter, write_all
from app.people.models import Account
from app.workflow.run import Act
from app.workflow.sight import parameters, seen_by_each, visible_ids
from app.workflow.who import Actor

WRITTEN = "Votes are taken in writing until {:%d %B %Y, %H:%M} UTC."
WAITS = "{title} was adjourned until now. Its chair or the programme office takes it up again."
WHEN = "{:%d %B %Y, %H:%M} UTC"


async def hold_by_body(session: Session, act: Act) -> None:
    # By its id as well: who is told is asked before the session is written.
    session.body, session.body_id = act.parent, act.parent.id


async def tell_of_call(session: Session, act: Act) -> None:
    """Members and alternates are told when it is held, or how long votes are taken."""
    how = "It is held on " + WHEN.format(session.held_at) + "."
    if session.closes_at is not None:
        how = WRITTEN.format(session.closes_at)
    told = f"A session of {session.body.name} is called: {session.title}. {how}"
    await _tell_all(session, act, f"Session called: {session.title}", told)


async def open_it(session: Session, act: Act) -> None:
    """Open again, or for the first time: it is adjourned no more."""
    session.adjourned_until = None


async def adjourn(session: Session, act: Act) -> None:
    """To a day, with the reason; whoever was there has left, and all are told."""
    _leave_all(session, act)
    until, reason = act.data.until, act.data.reason
    session.adjourned_until = until
    told = {"at": act.now.isoformat(), "until": until.isoformat(), "reason": reason}
    session.adjournments = [*session.adjournments, told]
    body = f"{session.title} is adjourned until {WHEN.format(until)}. The reason: {reason}"
    await _tell_all(session, act, f"Session adjourned: {session.title}", body)


async def call_off(session: Session, act: Act) -> None:
    """It is not held; all who were called are told why. Its motions stay prepared, for another agenda."""
    session.called_off_for = act.data.reason
    body = f"{session.title} of {session.body.name} is called off. The reason: {act.data.reason}"
    await _tell_all(session, act, f"Session called off: {session.title}", body)


async def close(session: Session, act: Act) -> None:
    _leave_all(session, act)
    session.closed_at = act.now


async def attend(session: Session, act: Act) -> None:
    assert act.actor.id is not None
    act.session.add(Attendance(session=session, account_id=act.actor.id, arrived_at=act.now))


async def leave(session: Session, act: Act) -> None:
    present(session, act.actor.id)[0].left_at = act.now


async def record_attendance(session: Any, act: Act) -> None:
    """What is recorded of somebody is replaced by what is sent."""
    for old in [one for one in session.attendance if one.account_id == act.data.account_id]:
        session.attendance.remove(old)
        await act.session.delete(old)
    await act.session.flush()  # the former rows go before those that take their place
    for period in act.data.periods:
        about = {"arrived_at": period.arrived_at, "left_at": period.left_at}
        act.session.add(Attendance(session=session, account_id=act.data.account_id, **about))


def present(session: Any, account_id: UUID | None) -> Sequence[Attendance]:
    """The record of somebody who is there now; none of somebody who is not."""
    return [a for a in session.attendance if a.account_id == account_id and a.left_at is None]


def _leave_all(session: Any, act: Act) -> None:
    for one in session.attendance:
        if one.left_at is None:
            one.left_at = max(act.now, one.arrived_at)


async def order(session: Session, act: Act) -> None:
    """Write the order; what the officer may not see keeps its places among the others."""
    motions = {motion.id: motion for motion in session.motions}
    places = [at for at, key in enumerate(motions) if key in set(act.data.motion_ids)]
    ordered = list(motions)
    for at, key in zip(places, act.data.motion_ids, strict=True):
        ordered[at] = key
    for number, key in enumerate(ordered, 1):
        motions[key].place = number
    session.agenda_sent_at = act.now
    await act.session.flush()
    await tell_of_agenda(session, act)


async def seen_of_agenda(session: Session, act: Act) -> frozenset[UUID]:
    """The motions of the session that the actor sees."""
    seen = visible_ids(act.actor, Motion).where(Motion.session_id == session.id)
    return frozenset(await act.session.scalars(seen, parameters(act.actor)))


async def tell_of_agenda(session: Session, act: Act, but_unless: UUID | None = None) -> None:
    """Everybody is told the motions that they see; `but_unless`: only those who see this one are told.

    Nobody is told of a motion that they are out of. One statement asks for all of them.
    """
    people = await _people(session, act)
    actors = [Actor(key, at=act.now) for key, _ in people]
    found = seen_by_each(actors, Motion).add_columns(Motion.text)
    here = found.where(Motion.session_id == session.id).order_by(Motion.place, Motion.created_at, Motion.id)
    rows = (await act.session.execute(here)).all() if actors else ()
    letters = []
    for key, email in people:
        mine = {row.id: row.text for row in rows if row._mapping[str(key)]}
        if mine and (but_unless is None or but_unless in mine):
            lines = [f"{number}. {text}" for number, text in enumerate(mine.values(), 1)]
            told = "\n".join([f"The agenda of {session.title}:", *lines])
            letters.append(Letter(email, f"Agenda: {session.title}", told, "session", session.id))
    await write_all(act.session, "agenda", letters, act.now)


async def tell_of_the_day(sessions: Sequence[Session], act: Act) -> None:
    """Of each of these adjourned sessions the day has come: members and alternates are told that it waits."""
    if not sessions:
        return
    wanted = select(Mandate.body_id, Account.email).join(Account, Account.id == Mandate.account_id)
    here = wanted.where(Mandate.body_id.in_({one.body_id for one in sessions}), in_force(act.now))
    people = (await act.session.execute(here.order_by(Account.email))).all()
    letters = [
        Letter(email, f"To be taken up again: {one.title}", WAITS.format(title=one.title), "session", one.id)
        for one in sessions
        for body_id, email in people
        if body_id == one.body_id
    ]
    await write_all(act.session, "session", letters, act.now)


async def _people(session: Session, act: Act) -> Sequence[tuple[UUID, str]]:
    """Members and alternates of the body, by their accounts."""
    wanted = select(Account.id, Account.email).join(Mandate, Mandate.account_id == Account.id)
    here = wanted.where(Mandate.body_id == session.body_id, in_force(act.now))
    return [(key, email) for key, email in await act.session.execute(here.order_by(Account.id))]


async def _tell_all(session: Session, act: Act, subject: str, told: str) -> None:
    people = await _people(session, act)
    letters = [Letter(email, subject, told, "session", session.id) for _, email in people]
    await write_all(act.session, "session", letters, act.now)
