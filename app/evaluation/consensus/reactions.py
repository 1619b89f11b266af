"""What follows from a consensus report, and for it from seats, reports and the clock."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, literal, or_, select
from sqlalchemy.orm import aliased

from app.calls.chosen import rules_of, scheme_of
from app.consortia.models import Consortium, Partner
from app.core import outbox
from app.core.outbox import Letter
from app.core.reason import Reason
from app.evaluation.consensus.guards import silent_seats
from app.evaluation.consensus.meeting import CrossReader, Moderator
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.consensus.rules import reminders_due
from app.evaluation.consensus.schemas import Reminder
from app.evaluation.consensus.workflow import AGREED, CONSENSUS
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.workflow import REPORT
from app.evaluation.rules import too_few
from app.experts.assigning.models import AssignmentSet, SetSeat
from app.experts.assigning.workflow import ASSIGNMENT_SET
from app.experts.conflicts.access import partial_to
from app.experts.conflicts.declaring import keep_shown
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.queries import bars
from app.experts.conflicts.reactions import Seen, concerned_by
from app.experts.models import TAKEN, Assignment, Contract, Expert
from app.experts.workflow import ASSIGNMENT
from app.people.queries import holders_of
from app.proposals.models import Proposal, ProposalState
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, fire, fire_all, refuse
from app.workflow.table import why_not
from app.workflow.who import Actor


async def bring_together(consensus: Consensus, act: Act) -> None:
    """Reaction to `open`: the reports are the group's, who read by whom each is; none is reopened any more.

    Every seat is locked, so that none is sealed or reopened unseen: seats are what those acts lock first.
    """
    here = (Assignment.proposal_id == consensus.proposal_id, Assignment.state.in_(TAKEN))
    await lock_all(act.session, Assignment, await act.session.scalars(select(Assignment.id).where(*here)))
    sealed = (Report.proposal_id == consensus.proposal_id, Report.state == ReportState.SEALED)
    keys = await act.session.scalars(select(Report.id).where(*sealed))
    reports = await lock_all(act.session, Report, keys)
    if reasons := list(too_few(len(reports), scheme_of(consensus.proposal.topic_stage))):
        raise refuse(CONSENSUS, "open", consensus, act, reasons)
    await fire_all(REPORT, "join_group", reports, act)


async def join_late(report: Report, act: Act) -> None:
    """Reaction to a report's `seal`: where the group works already, it belongs to it.

    Its consensus is locked, so that it does not become final without this report (V-17).
    """
    stands = (Consensus.proposal_id == report.proposal_id, Consensus.state != ConsensusState.VOIDED)
    keys = await act.session.scalars(select(Consensus.id).where(*stands))
    for consensus in await lock_all(act.session, Consensus, keys):
        if consensus.state == ConsensusState.FINAL:
            told = "The group has agreed on its report meanwhile."
            raise refuse(REPORT, "seal", report, act, [Reason("not-in-evaluation", told)])
        if consensus.state != ConsensusState.VOIDED:
            await fire(REPORT, "join_group", report, act)


async def finish_if_agreed(consensus: Consensus, act: Act) -> None:
    """Reaction to `approve` and `note_absence`: with the last approval the report is final (V-17)."""
    (fresh,) = await lock_all(act.session, Consensus, [consensus.id], AGREED)
    row = CONSENSUS.row("finish", fresh.state)
    if row is not None and not why_not(row, fresh, act.ask):
        await fire(CONSENSUS, "finish", fresh, act.given(None))


async def conclude_evaluation(consensus: Consensus, act: Act) -> None:
    """Reaction to `finish` and `settle`: the proposal is evaluated."""
    (proposal,) = await lock_all(act.session, Proposal, [consensus.proposal_id])
    await fire(PROPOSAL, "conclude", proposal, act)


async def seat_no_moderator(assignment: Assignment, act: Act) -> None:
    """Reaction to a seat that is proposed: who moderates on the proposal, or has, reviews nothing there."""
    held = select(Contract.id).where(Contract.expert_id == assignment.expert_id)
    moderated = (
        exists()
        .where(Moderator.consensus_id == Consensus.id, Consensus.proposal_id == assignment.proposal_id)
        .where(Moderator.contract_id.in_(held))
    )
    if await act.session.scalar(select(moderated)):
        told = "This expert moderates the group of this proposal, or has."
        reason = Reason("moderates", told, "/proposal_id", "office")
        raise refuse(ASSIGNMENT, "propose", assignment, act, [reason])


async def seat_no_moderators(made: AssignmentSet, act: Act) -> None:
    """Reaction to a set's `release`: the same for all its seats at once."""
    seated, moderating = aliased(Contract), aliased(Contract)
    here = (
        select(Proposal.id, Proposal.reference)
        .distinct()
        .join(SetSeat, SetSeat.proposal_id == Proposal.id)
        .join(seated, seated.id == SetSeat.contract_id)
        .join(Consensus, Consensus.proposal_id == Proposal.id)
        .join(Moderator, Moderator.consensus_id == Consensus.id)
        .join(moderating, moderating.id == Moderator.contract_id)
        .where(SetSeat.set_id == made.id, seated.expert_id == moderating.expert_id)
        .order_by(Proposal.reference)
    )
    reasons = [
        Reason(
            "moderates",
            f"Somebody who moderates the group of {reference}, or has, has a seat on it.",
            f"/panels/{key}",
            "office",
        )
        for key, reference in await act.session.execute(here)
    ]
    if reasons:
        raise refuse(ASSIGNMENT_SET, "release", made, act, reasons)


