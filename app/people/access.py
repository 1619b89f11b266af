"""Roles, who holds them at an instant, and what ties people to accounts and appointments."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SelectBase,
    and_,
    case,
    func,
    or_,
    select,
    union_all,
)

from app.people.models import Account, Appointment, AppointmentState
from app.workflow.sight import Sight, relation, role
from app.workflow.who import Actor

office = role("office", "the programme office")
signatory = role("signatory", "the signatory")
committee = role("committee", "a member of the committee")
committee_chair = role("committee_chair", "the chair of the committee")
advisory_member = role("advisory_member", "a member of an advisory body")
expert = role("expert", "an expert")
observer = role("observer", "the observer")
auditor = role("auditor", "the auditor")
admin = role("admin", "an administrator")

CALL_AUDITOR = "call_auditor"
"""The role of who is appointed as auditor of a call: towards what is of that call, the auditor's."""

oneself = relation("oneself", "the person", lambda actor: Account.id == actor.id, own=True)
appointee = relation("appointee", "the person", lambda actor: Appointment.account_id == actor.id, own=True)

SIGHTS = {
    Account: Sight((oneself, office, admin)),
    Appointment: Sight((appointee, office, admin, signatory)),
}

RoleSource = Callable[[Any, Any], SelectBase]
"""The names of the roles that an account (its id) holds at an instant of process time, as a select."""


def appointed(account_id: Any, at: Any) -> SelectBase:
    """The roles that appointments give; one for a call gives a role of its own."""
    name = case((Appointment.call_id.is_(None), Appointment.role), else_=CALL_AUDITOR)
    return select(name).where(Appointment.account_id == account_id, _in_force(at))


def _in_force(at: Any) -> ColumnElement[bool]:
    ends_later = or_(Appointment.ends_at.is_(None), at < Appointment.ends_at)
    return and_(Appointment.state == AppointmentState.ACTIVE, Appointment.starts_at <= at, ends_later)


def audited_calls(actor: Actor) -> Select[Any]:
    """The ids of the calls for which the actor has an appointment in force. For use inside a statement."""
    mine = (Appointment.account_id == actor.id, Appointment.call_id.is_not(None), _in_force(actor.at))
    return select(Appointment.call_id).where(*mine).correlate(None)


_sources: list[RoleSource] = [appointed]


def install_roles(sources: Iterable[RoleSource]) -> None:
    """Hand over, once, from where later stages give roles (mandates in bodies, contracts)."""
    _sources[:] = [appointed, *sources]


def role_sources() -> tuple[RoleSource, ...]:
    """From where roles come by now: what a statement that is kept depends on."""
    return tuple(_sources)


def roles_of(account_id: Any, at: Any) -> ColumnElement[Any]:
    """All roles of an account at an instant, as one array column."""
    every: CompoundSelect[str] = union_all(*(source(account_id, at) for source in _sources))
    return func.array(every.scalar_subquery())
