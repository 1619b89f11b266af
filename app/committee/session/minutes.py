"""The minutes of a session: who was there, what was asked, how it went; to each reader what they may know.

Made from rows that nothing changes any more, whenever they are asked for; what the public reads is kept as it
was published, since people change their names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.committee.access import told_votes
from app.committee.models import Ballot, Mandate, Motion, Session
from app.committee.rules import count, plain
from app.committee.session.minutes_schemas import (
    CountRead,
    MinutesRead,
    MotionMinutes,
    OutRead,
    PresentRead,
    VoteRead,
)
from app.people.models import Account
from app.workflow.run import Act
from app.workflow.sight import held_in, parameters, seen
from app.workflow.who import NOBODY, Actor

SAME = ("title", "kind", "held_at", "closed_at", "adjournments")
OF_ALL = ("purpose", "text", "decided_at")
OF_BODY = ("outcome_reason", "annexes", "adjourned_until", "rule")


@dataclass(frozen=True)
class Names:
    """The names of people by their accounts, and of those who hold the seats."""

    people: Mapping[UUID, str]
    seats: Mapping[UUID, str]


async def minutes_for(db: AsyncSession, session: Session, actor: Actor, whole: bool) -> MinutesRead:
    """The minutes of a closed session, with its body and attendance loaded, as the actor may read them.

    `whole`: somebody of the body, its secretary or the auditor. A motion that its reader is out of, or may
    not see, is not in them; in published ones it stands as it was published.
    """
    kept = session.minutes_as_published
    if kept is not None and not whole:
        return MinutesRead.model_validate(kept)
    found = await _motions(db, seen(actor, Motion), session.id, actor)
    named = {row[0].id for row in found if whole and told_votes(held_in(row, actor))}
    motions = [row[0] for row in found if row[0].id in named]
    if session.minutes_published_at is not None:
        motions = [row[0] for row in await _motions(db, select(Motion), session.id, actor)]
    names = await _names(db, [ballot for motion in motions for ballot in motion.ballots])
    told: dict[str, Any] = {name: getattr(session, name) for name in SAME}
    told |= {"session_id": session.id, "body": session.body.name}
    told |= {"published_at": session.minutes_published_at, "present": _present(session) if whole else None}
    told["motions"] = [
        _told(at, one, names, one.id in named)
        if kept is None or one.id in named
        else MotionMinutes.model_validate(kept["motions"][at - 1])
        for at, one in enumerate(motions, 1)
    ]
    return MinutesRead.model_validate(told)


async def _motions(db: AsyncSession, statement: Select[Any], key: UUID, actor: Actor) -> Sequence[Row[Any]]:
    here = statement.where(Motion.session_id == key).options(selectinload(Motion.ballots))
    ordered = here.order_by(Motion.place, Motion.created_at, Motion.id)
    found = await db.execute(ordered, parameters(actor), execution_options={"populate_existing": True})
    rows: Sequence[Row[Any]] = found.all()
    return rows


async def _names(db: AsyncSession, ballots: Iterable[Ballot]) -> Names:
    accounts = {ballot.account_id for ballot in ballots}
    people = await db.execute(select(Account.id, Account.name).where(Account.id.in_(accounts)))
    held = select(Mandate.id, Account.name).join(Account, Account.id == Mandate.account_id)
    seats = await db.execute(held.where(Mandate.id.in_({ballot.seat_id for ballot in ballots})))
    return Names({row[0]: row[1] for row in people}, {row[0]: row[1] for row in seats})


def _present(session: Any) -> list[PresentRead]:
    return [
        PresentRead(name=one.account.name, arrived_at=one.arrived_at, left_at=one.left_at)
        for one in session.attendance
    ]


def _told(number: int, motion: Motion, names: Names, whole: bool) -> MotionMinutes:
    """A motion with its votes by name, or what of it is for everybody: how it went, and who was out."""
    out = [one for one in motion.ballots if one.recused is not None and one.ground != "mandate"]
    told: dict[str, Any] = {name: getattr(motion, name) for name in (OF_ALL + OF_BODY if whole else OF_ALL)}
    told |= {"number": number, "result": motion.state.label}
    told["out"] = [
        OutRead(name=names.people[one.account_id], reason=one.recused if whole else None) for one in out
    ]
    if whole:
        told["count"] = _count(motion) if motion.ballots else None
        told["votes"] = [_vote(b, names) for b in motion.ballots if b.seated and b.recused is None]
    return MotionMinutes.model_validate(told)


def _count(motion: Motion) -> CountRead:
    votes = count(motion.ballots)
    sides = {side: plain(getattr(votes, side)) for side in ("yes", "no", "abstain")}
    return CountRead(seats=votes.seats, entitled=votes.entitled, cast=votes.cast, **sides)


def _vote(ballot: Ballot, names: Names) -> VoteRead:
    name, seat = names.people[ballot.account_id], names.seats[ballot.seat_id]
    alone = None if name == seat else seat
    told = {"name": name, "stands_in_for": alone, "weight": plain(ballot.weight), "choice": ballot.choice}
    return VoteRead.model_validate(told)


async def keep_public_version(session: Session, act: Act) -> None:
    """Effect: the minutes are public from now on; the digest of what is told stays in the audit."""
    session.minutes_published_at = act.now
    told = (await minutes_for(act.session, session, NOBODY, whole=False)).model_dump(mode="json")
    session.minutes_as_published = told
    act.note(digest=sha256(rfc8785.dumps(told)).hexdigest())
