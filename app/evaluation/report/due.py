"""What is due: the expert's work list, what is overdue for the office, reminders by the clock."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import select

from app.calls.chosen import rules_of
from app.calls.models import LIVE, Call, Stage
from app.calls.rules import in_words
from app.core.errors import Unauthenticated
from app.core.outbox import Letter, write_all
from app.core.schema import Read
from app.evaluation.report.rules import reminders_by
from app.evaluation.report.seats import Seat, by_due, not_reading, seats_where, unwritten
from app.experts.models import Assignment
from app.people.access import office
from app.people.notices import Told, not_yet_told
from app.proposals.models import Proposal, ProposalState
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.run import Act
from app.workflow.sight import ties

router = APIRouter()
Progress = Literal["not_begun", "draft", "sealed"]
TEXT = """{name},

your report on {reference}, call {call}, {when}, Brussels time.

It is not sealed yet. If you cannot write it, tell the programme office.
"""


class ToWrite(Read):
    """A report of one's own; `missing` counts the scores and comments that sealing would ask for."""

    assignment_id: UUID
    report_id: UUID | None
    proposal_id: UUID
    reference: str
    title: str
    call: str
    state: Progress
    missing: int
    due: datetime | None
    overdue: bool


class ToWriteList(Read):
    items: list[ToWrite]


class Overdue(Read):
    """A report that is not sealed although its time is over."""

    assignment_id: UUID
    report_id: UUID | None
    proposal_id: UUID
    reference: str
    topic_id: UUID
    expert_id: UUID
    name: str
    state: Progress
    missing: int
    due: datetime


class OverdueList(Read):
    items: list[Overdue]


def _state(seat: Seat) -> Progress:
    if seat.report is None:
        return "not_begun"
    return "draft" if seat.sealed is None else "sealed"


@router.get(
    "/me/reports",
    responses=refusals(401),
    summary="What am I to write, and until when?",
    description="Reports on proposals in evaluation, sealed ones too; what is due first comes first. "
    "Who: anyone signed in, of oneself.",
    operation_id="read_my_reports",
)
async def my_reports(asked: Asking) -> ToWriteList:
    if asked.actor.id is None:
        raise Unauthenticated
    tie = ties(Assignment, asked.actor).get("reviewer")
    if tie is None:
        return ToWriteList(items=[])
    going_on = Proposal.state == ProposalState.IN_EVALUATION
    found = await seats_where(asked.session, tie[0], going_on, not_reading(), actor=asked.actor)
    return ToWriteList(items=[_to_write(seat, asked.now) for seat in by_due(found)])


def _to_write(seat: Seat, now: datetime) -> ToWrite:
    proposal = seat.assignment.proposal
    return ToWrite(
        assignment_id=seat.assignment.id,
        report_id=seat.report.id if seat.report else None,
        proposal_id=proposal.id,
        reference=proposal.reference,
        title=proposal.handed_in["title"],
        call=proposal.topic_stage.stage.call.reference,
        state=_state(seat),
        missing=seat.missing,
        due=seat.due,
        overdue=seat.overdue(now),
    )


@router.get(
    "/calls/{id}/overdue_reports",
    responses=refusals(401, 404),
    summary="List the reports that are overdue (call)",
    description=f"The longest overdue first. Who: {office.label}; nothing of a topic in which they apply.",
    operation_id="call_overdue_reports",
)
async def overdue_reports(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> OverdueList:
    await look(asked.session, Call, key, asked.actor, by=office)
    mine = ties(Assignment, asked.actor)["office"][0]
    found = await seats_where(asked.session, mine, Stage.call_id == key, unwritten(), actor=asked.actor)
    late = by_due(seat for seat in found if seat.overdue(asked.now))
    return OverdueList(items=[_overdue(seat) for seat in late])


def _overdue(seat: Seat) -> Overdue:
    assignment, account = seat.assignment, seat.assignment.expert.account
    assert seat.due is not None  # it is over
    return Overdue(
        assignment_id=assignment.id,
        report_id=seat.report.id if seat.report else None,
        proposal_id=assignment.proposal_id,
        reference=assignment.proposal.reference,
        topic_id=assignment.topic_id,
        expert_id=assignment.expert_id,
        name=account.name if account else "",
        state=_state(seat),
        missing=seat.missing,
        due=seat.due,
    )


async def remind_of_reports(act: Act) -> None:
    """Due: reminders of reports as many days before and after as the rule set says; of several the last."""
    running = select(Stage.id).join(Call, Call.id == Stage.call_id).where(Call.state.in_(LIVE))
    open_seats = await seats_where(act.session, unwritten(), Stage.id.in_(running))
    wanted: dict[Told, Seat] = {}
    for seat in open_seats:
        terms = rules_of(seat.assignment.proposal.topic_stage.stage.call).reports
        if terms is None or seat.due is None:
            continue
        if number := reminders_by(seat.since, seat.due, act.now, terms):
            wanted[f"report_reminder_{number}", seat.assignment.id, seat.due] = seat
    new = await not_yet_told(act.session, wanted)
    letters = [letter for told, seat in wanted.items() if told in new for letter in _letter(seat, act.now)]
    await write_all(act.session, "report_due", letters, act.now)


def _letter(seat: Seat, now: datetime) -> list[Letter]:
    proposal, account = seat.assignment.proposal, seat.assignment.expert.account
    if account is None or seat.due is None:
        return []
    over = seat.overdue(now)
    when = f"{'was' if over else 'is'} due on {in_words(seat.due)}"
    call = proposal.topic_stage.stage.call.reference
    text = TEXT.format(name=account.name, reference=proposal.reference, call=call, when=when)
    subject = f"Your report on {proposal.reference} is {'overdue' if over else 'due soon'}"
    return [Letter(account.email, subject, text, "assignment", seat.assignment.id)]
