"""Who belongs to a body, and who is entitled to vote on a motion."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.committee.models import (
    Ballot,
    Body,
    BodyState,
    Mandate,
    MandateState,
    Motion,
    MotionTopic,
    Session,
)
from app.people.access import admin, auditor, office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor, Who, named

_body = aliased(Body)  # once, so that the statement stays the same


def in_force(at: datetime | Any) -> ColumnElement[bool]:
    """Mandates in force at an instant: they end with their body."""
    ended = or_(Mandate.ends_at.is_(None), Mandate.ends_at > at)
    there = exists().where(_body.id == Mandate.body_id, _body.state == BodyState.ACTIVE)
    return and_(Mandate.state == MandateState.ACTIVE, Mandate.starts_at <= at, ended, there)


def committee_roles(account_id: Any, at: Any) -> Select[Any]:
    """The names of roles that an account's mandates give it."""
    name = case(
        (Body.kind == "advisory", "advisory_member"),
        (Mandate.seat == "chair", "committee_chair"),
        else_="committee",
    )
    seats = select(name).select_from(Mandate).join(Body, Body.id == Mandate.body_id)
    return seats.where(Mandate.account_id == account_id, in_force(at))


def _seat_in(body_id: Any, actor: Actor, *seats: str) -> ColumnElement[bool]:
    mine = (Mandate.body_id == body_id, Mandate.account_id == actor.id, in_force(actor.at))
    return exists().where(*mine, Mandate.seat.in_(seats) if seats else Mandate.seat.is_not(None))


def _of_session(actor: Actor, *seats: str) -> ColumnElement[bool]:
    here = select(Session.id).where(Session.id == Motion.session_id, _seat_in(Session.body_id, actor, *seats))
    return here.exists()


def _ballot_of(actor: Actor, *such: Any) -> ColumnElement[bool]:
    return exists().where(Ballot.motion_id == Motion.id, Ballot.account_id == actor.id, *such)


def votes(actor: Actor, motion_id: Any) -> ColumnElement[bool]:
    """The actor has the vote of a seat on this motion."""
    mine = (Ballot.motion_id == motion_id, Ballot.account_id == actor.id)
    return exists().where(*mine, Ballot.recused.is_(None), Ballot.seated)


_seat = aliased(Mandate)


def _seat_is_held(at: Any) -> ColumnElement[bool]:
    """An alternate stands in for a mandate that is in force; its own is asked for beside."""
    ended = or_(_seat.ends_at.is_(None), _seat.ends_at > at)
    return exists().where(_seat.id == Ballot.seat_id, _seat.state == MandateState.ACTIVE, ended)


member = "a member of this body"
body_member = relation("member", member, lambda actor: _seat_in(Body.id, actor))
session_member = relation("member", member, lambda actor: _seat_in(Session.body_id, actor))
session_chair = relation("chair", "its chair", lambda actor: _seat_in(Session.body_id, actor, "chair"))
motion_member = relation("member", member, lambda actor: _of_session(actor))
motion_chair = relation(
    "chair",
    "its chair",
    # Who is out of a vote does not conduct it either.
    lambda actor: and_(_of_session(actor, "chair"), not_(_ballot_of(actor, Ballot.recused.is_not(None)))),
)
seated = relation("seated", "whose seat it is", lambda actor: Mandate.account_id == actor.id)
entitled = relation(
    "entitled",
    "a member entitled to vote on this motion",
    # Whoever it is was fixed when voting opened; the vote ends with the mandate all the same.
    lambda actor: and_(
        _ballot_of(actor, Ballot.recused.is_(None), Ballot.seated, _seat_is_held(actor.at)),
        _of_session(actor),
    ),
)
waits = relation(
    "waits",
    "an alternate, or a member for whom one stands in",
    lambda actor: and_(_ballot_of(actor, Ballot.recused.is_(None), not_(Ballot.seated)), _of_session(actor)),
)
out = relation(
    "out",
    "who is out of this vote",
    lambda actor: _ballot_of(actor, Ballot.recused.is_not(None), Ballot.ground.is_distinct_from("mandate")),
    sees=False,
)
published = relation(
    "public",
    "anyone, once its minutes are published",
    lambda actor: Session.minutes_published_at.is_not(None),
    public=True,
)
impartial = named("impartial", "no interest in any topic")
"""Whoever may learn what is voted on in a session; a later stage says who that is, by a relation of this
name."""
released = named("released", "all of it released")
"""What a session was about is under no embargo; a later stage says so, by a relation of this name."""
told_votes = Who(
    "the body, its secretary and the auditor",
    lambda held: out.names.isdisjoint(held) and not held.isdisjoint({"office", "auditor", "member"}),
    frozenset({"office", "auditor", "member", "out"}),
)
"""Votes are named to these alone; whoever is out of a vote reads nobody's."""


def _in_further_topics(applies: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    return exists().where(MotionTopic.motion_id == Motion.id, applies(MotionTopic.topic_id))


SIGHTS = {
    Body: Sight((office, admin, auditor, body_member)),
    Mandate: Sight((office, admin, auditor, seated)),
    Session: Sight((office, auditor, session_member, session_chair, published)),
    Motion: Sight(
        (office, auditor, motion_member, motion_chair, entitled, waits, out),
        topic=Motion.topic_id,
        further=_in_further_topics,
    ),
}
