"""Who belongs to a consortium, and to which of its partners."""

from typing import Any, get_args

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from app.consortia.models import LIVE, Consortium, Part, Partner, Person
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import Actor, named

_open = aliased(Consortium)
_member = aliased(Partner)  # once: an alias made anew for each request takes longer than its statement


def among(consortium_id: Any, actor: Actor, *parts: str, coordinating: bool = False) -> ColumnElement[bool]:
    """The actor is at present one of the people of a partner at present in this consortium.

    Whoever is only invited is not: nobody gets into a consortium, nor loses a role to it, unasked.
    """
    here = [_member.consortium_id == consortium_id, _member.state.in_(LIVE), Person.partner_id == _member.id]
    here += [_member.coordinates] if coordinating else []
    here += [Person.part.in_(parts)] if parts else []
    return exists().where(*here, Person.account_id == actor.id, Person.until.is_(None))


def ever_among(consortium_id: Any, actor: Actor) -> ColumnElement[bool]:
    """The actor is, or was until they left or were removed, one of the people of this consortium."""
    here = (_member.consortium_id == consortium_id, Person.partner_id == _member.id)
    been = or_(Person.until.is_not(None), _member.state.in_(LIVE))
    return exists().where(*here, Person.account_id == actor.id, been)


def applied(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor is, or was until they left or were removed, of a consortium on the topic in this column.

    An interest ends when the results are out; whoever competed still handles no dispute about a competitor.
    """
    mine = exists().where(Person.account_id == actor.id, Person.partner_id == Partner.id)
    been = or_(Person.until.is_not(None), Partner.state.in_(LIVE))
    return mine.where(been, Partner.consortium_id == Consortium.id, Consortium.topic_id == topic)


def apart(role: Relation, topic: Any) -> Relation:
    """A role, for who has never applied on the topic in this column."""
    name = name_of(role)
    return relation(
        name, role.label, lambda actor: not_(applied(actor, topic)) if name in actor.roles else None
    )


def of_partner(actor: Actor, *parts: str) -> ColumnElement[bool]:
    """The actor is at present one of these people of this very partner."""
    mine = (Person.partner_id == Partner.id, Person.account_id == actor.id, Person.until.is_(None))
    return exists().where(*mine, Person.part.in_(parts), Partner.state.in_(LIVE))


def reads_figures(actor: Actor) -> ColumnElement[bool]:
    """The actor is one of this partner's people, or of any partner where the consortium shows figures."""
    shown = exists().where(_open.id == Partner.consortium_id, _open.open_budgets)
    return or_(of_partner(actor, *get_args(Part)), and_(shown, among(Partner.consortium_id, actor)))


def leads(actor: Actor) -> ColumnElement[bool]:
    """The actor is one of those who lead this partner's consortium."""
    return among(Partner.consortium_id, actor, "contact", "deputy_contact", coordinating=True)


def within(consortium_id: Any) -> tuple[Relation, ...]:
    """The relations that a consortium gives its people towards whatever has its id in this column."""
    return (
        relation(
            "coordinator",
            "the coordinator",
            lambda actor: among(consortium_id, actor, "contact", coordinating=True),
            own=True,
        ),
        relation(
            "deputy_contact",
            "a deputy contact",
            lambda actor: among(consortium_id, actor, "deputy_contact", coordinating=True),
            own=True,
        ),
        relation(
            "author",
            "a partner",
            lambda actor: among(consortium_id, actor, "contact", "deputy_contact", "contributor"),
            own=True,
        ),
        relation("partner", "a partner", lambda actor: among(consortium_id, actor), own=True),
    )


coordinator, deputy_contact, author, partner = within(Consortium.id)
own = relation(
    "own",
    "its own people",
    lambda actor: of_partner(actor, "contact", "deputy_contact", "contributor"),
    own=True,
)
one_of_its = relation(
    "one_of_its", "one of its people", lambda actor: of_partner(actor, *get_args(Part)), own=True
)
own_contact = relation("own_contact", "its contact", lambda actor: of_partner(actor, "contact"), own=True)
budget_reader = relation("budget_reader", "whoever reads its figures", reads_figures, own=True)
left = relation(
    "left",
    "its people when it left",
    lambda actor: exists().where(
        Person.partner_id == Partner.id, Person.account_id == actor.id, Person.until == Partner.left_at
    ),
    own=True,
)
"""Who left keeps what was its own: its part as it then was."""
bearer = named("bearer", "the bearer of the invitation")

SIGHTS = {
    Consortium: Sight(within(Consortium.id), topic=Consortium.topic_id),
    Partner: Sight((*within(Partner.consortium_id), own, one_of_its, own_contact, left, budget_reader)),
}
