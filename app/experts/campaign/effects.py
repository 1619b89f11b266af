"""What the rows of campaigns and invitations bring about."""

from datetime import timedelta

from app.calls.periods import day_of, end_of
from app.calls.rule_set import pinned
from app.core import outbox
from app.experts.campaign.models import Campaign, ExpertInvitation
from app.experts.campaign.queries import topics_of
from app.people.desk import desk
from app.people.families import new_secret
from app.workflow.run import Act

INVITATION = """{name},

{text}

The call is {reference}, {title}. Its topics:
{topics}

The work is agreed as {days} days, {place}. You choose how many proposals you would take, at the least and
at the most. Accept or decline with this link, until {until:%d %B %Y}; you need no account for it:

{link}
"""
REMINDER = "This is a reminder of our invitation.\n\n"


async def of_call(campaign: Campaign, act: Act) -> None:
    campaign.call, campaign.invitations = act.parent, []


async def date_sending(campaign: Campaign, act: Act) -> None:
    """Until when people answer: so many days as the call's rule set says."""
    terms = pinned(campaign.call).experts
    assert terms is not None  # a guard has asked
    campaign.sent_at = act.now
    campaign.answer_until = end_of(day_of(act.now) + timedelta(days=terms.answer_days))


async def list_person(invitation: ExpertInvitation, act: Act) -> None:
    invitation.campaign, invitation.email, invitation.name = act.parent, act.data.email, act.data.name
    invitation.links = []


async def mail(invitation: ExpertInvitation, act: Act) -> None:
    await _mail(invitation, act, "")


async def remind(invitation: ExpertInvitation, act: Act) -> None:
    invitation.reminders = act.data.number
    await _mail(invitation, act, REMINDER)


async def _mail(invitation: ExpertInvitation, act: Act, before: str) -> None:
    """One mail to one person, with a link of its own; nothing in it is of a proposal."""
    campaign, call = invitation.campaign, invitation.campaign.call
    assert campaign.answer_until is not None  # it is sent
    secret, known_by = new_secret()
    invitation.links = [*invitation.links, known_by]
    text = INVITATION.format(
        name=invitation.name,
        text=campaign.text,
        reference=call.reference,
        title=call.title,
        topics="\n".join(f"- {topic}" for topic in await topics_of(act.session, call)),
        days=campaign.days,
        place=campaign.place,
        until=day_of(campaign.answer_until),
        link=f"{desk().public_url}/v1/expert_answers/{secret}",
    )
    await outbox.write(
        act.session,
        to=invitation.email,
        kind="expert_invitation",
        subject=f"You are invited as an expert for call {call.reference}",
        text=before + text,
        at=act.now,
        entity="expert_invitation",
        entity_id=invitation.id,
    )


async def keep_load(invitation: ExpertInvitation, act: Act) -> None:
    invitation.least, invitation.most = act.data.least, act.data.most
    await end_links(invitation, act)


async def keep_reason(invitation: ExpertInvitation, act: Act) -> None:
    invitation.reason = act.data.reason
    await end_links(invitation, act)


async def end_links(invitation: ExpertInvitation, act: Act) -> None:
    invitation.links, invitation.answered_at = [], act.now


async def drop_links(invitation: ExpertInvitation, act: Act) -> None:
    invitation.links = []
