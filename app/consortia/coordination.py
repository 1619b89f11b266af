"""Handing the coordination over: offered by the coordinator, taken by the other partner's contact."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_

from app.consortia.models import Partner
from app.consortia.queries import contacts, coordinating
from app.core import outbox
from app.core.outbox import Letter
from app.core.reason import Reason
from app.workflow.run import Act
from app.workflow.table import Ask

Why = Iterable[Reason]
OFFERED = """{name},

{coordinator} offers {organisation} the coordination of the consortium {consortium}. Take it, or decline, in
the consortium; nothing changes before.
"""
TAKEN = """{name},

{organisation} coordinates the consortium {consortium} from now on, and alone hands in its proposal.
"""


def coordinated_by_another(partner: Partner, ask: Ask) -> Why:
    if partner.coordinates:
        yield Reason("coordinates", "This partner coordinates already.")


def offered(partner: Partner, ask: Ask) -> Why:
    if partner.coordination_offered_at is None:
        yield Reason("not-offered", "The coordination is not offered to this partner.", "", "coordinator")


async def offer(partner: Partner, act: Act) -> None:
    """It stands until it is taken, declined or withdrawn; its contacts are told."""
    partner.coordination_offered_at = act.now
    await _tell(Partner.id == partner.id, partner, act, "The coordination is offered to you", OFFERED)


async def end_offer(partner: Partner, act: Act) -> None:
    partner.coordination_offered_at = None


async def take(partner: Partner, act: Act) -> None:
    """What is offered is taken; the contacts of who has coordinated until now are told."""
    partner.coordination_offered_at = None
    until_now = and_(Partner.consortium_id == partner.consortium_id, Partner.coordinates)
    await _tell(until_now, partner, act, "The coordination is taken over", TAKEN)


async def step_back(partner: Partner, act: Act) -> None:
    """It coordinates no more; where nothing is coordinated there is nobody to deputise for."""
    partner.coordinates = False
    for person in partner.people:
        if person.until is None and person.part == "deputy_contact":
            person.part = "contributor"


async def _tell(whom: ColumnElement[bool], about: Partner, act: Act, subject: str, text: str) -> None:
    facts = {
        "coordinator": await act.session.scalar(coordinating(about.consortium_id)),
        "organisation": about.organisation.legal_name,
        "consortium": about.consortium.name,
    }
    people = await act.session.execute(contacts(whom))
    letters = [
        Letter(to, subject, text.format(name=name, **facts), "partner", key) for key, name, to in people
    ]
    await outbox.write_all(act.session, "coordination", letters, act.now)
