"""What must hold before a partner's people change."""

from collections.abc import Iterable

from app.consortia.models import Partner, Person
from app.core.reason import Reason
from app.workflow.table import Ask

Why = Iterable[Reason]
LAST = Reason(
    "last-contact", "A partner has a contact; make somebody else one first.", "/body", "own_contact"
)


def _present(partner: Partner) -> list[Person]:
    return [person for person in partner.people if person.until is None]


def not_yet_among_them(partner: Partner, ask: Ask) -> Why:
    if ask.data is not None and ask.data.email.lower() in {person.email for person in _present(partner)}:
        yield Reason("twice", "Somebody with this address acts for the partner.", "/body/email", "sender")


def a_deputy_where_it_coordinates(partner: Partner, ask: Ask) -> Why:
    if ask.data is not None and ask.data.part == "deputy_contact" and not partner.coordinates:
        told = "Only the coordinating partner has deputy contacts."
        yield Reason("coordinator-alone", told, "/body/part", "sender")


def one_of_its_people(partner: Partner, ask: Ask) -> Why:
    if ask.data is not None and ask.data.person_id not in {person.id for person in _present(partner)}:
        told = "Nobody of this id acts for the partner."
        yield Reason("no-such-person", told, "/body/person_id", "sender")


def one_of_its_people_or_asked(partner: Partner, ask: Ask) -> Why:
    if ask.data is None or ask.data.person_id not in {one.id for one in partner.asked}:
        yield from one_of_its_people(partner, ask)


def another_contact_stays(partner: Partner, ask: Ask) -> Why:
    """Of whom the data names, unless made a contact; without data to be sent, of the actor."""
    if ask.data is None:
        return
    others = [person for person in _present(partner) if person.id != ask.data.person_id]
    if len(others) < len(_present(partner)) and getattr(ask.data, "part", "") != "contact":
        yield from _with_a_contact(others)


def another_contact_than_you_stays(partner: Partner, ask: Ask) -> Why:
    yield from _with_a_contact([p for p in _present(partner) if p.account_id != ask.actor.id])


def _with_a_contact(people: list[Person]) -> Why:
    if not any(person.part == "contact" for person in people):
        yield LAST
