"""The table of consensus reports."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.evaluation.consensus import effects
from app.evaluation.consensus.access import comparing, cross_reader, group, moderator, of_group, rapporteur
from app.evaluation.consensus.guards import (
    answers_a_message,
    approved_by_all,
    criterion_is_known,
    disagreed,
    drafted,
    ends_after_it_starts,
    has_begun,
    is_silent,
    on_scale,
    one_is_named,
    panel_is_open,
    panel_scores_fit,
    remarks_fit,
    reports_still_enough,
    round_was_read,
    sources_are_of_the_group,
    still_evaluated,
)
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.consensus.schemas import (
    Approve,
    Draft,
    GiveNote,
    GiveView,
    InviteReader,
    NameModerator,
    NameRapporteur,
    NoConsensus,
    NoteAbsence,
    Object,
    OpenConsensus,
    Present,
    Reminder,
    Say,
    Slot,
)
from app.evaluation.report.models import Report, ReportState
from app.evaluation.rules import too_few
from app.experts.access import BLOCKED
from app.experts.conflicts.queries import conflicts_between
from app.experts.models import SEATED, Assignment, AssignmentState, Contract, Expert
from app.experts.queries import in_force
from app.people.access import office, roles_of
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFTING = ConsensusState.DRAFTING
APPROVAL = ConsensusState.APPROVAL
NO_CONSENSUS = ConsensusState.NO_CONSENSUS
FINAL = ConsensusState.FINAL
VOIDED = ConsensusState.VOIDED


def in_evaluation(proposal: Proposal, ask: Ask) -> Why:
    if proposal.state != ProposalState.IN_EVALUATION:
        yield Reason("not-in-evaluation", "The proposal is not in evaluation.", who="office")


async def enough_reports(consensus: Consensus, act: Act) -> None:
    """Refuse before the least number of reports is sealed (V-10)."""
    proposal = consensus.proposal
    sealed = await act.session.scalar(select(func.count()).where(*_sealed_on(consensus)))
    if reasons := list(too_few(sealed or 0, scheme_of(proposal.topic_stage))):
        raise refuse(CONSENSUS, "open", consensus, act, reasons)


async def rapporteur_has_reported(consensus: Consensus, act: Act) -> None:
    """Refuse a rapporteur who has sealed no report on the proposal."""
    own = select(Report.id).where(*_sealed_on(consensus), Report.assignment_id == consensus.rapporteur_id)
    if await act.session.scalar(own) is None:
        told = "The rapporteur has sealed no report on this proposal."
        if consensus.rapporteur_id is None:
            told = "No rapporteur is chosen for this proposal: name one who has sealed a report."
        reason = Reason("no-report", told, "/rapporteur_id", "office")
        raise refuse(CONSENSUS, act.row.name if act.row else "open", consensus, act, [reason])


def _sealed_on(consensus: Consensus) -> tuple[ColumnElement[bool], ...]:
    return Report.proposal_id == consensus.proposal.id, Report.state == ReportState.SEALED


async def may_moderate(consensus: Consensus, act: Act) -> None:
    """Refuse who is no officer and no expert of the call, has a conflict, or has or had a seat there."""
    if not (act.data.account_id or act.data.contract_id):
        return
    reasons = []
    call_id, account_id = consensus.proposal.topic_stage.stage.call_id, act.data.account_id
    if act.data.contract_id:
        path = "/contract_id"
        wanted = select(Expert.account_id, Expert.id).join(Contract, Contract.expert_id == Expert.id)
        wanted = wanted.where(Contract.id == act.data.contract_id, Contract.call_id == call_id, in_force())
        found = (await act.session.execute(wanted)).one_or_none()
        account_id = found[0] if found is not None else None
        if found is None:
            reasons.append(Reason("no-contract", "No expert of this call has this contract.", path, "office"))
        elif await act.session.scalar(_had_seat(consensus, found[1])):
            told = "This expert has a seat on the proposal."
            reasons.append(Reason("has-a-seat", told, path, "office"))
    else:
        path = "/account_id"
        if "office" not in (await act.session.scalar(select(roles_of(account_id, act.now))) or []):
            reasons.append(Reason("no-officer", "This is nobody of the office.", path, "office"))
    if account_id is not None:
        found_ones = await conflicts_between(act.session, [account_id], [consensus.proposal_id], act.now)
        if found_ones.of(account_id, consensus.proposal_id):
            told = "This person has a conflict of interest with the proposal."
            reasons.append(Reason("conflict", told, path, "office"))
    if reasons:
        raise refuse(CONSENSUS, "name_moderator", consensus, act, reasons)


def _had_seat(consensus: Consensus, expert_id: UUID) -> Select[UUID]:
    held = (Assignment.expert_id == expert_id, Assignment.proposal_id == consensus.proposal_id)
    return select(Assignment.id).where(*held, Assignment.state.in_((*SEATED, BLOCKED))).limit(1)


async def reads_alone(consensus: Consensus, act: Act) -> None:
    """Refuse a seat that is not accepted on this proposal, or from which a report is written (V-13, V-18)."""
    here = (Assignment.id == act.data.assignment_id, Assignment.proposal_id == consensus.proposal_id)
    wanted = select(Assignment.id).where(*here, Assignment.state == AssignmentState.ACCEPTED)
    written = select(Report.id).where(Report.assignment_id == act.data.assignment_id)
    # Locked only once it has no report: of one that has, a conflict locks the seat before the group.
    for seats in (wanted, wanted.with_for_update(key_share=True)):
        if await act.session.scalar(seats) is None:
            reason = Reason(
                "no-seat", "This is no accepted seat on this proposal.", "/assignment_id", "office"
            )
        elif await act.session.scalar(written):
            told = "This expert writes a report on it."
            reason = Reason("writes-a-report", told, "/assignment_id", "office")
        else:
            continue
        raise refuse(CONSENSUS, act.row.name if act.row else "invite_reader", consensus, act, [reason])


RULES = "proposal.topic_stage.stage.call"
SETTLED = ("points", "reports", RULES)
AGREED = ("reports.assignment", "opinions", "silences", RULES)
DRAFTED = ("points.statements.sources", "reports.marks", RULES)
WORK: frozenset[State] = frozenset({DRAFTING, APPROVAL, NO_CONSENSUS})
EITHER = WORK | {FINAL}
CONSENSUS = Workflow(
    "consensus",
    ConsensusState,
    final={VOIDED},
    title="consensus report",
    transitions=(
        Transition("open", set(), DRAFTING, office, "Open the work of the group on one report (V-14).",
                   guards=(in_evaluation,),
                   effects=(effects.lay_out, enough_reports, effects.name_first_rapporteur,
                            rapporteur_has_reported),
                   data=OpenConsensus, under="proposal", needs=("topic_stage.stage.call",)),
        Transition("appoint", {DRAFTING, APPROVAL}, DRAFTING, office, "Let another expert draft.",
                   effects=(effects.name_rapporteur, rapporteur_has_reported), data=NameRapporteur,
                   needs=("proposal",)),
        Transition("name_moderator", WORK, None, office,
                   "Name who moderates, an officer or an expert of the call without a seat there (V-14).",
                   guards=(one_is_named,),
                   effects=(may_moderate, effects.end_moderation, effects.begin_moderation),
                   data=NameModerator, needs=("moderators", RULES)),
        Transition("meet", WORK, None, office | moderator, "Set the meeting of the group, or move it.",
                   guards=(ends_after_it_starts,), effects=(effects.set_meeting,), data=Slot,
                   needs=("meetings",)),
        Transition("note_attendance", WORK, None, office | moderator, "Say who was there.",
                   guards=(has_begun,), effects=(effects.note_presence,), data=Present,
                   needs=("meetings", "reports.assignment", "cross_readers.assignment")),
        Transition("discuss", WORK, None, group, "Say something in the thread of a criterion; it stays.",
                   guards=(criterion_is_known, answers_a_message), effects=(effects.discuss,), data=Say,
                   needs=("messages.assignment", RULES)),
        Transition("draft", {DRAFTING}, None, rapporteur, "Write what the group agrees on (V-15).",
                   guards=(still_evaluated, on_scale, sources_are_of_the_group),
                   effects=(effects.write_point,), data=Draft, part="points", needs=("reports.marks", RULES)),
        Transition("put_to_approval", {DRAFTING}, APPROVAL, rapporteur, "Ask every expert to approve it.",
                   guards=(still_evaluated, drafted), effects=(effects.next_round,), needs=DRAFTED),
        Transition("redraft", {APPROVAL}, DRAFTING, rapporteur, "Take it back; approvals given are void."),
        Transition("approve", {APPROVAL}, None, of_group, "Approve the round that was read (V-17).",
                   guards=(still_evaluated, round_was_read), effects=(effects.say,), data=Approve,
                   needs=("opinions", "silences", "proposal")),
        Transition("object", {APPROVAL}, DRAFTING, of_group, "Object, with the reason; approvals are void.",
                   guards=(still_evaluated,), effects=(effects.say,), data=Object,
                   needs=("opinions", "silences", "proposal")),
        Transition("remind", {APPROVAL}, None, system, "Remind those who have not answered.",
                   effects=(effects.remind,), data=Reminder, needs=("silences", "proposal")),
        Transition("note_absence", {APPROVAL}, None, office,
                   "Note that an expert does not answer: the others' approval is enough.",
                   guards=(still_evaluated, is_silent), effects=(effects.note_absence,), data=NoteAbsence,
                   needs=AGREED),
        Transition("finish", {APPROVAL}, FINAL, system, "All have approved it (V-17).",
                   guards=(approved_by_all, reports_still_enough), effects=(effects.date_final,),
                   needs=AGREED),
        Transition("invite_reader", WORK, None, office,
                   "Ask an expert with an accepted seat to read, who writes no report (V-16, V-18).",
                   guards=(still_evaluated,), effects=(reads_alone, effects.invite_reader),
                   data=InviteReader, needs=("proposal",)),
        Transition("give_view", WORK, None, cross_reader, "Say what one makes of proposal and draft.",
                   guards=(still_evaluated,), effects=(effects.give_view,), data=GiveView,
                   needs=("cross_readers", "proposal")),
        Transition("invite_to_compare", EITHER, None, office,
                   "Ask an expert of another panel with an accepted seat to compare it with others (V-18).",
                   guards=(panel_is_open,), effects=(reads_alone, effects.invite_to_compare),
                   data=InviteReader, needs=("proposal.topic_stage",)),
        Transition("give_note", EITHER, None, comparing,
                   "Say to the panel what one makes of it beside others; no scores.",
                   guards=(panel_is_open, remarks_fit), effects=(effects.give_note,), data=GiveNote,
                   needs=("cross_readers", RULES)),
        Transition("lose_moderator", EITHER, None, system, "Who moderates turns out to have a conflict.",
                   effects=(effects.end_moderation,), needs=("moderators",)),
        Transition("no_consensus", {DRAFTING, APPROVAL}, NO_CONSENSUS, office,
                   "Set out the views of majority and minority; the majority's scores stand (V-16).",
                   guards=(still_evaluated, drafted, disagreed, reports_still_enough), effects=(fill,),
                   data=NoConsensus, needs=("opinions", *DRAFTED)),
        Transition("settle", {NO_CONSENSUS}, FINAL, system, "The panel has settled it (V-16).",
                   guards=(panel_scores_fit, reports_still_enough),
                   effects=(effects.put_panel_scores, effects.date_final), needs=SETTLED),
        Transition("lose_report", {APPROVAL, NO_CONSENSUS}, DRAFTING, system,
                   "A report of the group is void: what was approved or disagreed on is drafted anew.",
                   effects=(effects.take_views_back,)),
        Transition("void", {FINAL}, VOIDED, system,
                   "A report that it stands on is void, and the list is not closed: the group begins anew.",
                   effects=(effects.take_views_back, effects.take_date_back)),
    ),
)  # fmt: skip
