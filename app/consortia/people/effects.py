"""What the rows about a partner's people bring about."""

from uuid import UUID, uuid4

from app.consortia.effects import name_person
from app.consortia.models import AskedPerson, Partner, Person
from app.core import outbox
from app.core.outbox import Letter
from app.people.desk import desk
from app.people.families import new_secret
from app.workflow.run import Act

ASKING = """{name},

{organisation} asks you to act for it in the consortium {consortium}, which applies for the topic
{topic}: {title}. Your part: {part}.

Accept or decline with this link, within {days} days; you need no account for it:

{link}
"""


async def ask(partner: Partner, act: Act) -> None:
    """Mail a link to somebody; whoever is asked again has the new link and part alone."""
    given, (secret, known_by) = act.data, new_secret()
    address = given.email.lower()
    asked = next((one for one in partner.asked if one.email == address), None)
    if asked is None:
        asked = AskedPerson(id=uuid4(), email=address)
        partner.asked.append(asked)
    asked.name, asked.part, asked.link = given.name, given.part, known_by
    asked.until = act.now + desk().invitation_life
    topic = partner.consortium.topic_stage.topic
    text = ASKING.format(
        name=given.name,
        organisation=partner.organisation.legal_name,
        consortium=partner.consortium.name,
        topic=topic.reference,
        title=topic.title,
        part=given.part.replace("_", " "),
        days=desk().invitation_life.days,
        link=f"{desk().public_url}/v1/person_invitations/{secret}",
    )
    subject = f"You are asked to act for {partner.organisation.legal_name}"
    letter = Letter(address, subject, text, "partner", partner.id)
    await outbox.write_all(act.session, "person_invitation", [letter], act.now)


async def join(partner: Partner, act: Act) -> None:
    """Who was asked is one of its people from now on."""
    asked: AskedPerson = act.parent
    await name_person(partner, act, asked.name, asked.email, asked.part)
    partner.asked.remove(asked)
    act.note(name=asked.name, part=asked.part)


async def turn_down(partner: Partner, act: Act) -> None:
    """The question is gone, with the address."""
    partner.asked.remove(act.parent)


async def change_part(partner: Partner, act: Act) -> None:
    person = _present(partner, act.data.person_id)
    assert person is not None  # the guard has found it
    act.note(was=person.part)
    person.part = act.data.part


async def end(partner: Partner, act: Act) -> None:
    """The person is out, or the link leads nowhere, from now on."""
    if (person := _present(partner, act.data.person_id)) is not None:
        person.until = act.now
    else:
        partner.asked.remove(next(one for one in partner.asked if one.id == act.data.person_id))


async def step_out(partner: Partner, act: Act) -> None:
    for person in partner.people:
        if person.until is None and person.account_id == act.actor.id:
            person.until = act.now


def _present(partner: Partner, key: UUID) -> Person | None:
    return next((person for person in partner.people if person.id == key and person.until is None), None)
