"""What follows from a campaign and from an answer; what the clock brings."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager

from app.calls.models import LIVE, Call
from app.calls.periods import day_of
from app.calls.rule_set import pinned
from app.core import outbox
from app.core.outbox import Letter
from app.core.reason import Reason
from app.experts.campaign.models import Campaign, CampaignState, ExpertInvitation, InvitationState
from app.experts.campaign.queries import topics_of
from app.experts.campaign.rules import reminders_due
from app.experts.campaign.schemas import Nth
from app.experts.campaign.workflow import CAMPAIGN, EXPERT_INVITATION
from app.experts.contract.workflow import CONTRACT
from app.experts.models import NOT_OVER, Contract, Expert
from app.experts.profile.workflow import EXPERT
from app.experts.queries import seats_apart
from app.people.desk import desk
from app.people.invite import invite
from app.people.models import Account, AccountState
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire, fire_all, refuse

INVITATION = """{name},

{text}

The call is {reference}, {title}. Its topics:
{topics}

The work is agreed as {days} days, {place}. You choose how many proposals you would take, at the least and
at the most. Accept or decline with this link, until {until:%d %B %Y}; you need no account for it:

{link}
"""
REMINDER = "This is a reminder of our invitation.\n\n"

Due = Callable[[Act], Awaitable[None]]
LISTED, MAILED = InvitationState.LISTED, InvitationState.SENT
NEEDS = ("campaign.call",)
THANKS = """{name},

thank you. A contract for call {call} is ready for you to sign; nothing of a proposal is shown before.
{how}
"""
WITH_LINK = """
Choose a password with this link first:

{link}
"""
SIGN_IN = """
Sign in with your account to read and sign it.
"""


async def mail_everybody(campaign: Campaign, act: Act) -> None:
    """Reaction to a campaign's `send`: one mail to each person listed."""
    people = await _of(campaign, act, LISTED)
    await fire_all(EXPERT_INVITATION, "mail", people, act)
    await _mail(campaign, people, act, "")


async def _mail(campaign: Campaign, people: Sequence[ExpertInvitation], act: Act, before: str) -> None:
    """One mail to each, with a link of its own; nothing in it is of a proposal."""
    call = campaign.call
    assert campaign.answer_until is not None  # it is sent
    said = {
        "text": campaign.text,
        "reference": call.reference,
        "title": call.title,
        "topics": "\n".join(f"- {topic}" for topic in await topics_of(act.session, call)),
        "days": campaign.days,
        "place": campaign.place,
        "until": day_of(campaign.answer_until),
    }
    subject = f"You are invited as an expert for call {call.reference}"
    letters = [
        Letter(
            one.email,
            subject,
            before
            + INVITATION.format(
                name=one.name, link=f"{desk().public_url}/v1/expert_answers/{one.secret}", **said
            ),
            "expert_invitation",
            one.id,
        )
        for one in people
    ]
    await outbox.write_all(act.session, "expert_invitation", letters, act.now)


async def end_invitations(campaign: Campaign, act: Act) -> None:
    """Reaction to a campaign's `close`: nobody answers any more."""
    await fire_all(EXPERT_INVITATION, "lapse", await _of(campaign, act, MAILED), act)
    await fire_all(EXPERT_INVITATION, "withdraw", await _of(campaign, act, LISTED), act)


async def _of(campaign: Campaign, act: Act, state: InvitationState) -> list[ExpertInvitation]:
    here = (ExpertInvitation.campaign_id == campaign.id, ExpertInvitation.state == state)
    keys = await act.session.scalars(select(ExpertInvitation.id).where(*here))
    return await lock_all(act.session, ExpertInvitation, keys, NEEDS)


async def take_on(invitation: ExpertInvitation, act: Act) -> None:
    """Reaction to an invitation's `accept`: an account, a place in the pool, a contract to sign, one mail.

    Refused where the person decides or runs the process (D8), or has closed the account.
    """
    campaign = invitation.campaign
    account, link = await invite(act.session, invitation.email, invitation.name, act, act.cause)
    _refuse_if_apart(invitation, account, await seats_apart(act.session, account.id, act.now), act)
    expert = await act.session.scalar(select(Expert).where(Expert.account_id == account.id))
    if expert is None:
        expert = Expert()
        await create(EXPERT, "take_in", expert, act.given(None, account))
    live = select(Contract.id).where(Contract.expert_id == expert.id, Contract.call_id == campaign.call_id)
    if await act.session.scalar(live.where(Contract.state.in_(NOT_OVER))) is None:
        contract = Contract(expert=expert, days=campaign.days, place=campaign.place)
        await create(CONTRACT, "offer_on_acceptance", contract, act.given(act.data, campaign.call))
    how = WITH_LINK.format(link=link) if link else SIGN_IN
    await outbox.write(
        act.session,
        to=account.email,
        kind="expert_accepted",
        subject=f"Your contract as an expert for call {campaign.call.reference}",
        text=THANKS.format(name=invitation.name, call=campaign.call.reference, how=how),
        at=act.now,
        entity="expert_invitation",
        entity_id=invitation.id,
    )


def _refuse_if_apart(invitation: ExpertInvitation, account: Account, roles: list[str], act: Act) -> None:
    reasons = [Reason("D8", f"You hold the role “{role}” (D8).", who="office") for role in roles[:1]]
    if account.state == AccountState.CLOSED:
        reasons.append(Reason("account-closed", "The account of your address is closed.", who="office"))
    if reasons:
        raise refuse(EXPERT_INVITATION, "accept", invitation, act, reasons)


async def remind_experts(act: Act) -> None:
    """Due: reminders as many days before the end as the call's rule set says; of several the last alone."""
    out = (Campaign.state == CampaignState.SENT, Campaign.answer_until > act.now, Call.state.in_(LIVE))
    wanted = select(Campaign).join(Campaign.call).where(*out).order_by(Campaign.id)
    for campaign in await act.session.scalars(wanted.options(contains_eager(Campaign.call))):
        terms = pinned(campaign.call).experts
        if terms is None or campaign.sent_at is None or campaign.answer_until is None:
            continue
        sent, until = campaign.sent_at, campaign.answer_until
        number = reminders_due(sent, until, act.now, terms.reminder_days)
        late = [one for one in await _of(campaign, act, MAILED) if one.reminders < number]
        await fire_all(EXPERT_INVITATION, "remind", late, act.given(Nth(number=number)))
        if late:
            await _mail(campaign, late, act, REMINDER)


def close_campaigns(longest_request: timedelta) -> Due:
    """Due: campaigns whose time to answer is over, or whose call is; what is open lapses.

    Not before an answer that was sent in time can no longer be under way.
    """

    async def due(act: Act) -> None:
        over = Campaign.answer_until + longest_request <= act.now
        gone = exists().where(Call.id == Campaign.call_id, Call.state.not_in(LIVE))
        wanted = select(Campaign.id).where(Campaign.state != CampaignState.CLOSED, over | gone)
        for campaign in await lock_all(act.session, Campaign, await act.session.scalars(wanted)):
            if campaign.state != CampaignState.CLOSED:
                await fire(CAMPAIGN, "close", campaign, act)

    return due
