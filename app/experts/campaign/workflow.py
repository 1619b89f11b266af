"""The tables of campaigns and of the invitations they send."""

from collections.abc import Iterable

from app.calls.models import LIVE
from app.calls.rule_set import pinned
from app.core.reason import Reason
from app.experts.campaign import effects
from app.experts.campaign.access import bearer
from app.experts.campaign.models import Campaign, CampaignState, ExpertInvitation, InvitationState
from app.experts.campaign.schemas import Import, Nth, Prepare
from app.experts.contract.schemas import Load
from app.experts.contract.workflow import call_is_out
from app.experts.schemas import Because
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PREPARING, SENT, CLOSED = CampaignState.PREPARING, CampaignState.SENT, CampaignState.CLOSED
LISTED = InvitationState.LISTED
MAILED = InvitationState.SENT
ACCEPTED = InvitationState.ACCEPTED
DECLINED = InvitationState.DECLINED
LAPSED = InvitationState.LAPSED
WITHDRAWN = InvitationState.WITHDRAWN


def call_still_out(campaign: Campaign, ask: Ask) -> Why:
    yield from call_is_out(campaign.call, ask)


def somebody_is_listed(campaign: Campaign, ask: Ask) -> Why:
    if not any(one.state == LISTED for one in campaign.invitations):
        yield Reason("nobody-listed", "There is nobody to be invited.", who="office")


def days_are_said(campaign: Campaign, ask: Ask) -> Why:
    if pinned(campaign.call).experts is None:
        told = "The rules of this call do not say how long experts have to answer."
        yield Reason("no-days", told, who="office")


def in_time(invitation: ExpertInvitation, ask: Ask) -> Why:
    campaign = invitation.campaign
    if campaign.call.state not in LIVE or not (campaign.answer_until and ask.now <= campaign.answer_until):
        yield Reason("too-late", "The time to answer is over.")


CAMPAIGN = Workflow(
    "campaign",
    CampaignState,
    final={CLOSED},
    title="campaign for experts",
    transitions=(
        Transition("prepare", set(), PREPARING, office, "Prepare to invite experts to the call.",
                   guards=(call_is_out,), effects=(fill, effects.of_call), data=Prepare, under="call"),
        Transition("import", {PREPARING}, None, office,
                   "Take in a table of people, all of it or nothing; a dry run tells what is wrong.",
                   data=Import, custom_route=True),
        Transition("send", {PREPARING}, SENT, office, "Mail everybody who is listed, once.",
                   guards=(call_still_out, somebody_is_listed, days_are_said),
                   effects=(effects.date_sending,), needs=("call", "invitations")),
        Transition("close", {PREPARING, SENT}, CLOSED, office | system,
                   "End it; who has not answered can do so no longer."),
    ),
)  # fmt: skip

EXPERT_INVITATION = Workflow(
    "expert_invitation",
    InvitationState,
    final={ACCEPTED, DECLINED, LAPSED, WITHDRAWN},
    title="invitation of an expert",
    transitions=(
        Transition("list", set(), LISTED, system, "Somebody in a table of people to invite.",
                   effects=(effects.list_in,)),
        Transition("mail", {LISTED}, MAILED, system, "The one mail, with a link.",
                   effects=(effects.new_link,)),
        Transition("remind", {MAILED}, None, system, "A reminder, as the rule set has it.",
                   effects=(effects.count_reminder, effects.new_link), data=Nth),
        Transition("accept", {MAILED}, ACCEPTED, bearer, "Accept, and say how many proposals to take.",
                   guards=(in_time,), effects=(effects.keep_load,), data=Load, custom_route=True),
        Transition("decline", {MAILED}, DECLINED, bearer, "Decline, with the reason.",
                   guards=(in_time,), effects=(effects.keep_reason,), data=Because, custom_route=True),
        Transition("lapse", {MAILED}, LAPSED, system, "It was not answered in time.",
                   effects=(effects.drop_links,)),
        Transition("withdraw", {LISTED, MAILED}, WITHDRAWN, office | system, "Take it back.",
                   effects=(effects.drop_links,)),
    ),
)  # fmt: skip
