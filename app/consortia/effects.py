"""What the rows of consortia and partners bring about."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from app.calls.models import TopicStage
from app.consortia.budget.rules import FIGURES
from app.consortia.industry.models import IndustryMember
from app.consortia.models import Consortium, Part, Partner, Person
from app.consortia.organisations.queries import standing
from app.consortia.queries import coordinating
from app.core import outbox
from app.people.desk import desk
from app.people.families import new_secret
from app.people.links import account_of
from app.people.models import Account, AccountState
from app.workflow.run import Act

CARRIED = ("coordinates", "self_financed", *FIGURES)
"""What of a partner goes on with its part: to another organisation, and into a merged consortium."""
ACTING = ("account_id", "email", "name", "part")
INVITATION = """{name},

{coordinator} invites {organisation} to take part in the consortium {consortium}, which applies for the topic
{topic}: {title}.

Accept or decline with this link, until {until:%d %B %Y}; you need no account for it:

{link}
"""


async def gather(consortium: Consortium, act: Act) -> None:
    """Form it around the topic, in the stage that is open."""
    part: TopicStage = act.parent
    consortium.topic_stage, consortium.topic_id, consortium.name = part, part.topic_id, act.data.name
    consortium.partners = []


async def take_the_lead(partner: Partner, act: Act) -> None:
    """The coordinating partner: its contact is whoever forms the consortium."""
    partner.consortium, partner.coordinates, partner.people = act.parent, True, []
    await _name_organisation(partner, act, act.data.organisation_id)
    account = await act.session.get_one(Account, act.actor.id)
    name = act.data.contact_name or account.name
    await name_person(partner, act, name, account.email)


def _take_part_of(partner: Partner, was: Partner, until: datetime | None) -> None:
    """What is carried, and its people whose access ends then; who was only asked is to be asked anew."""
    for name in CARRIED:
        setattr(partner, name, getattr(was, name))
    partner.people = [
        Person(id=uuid4(), **{name: getattr(person, name) for name in ACTING})
        for person in was.people
        if person.until == until
    ]


async def carry_over(partner: Partner, act: Act) -> None:
    """The part that it had before, with its people; `act.parent` is that part, the consortium is given."""
    was: Partner = act.parent
    _take_part_of(partner, was, None)
    partner.organisation, partner.joined_from, partner.from_partner_id = was.organisation, "applicant", was.id


async def bring_in(partner: Partner, act: Act) -> None:
    """A member of the industry consortium, which is `act.parent`, with who acts for it."""
    member: IndustryMember = act.parent
    partner.organisation, partner.joined_from = member.organisation, "industry"
    partner.people = [industry_contact(member)]


def industry_contact(member: IndustryMember) -> Person:
    """Who acts for a member of the industry consortium, as a partner's contact."""
    return Person(
        id=uuid4(), account_id=member.account_id, email=member.email, name=member.name, part="contact"
    )


async def ask(partner: Partner, act: Act) -> None:
    """Place an invited organisation in the consortium, with the person who is asked."""
    partner.consortium, partner.people = act.parent, []
    await _name_organisation(partner, act, act.data.organisation_id)
    await name_person(partner, act, act.data.name, act.data.email)


async def name_person(partner: Partner, act: Act, name: str, email: str, part: Part = "contact") -> None:
    """Make somebody one of its people, with the account of that address if there is an active one already."""
    active = account_of(email).where(Account.state == AccountState.ACTIVE)
    account = (await act.session.scalars(active)).one_or_none()
    person = Person(id=uuid4(), part=part, name=name, email=email.lower())
    person.account_id = account.id if account else None
    partner.people.append(person)


async def _name_organisation(partner: Partner, act: Act, key: UUID) -> None:
    partner.organisation = await standing(act.session, key, "/body/organisation_id")


async def follow(partner: Partner, act: Act) -> None:
    """It is of the organisation that its own was merged into."""
    act.note(merged=str(partner.organisation_id))
    partner.organisation = act.parent


async def send_link(partner: Partner, act: Act) -> None:
    """Mail a link by which the invited person answers; an earlier one is good no longer."""
    secret, partner.invitation = new_secret()
    partner.invited_until = act.now + desk().invitation_life
    consortium = partner.consortium
    topic = consortium.topic_stage.topic
    person = partner.people[0]
    text = INVITATION.format(
        name=person.name,
        coordinator=await act.session.scalar(coordinating(consortium.id)),
        organisation=partner.organisation.legal_name,
        consortium=consortium.name,
        topic=topic.reference,
        title=topic.title,
        until=partner.invited_until - timedelta(seconds=1),
        link=f"{desk().public_url}/v1/partner_invitations/{secret}",
    )
    await outbox.write(
        act.session,
        to=person.email,
        kind="partner_invitation",
        subject=f"You are invited to the consortium {consortium.name}",
        text=text,
        at=act.now,
        entity="partner",
        entity_id=partner.id,
    )


async def answer(partner: Partner, act: Act) -> None:
    """The link has done its work; whoever accepted and has an account by now acts with it."""
    partner.invitation = partner.invited_until = None
    mine = update(Person).where(Person.partner_id == partner.id, Person.account_id.is_(None))
    same = func.lower(Account.email) == func.lower(Person.email)
    active = select(Account.id).where(same, Account.state == AccountState.ACTIVE).scalar_subquery()
    await act.session.execute(
        mine.values(account_id=active), execution_options={"synchronize_session": False}
    )


async def end_access(partner: Partner, act: Act) -> None:
    """Its people are out from now on, and so is whoever was asked; who never accepted never had access."""
    if partner.invitation is None:
        for person in partner.people:
            person.until = person.until or act.now
    partner.invitation = partner.invited_until = partner.coordination_offered_at = None
    partner.asked.clear()


async def keep_the_day(partner: Partner, act: Act) -> None:
    """Its people of this moment keep reading what was theirs."""
    partner.left_at = act.now


async def lapse(partner: Partner, act: Act) -> None:
    """The link leads nowhere from now on; until when it was good stays readable."""
    partner.invitation = None


async def take_over(partner: Partner, act: Act) -> None:
    """The part of another partner, as it was: its people act for the new organisation, none has signed."""
    was: Partner = act.parent
    _take_part_of(partner, was, act.now)  # until the transfer itself
    partner.consortium, partner.joined_from, partner.from_partner_id = (
        was.consortium,
        was.joined_from,
        was.from_partner_id,
    )
    await _name_organisation(partner, act, act.data.organisation_id)
    act.note(was=str(was.id))
