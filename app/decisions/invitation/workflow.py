"""The table of invitations to the second stage."""

from collections.abc import Iterable

from app.calls.rules import LAST_SECOND, Phase, gone, in_words, phase
from app.core.reason import Reason
from app.decisions.invitation import effects
from app.decisions.invitation.access import coordinator, industry_lead
from app.decisions.invitation.models import Invitation, InvitationState
from app.decisions.invitation.schemas import Decline, Report
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
SENT = InvitationState.SENT
MERGED = InvitationState.MERGED
DECLINED = InvitationState.DECLINED
NOT_FEASIBLE = InvitationState.NOT_FEASIBLE
LAPSED = InvitationState.LAPSED


def in_its_period(invitation: Invitation, ask: Ask) -> Why:
    """C-08: until the last second of its last day."""
    if ask.now >= invitation.until + LAST_SECOND:
        told = f"The invitation was to be answered until {in_words(invitation.until)}, Brussels time."
        yield Reason("period-over", told)


def next_stage_not_closed(invitation: Invitation, ask: Ask) -> Why:
    stage = invitation.topic_stage.stage
    yield from gone(invitation.topic_stage.state)
    if phase(stage.opens_at, stage.closes_at, ask.now) is Phase.CLOSED:
        told = f"The deadline of the second stage was {in_words(stage.closes_at)}, Brussels time."
        yield Reason("deadline-passed", told)


def industry_has_a_lead(invitation: Invitation, ask: Ask) -> Why:
    if not any(member.leads for member in invitation.industry):
        told = "Nobody is named who speaks for the topic's industry consortium."
        yield Reason("no-industry-lead", told, who="office")


def merger_proposed(invitation: Invitation, ask: Ask) -> Why:
    if invitation.proposed_at is None:
        told = "The coordinator of the short proposal has not proposed the merger."
        yield Reason("not-proposed", told, who="coordinator")


def report_written(invitation: Invitation, ask: Ask) -> Why:
    if invitation.report is None:
        told = "The coordinator of the short proposal has written no report to agree with."
        yield Reason("no-report", told, "/report", "coordinator")


STAGE = ("topic_stage.stage",)
SIDES = ("consortium.partners.organisation", "consortium.partners.people", "industry.organisation")
TELL = ("proposal", *SIDES)

INVITATION = Workflow(
    "invitation",
    InvitationState,
    final={MERGED, DECLINED, NOT_FEASIBLE, LAPSED},
    title="invitation to the second stage",
    transitions=(
        Transition("send", set(), SENT, system, "A short proposal is invited to the second stage (C-07).",
                   effects=(effects.issue,)),
        Transition("propose_merger", {SENT}, None, coordinator,
                   "Propose to the topic's industry consortium to merge as both now are.",
                   guards=(in_its_period, next_stage_not_closed, industry_has_a_lead),
                   effects=(effects.propose,), needs=(*STAGE, *TELL)),
        Transition("join", {SENT}, MERGED, industry_lead,
                   "Merge: the industry consortium joins, and the full proposal begins (C-06).",
                   guards=(in_its_period, next_stage_not_closed, merger_proposed),
                   needs=(*STAGE, *TELL)),
        Transition("decline", {SENT}, DECLINED, coordinator, "Do not go on to the second stage.",
                   effects=(effects.decline,), data=Decline, needs=TELL),
        Transition("withdraw", {SENT}, DECLINED, system, "Its short proposal was withdrawn.",
                   effects=(effects.withdraw,), needs=TELL),
        Transition("report_not_feasible", {SENT}, None, coordinator,
                   "Write why a full proposal of both sides is not feasible; it stands once industry agrees.",
                   guards=(in_its_period,), effects=(effects.report,), data=Report, needs=TELL),
        Transition("agree_not_feasible", {SENT}, NOT_FEASIBLE, industry_lead,
                   "Agree with the report: a full proposal of both sides is not feasible (C-08).",
                   guards=(in_its_period, report_written), needs=TELL),
        Transition("lapse", {SENT}, LAPSED, system, "It was not answered in time.", needs=TELL),
    ),
)  # fmt: skip
