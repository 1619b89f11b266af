"""What the rows of campaigns and invitations bring about."""

from datetime import timedelta

from app.calls.periods import day_of, end_of
from app.calls.rule_set import pinned
from app.experts.campaign.models import Campaign, ExpertInvitation
from app.people.families import new_secret
from app.workflow.run import Act


async def of_call(campaign: Campaign, act: Act) -> None:
    campaign.call, campaign.invitations = act.parent, []


async def date_sending(campaign: Campaign, act: Act) -> None:
    """Until when people answer: so many days as the call's rule set says."""
    terms = pinned(campaign.call).experts
    assert terms is not None  # a guard has asked
    campaign.sent_at = act.now
    campaign.answer_until = end_of(day_of(act.now) + timedelta(days=terms.answer_days))


async def list_in(invitation: ExpertInvitation, act: Act) -> None:
    invitation.campaign = act.parent


async def new_link(invitation: ExpertInvitation, act: Act) -> None:
    """A link of its own for the mail that follows: of the secret only what it is known by is kept."""
    invitation.secret, known_by = new_secret()
    invitation.links = [*invitation.links, known_by]


async def count_reminder(invitation: ExpertInvitation, act: Act) -> None:
    invitation.reminders = act.data.number


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