async def report_of_no_reader(report: Report, act: Act) -> None:
    """Reaction to a report's `begin`: who has read, or was asked to read, what others have written on the
    proposal writes none, by whichever seat (V-13)."""
    whose = select(Assignment.expert_id).where(Assignment.id == report.assignment_id).scalar_subquery()
    theirs = (Assignment.expert_id == whose, Assignment.proposal_id == report.proposal_id)
    asked = exists().where(CrossReader.assignment_id == Assignment.id, *theirs)
    has_read = or_(Report.in_group_at.is_not(None), Report.read_others_at.is_not(None))
    earlier = exists().where(Report.assignment_id == Assignment.id, Report.id != report.id, has_read, *theirs)
    if await act.session.scalar(select(or_(asked, earlier))):
        told = (
            "You have read what others have written on this proposal, or were asked to; you write no report."
        )
        raise refuse(REPORT, "begin", report, act, [Reason("reads-across", told)])


async def read_only(consensus: Consensus, act: Act) -> None:
    """Reaction to `invite_reader` and `invite_to_compare`: no report is written from the seat."""
    (seat,) = await lock_all(act.session, Assignment, [act.data.assignment_id])
    if not seat.reads_only:
        await fire(ASSIGNMENT, "read_only", seat, act)


NEW_MODERATOR = """The group of proposal {reference} has no moderator any more, because of a conflict of
interest. Please name another.
"""


