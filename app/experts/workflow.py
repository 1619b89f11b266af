"""The table of assignments."""

from collections.abc import Iterable

from app.calls.models import TopicStageState
from app.core.reason import Reason
from app.experts import effects
from app.experts.access import blind, invited, reviewer
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.conflicts.schemas import NameConflict, NameListed
from app.experts.models import Assignment, AssignmentState, Contract, ContractState
from app.experts.schemas import Because, Clear, ProposeSeat
from app.people.access import office
from app.proposals.models import Proposal, ProposalState
from app.topics.programme import programme
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
OFFERED = ContractState.OFFERED
SIGNED = ContractState.SIGNED
PROPOSED = AssignmentState.PROPOSED
INVITED = AssignmentState.INVITED
ACCEPTED = AssignmentState.ACCEPTED
REPORTED = AssignmentState.REPORTED
DECLINED = AssignmentState.DECLINED
LAPSED = AssignmentState.LAPSED
HANDED_BACK = AssignmentState.HANDED_BACK
BLOCKED = AssignmentState.BLOCKED
VOIDED = AssignmentState.VOIDED
SET_FREE = AssignmentState.RELEASED


def contract_lives(contract: Contract, ask: Ask) -> Why:
    if contract.state not in (OFFERED, SIGNED):
        yield Reason("no-contract", "The contract is suspended or has ended.", who="office")


def contract_of_seat_lives(assignment: Assignment, ask: Ask) -> Why:
    yield from contract_lives(assignment.contract, ask)


def in_time(assignment: Assignment, ask: Ask) -> Why:
    if assignment.answer_until is not None and ask.now > assignment.answer_until:
        yield Reason("too-late", "The time to answer is over.", who="office")


async def free_of_conflict(assignment: Assignment, act: Act) -> None:
    """Refuse a proposal of another call or out of evaluation, and any conflict on record."""
    proposal, contract = assignment.proposal, assignment.contract
    reasons = []
    if proposal.topic_stage.stage.call_id != contract.call_id:
        reasons.append(Reason("other-call", "The contract is for another call.", "/proposal_id", "office"))
    if not _evaluated_now(proposal, assignment.reads_only):
        reasons.append(Reason("not-in-evaluation", "It is not in evaluation.", "/proposal_id", "office"))
    reasons += await _conflicts(assignment, act, opened=False)
    if reasons:
        raise refuse(ASSIGNMENT, "propose", assignment, act, reasons)


def _evaluated_now(proposal: Proposal, reads_only: bool) -> bool:
    """Reports are written until the group has agreed; who reads across may come until the list is closed."""
    going_on = proposal.topic_stage.state == TopicStageState.EVALUATION
    return proposal.state == ProposalState.IN_EVALUATION or (
        reads_only and going_on and proposal.state == ProposalState.EVALUATED
    )


async def still_free(assignment: Assignment, act: Act) -> None:
    """Refuse any conflict that there is by now, and while it is open who is whom."""
    if reasons := await _conflicts(assignment, act, opened=True):
        raise refuse(ASSIGNMENT, "invite", assignment, act, reasons)


async def _conflicts(assignment: Assignment, act: Act, *, opened: bool) -> list[Reason]:
    account_id, proposal_id = assignment.contract.expert.account_id, assignment.proposal.id
    if account_id is None:
        return []
    findings = await conflicts_between(act.session, [account_id], [proposal_id], act.now)
    says, found = programme().conflicts.by_code, findings.of(account_id, proposal_id)
    reasons = [conflicting(says[one.situation].says, one.situation, one.path) for one in found]
    if opened:
        reasons += [unsettled(one) for one in findings.open_for(account_id, proposal_id)]
    return reasons


ASSIGNMENT = Workflow(
    "assignment",
    AssignmentState,
    final={DECLINED, LAPSED, HANDED_BACK, VOIDED, SET_FREE},
    transitions=(
        Transition("propose", set(), PROPOSED, office, "Propose the expert for a proposal in evaluation.",
                   guards=(contract_lives,), effects=(effects.seat, free_of_conflict), data=ProposeSeat,
                   under="contract", needs=("expert",)),
        Transition("propose_in_set", set(), PROPOSED, system, "It stands in a set that is released."),
        Transition("invite", {PROPOSED}, INVITED, office, "Ask the expert to declare.",
                   guards=(contract_of_seat_lives,), effects=(still_free, effects.date_invitation),
                   needs=("contract.expert", "contract.call", "proposal")),
        Transition("invite_in_set", {PROPOSED}, INVITED, system, "Everybody of its set is asked to declare.",
                   guards=(contract_of_seat_lives,), effects=(effects.date_invitation,),
                   needs=("contract.call",)),
        Transition("accept", {INVITED}, ACCEPTED, invited, "Declare that there is no conflict, and accept.",
                   guards=(in_time,), effects=(effects.date_declaration,), data=Clear),
        Transition("declare_conflict", {INVITED, ACCEPTED, REPORTED}, BLOCKED, invited | reviewer,
                   "Declare a conflict; all access to the proposal ends at once.", data=NameConflict),
        Transition("declare_listed", {INVITED, ACCEPTED, REPORTED}, None, (invited | reviewer) & blind,
                   "Declare a conflict with somebody on the list of a blind stage; it ends the access to the "
                   "proposals that it concerns, and to no other (V-25).", data=NameListed),
        Transition("decline", {INVITED}, DECLINED, invited, "Decline, for other reasons than a conflict."),
        Transition("lapse", {INVITED}, LAPSED, system, "It was not answered in time."),
        Transition("hand_back", {ACCEPTED}, HANDED_BACK, reviewer,
                   "Hand the seat back, with the reason; a report begun is void, all access ends at once.",
                   data=Because),
        Transition("name_rapporteur", {PROPOSED, INVITED, ACCEPTED, REPORTED}, None, system,
                   "By the set that is released, this expert drafts for the group.",
                   effects=(effects.name_rapporteur,)),
        Transition("relieve_rapporteur", {PROPOSED, INVITED, ACCEPTED, REPORTED}, None, system,
                   "By the set that is released, another drafts for the group.",
                   effects=(effects.relieve_rapporteur,)),
        Transition("read_only", {ACCEPTED}, None, system, "The expert is asked to read alone.",
                   effects=(effects.read_only,)),
        Transition("report", {ACCEPTED}, REPORTED, system, "The expert's report is sealed."),
        Transition("write_again", {REPORTED}, ACCEPTED, system, "The expert's report is reopened."),
        Transition("block", {PROPOSED, INVITED, ACCEPTED, REPORTED}, BLOCKED, system, "A conflict is found."),
        Transition("void", {PROPOSED, INVITED, ACCEPTED, REPORTED, BLOCKED}, VOIDED, office,
                   "Take the seat away, its report counts no more; once a conflict is waived, propose again.",
                   data=Because),
        Transition("take_back", {PROPOSED, INVITED}, VOIDED, system, "The release of its set is undone."),
        Transition("release", {PROPOSED, INVITED, ACCEPTED}, SET_FREE, system,
                   "Nothing more is to be delivered: its proposal is not evaluated any further."),
    ),
)  # fmt: skip