async def lose_moderator(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict that is found, recorded or declared: who has it moderates there no more (V-14).

    Of an officer it takes the whole topic, of an expert what its situation bars from. The office is told.
    """
    theirs = (Moderator.account_id.is_not(None), Moderator.account_id == conflict.account_id)
    officer = and_(*theirs, Consensus.topic_id == conflict.topic_id)
    barred = exists().where(bars(Contract.expert_id, Consensus.proposal_id, Consensus.topic_id, Contract.id))
    expert = exists().where(
        Contract.id == Moderator.contract_id,
        Contract.expert_id == conflict.expert_id,
        barred.correlate_except(Conflict),
    )
    held = select(Consensus.id).join(Moderator, Moderator.consensus_id == Consensus.id)
    held = held.where(Moderator.until.is_(None), Consensus.state != ConsensusState.VOIDED)
    keys = await act.session.scalars(held.where(or_(officer, expert)))
    lost = await lock_all(act.session, Consensus, keys, ["moderators", "proposal"])
    lost = [one for one in lost if any(who.until is None for who in one.moderators)]
    await fire_all(CONSENSUS, "lose_moderator", lost, act.given(None))
    if not lost:
        return
    letters = [
        Letter(to, f"{reference} needs another moderator", NEW_MODERATOR.format(reference=reference))
        for to, reference in await _officers_of([one.proposal for one in lost], act)
    ]
    await outbox.write_all(act.session, "moderator_lost", letters, act.now)


async def _officers_of(proposals: Sequence[Proposal], act: Act) -> list[tuple[str, str]]:
    """The address of each officer with each of these proposals, but for those in whose topics they apply.

    One statement asks for all officers.
    """
    officers = await holders_of(act.session, "office", act.now)
    pairs = list(product(officers, sorted({one.topic_id for one in proposals})))
    asked = [partial_to(Actor(officer.id), literal(topic)) for officer, topic in pairs]
    if not asked:
        return []
    columns = [one.label(f"pair_{number}") for number, one in enumerate(asked)]
    partial = (await act.session.execute(select(*columns))).one()
    out = {(officer.id, topic) for (officer, topic), is_out in zip(pairs, partial, strict=True) if is_out}
    return [
        (officer.email, one.reference)
        for officer in officers
        for one in sorted(proposals, key=lambda one: one.reference)
        if (officer.id, one.topic_id) not in out
    ]


async def look_at_moderators(subject: Seen, act: Act) -> None:
    """Reaction to what data come to show of experts and of who applies: the same of experts who moderate."""
    here = concerned_by(subject)
    if isinstance(subject, Partner):
        topic = select(Consortium.topic_id).where(Consortium.id == subject.consortium_id)
        here = Consensus.topic_id == topic.scalar_subquery()
    columns: tuple[Any, ...] = (Expert.account_id, Proposal)
    held = (
        select(*columns)
        .join(Contract, Contract.expert_id == Expert.id)
        .join(Moderator, Moderator.contract_id == Contract.id)
        .join(Consensus, Consensus.id == Moderator.consensus_id)
        .join(Proposal, Proposal.id == Consensus.proposal_id)
        .where(here, Moderator.until.is_(None), Consensus.state != ConsensusState.VOIDED)
        .order_by(Expert.account_id, Proposal.id)
    )
    moderated = defaultdict[UUID, list[Proposal]](list)
    for account_id, proposal in await act.session.execute(held):
        moderated[account_id].append(proposal)
    await keep_shown(moderated, act)


NEEDS = ("opinions", "silences", "reports", "proposal.topic_stage.stage.call")


async def remind_silent(act: Act) -> None:
    """Due: reminders to experts who have not answered in this round, as the call's rule set says."""
    going_on = Consensus.proposal.has(Proposal.state == ProposalState.IN_EVALUATION)
    waiting = (Consensus.state == ConsensusState.APPROVAL, Consensus.asked_at < act.now, going_on)
    found = await act.session.scalars(
        select(Consensus).where(*waiting).order_by(Consensus.id).options(*loading(Consensus, NEEDS))
    )
    late = {one.id for one in found.unique() if _late(one, act)[0]}
    for consensus in await lock_all(act.session, Consensus, late, NEEDS):
        seats, number = _late(consensus, act)
        if consensus.state == ConsensusState.APPROVAL and seats:
            await fire(CONSENSUS, "remind", consensus, act.given(Reminder(seats=seats, number=number)))


def _late(consensus: Consensus, act: Act) -> tuple[list[UUID], int]:
    """The seats that a reminder is due to by now, and for which time."""
    rules = rules_of(consensus.proposal.topic_stage.stage.call)
    if rules.consensus is None or consensus.asked_at is None:
        return [], 0
    number = reminders_due(consensus.asked_at, act.now, rules.consensus.reminder_days, rules.rest)
    return silent_seats(consensus, number) if number else [], number
