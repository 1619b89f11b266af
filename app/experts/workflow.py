"""The tables of assignments and conflicts of interest."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.experts import effects
from app.experts.access import invited, reviewer
from app.experts.models import (
    POTENTIAL,
    Assignment,
    AssignmentState,
    Conflict,
    ConflictState,
    Contract,
    ContractState,
)
from app.experts.queries import conflicts_in_data
from app.experts.rules import conflicting
from app.experts.schemas import Because, Clear, NameConflict, ProposeSeat
from app.people.access import office
from app.proposals.models import ProposalState
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
BLOCKED = AssignmentState.BLOCKED
VOIDED = AssignmentState.VOIDED
SET_FREE = AssignmentState.RELEASED
FOUND = ConflictState.FOUND
DECLARED = ConflictState.DECLARED
BLOCKING = ConflictState.BLOCKING
WAIVED = ConflictState.WAIVED


def contract_lives(contract: Contract, ask: Ask) -> Why:
    if contract.state not in (OFFERED, SIGNED):
        yield Reason("no-contract", "The contract is suspended or has ended.", who="office")


def contract_of_seat_lives(assignment: Assignment, ask: Ask) -> Why:
    yield from contract_lives(assignment.contract, ask)


def only_potential(conflict: Conflict, ask: Ask) -> Why:
    if conflict.situation not in POTENTIAL:
        yield Reason("disqualifying", f"{conflict.situation} disqualifies and is never waived.")


async def free_of_conflict(assignment: Assignment, act: Act) -> None:
    """Refuse a proposal of another call or out of evaluation, and any conflict on record."""
    proposal, contract = assignment.proposal, assignment.contract
    reasons = []
    if proposal.topic_stage.stage.call_id != contract.call_id:
        reasons.append(Reason("other-call", "The contract is for another call.", "/proposal_id", "office"))
    if proposal.state != ProposalState.IN_EVALUATION:
        reasons.append(Reason("not-in-evaluation", "It is not in evaluation.", "/proposal_id", "office"))
    found = await conflicts_in_data(act.session, contract, proposal, act.now)
    reasons += [conflicting(situation, path) for situation, path in found]
    if reasons:
        raise refuse(ASSIGNMENT, "propose", assignment, act, reasons)


ASSIGNMENT = Workflow(
    "assignment",
    AssignmentState,
    final={DECLINED, VOIDED, SET_FREE},
    transitions=(
        Transition("propose", set(), PROPOSED, office, "Propose the expert for a proposal in evaluation.",
                   guards=(contract_lives,), effects=(effects.seat, free_of_conflict), data=ProposeSeat,
                   under="contract", needs=("expert",)),
        Transition("propose_in_set", set(), PROPOSED, system, "It stands in a set that is released."),
        Transition("invite", {PROPOSED}, INVITED, office | system, "Ask the expert to declare.",
                   guards=(contract_of_seat_lives,), needs=("contract",)),
        Transition("accept", {INVITED}, ACCEPTED, invited, "Declare that there is no conflict, and accept.",
                   effects=(effects.date_declaration,), data=Clear),
        Transition("declare_conflict", {INVITED, ACCEPTED, REPORTED}, BLOCKED, invited | reviewer,
                   "Declare a conflict; all access to the proposal ends at once.", data=NameConflict),
        Transition("decline", {INVITED}, DECLINED, invited, "Decline, for other reasons than a conflict."),
        Transition("report", {ACCEPTED}, REPORTED, system, "The expert's report is sealed."),
        Transition("block", {PROPOSED, INVITED, ACCEPTED, REPORTED}, BLOCKED, system, "A conflict is found."),
        Transition("void", {PROPOSED, INVITED, ACCEPTED, REPORTED, BLOCKED}, VOIDED, office,
                   "Take the seat away, its report counts no more; once a conflict is waived, propose again.",
                   data=Because),
        Transition("take_back", {PROPOSED, INVITED}, VOIDED, system, "The release of its set is undone."),
        Transition("release", {PROPOSED, INVITED, ACCEPTED}, SET_FREE, system,
                   "Nothing more is to be delivered: its proposal is not evaluated any further."),
    ),
)  # fmt: skip

CONFLICT = Workflow(
    "conflict",
    ConflictState,
    final={WAIVED},
    title="conflict of interest",
    transitions=(
        Transition("find", set(), FOUND, office, "Record a conflict that has come to light.",
                   effects=(effects.record,), data=NameConflict, under="assignment"),
        Transition("declare", set(), DECLARED, system, "The expert has declared it.",
                   effects=(effects.record,)),
        Transition("confirm", {FOUND, DECLARED}, BLOCKING, office, "Confirm that it bars the expert."),
        Transition("waive", {FOUND, DECLARED, BLOCKING}, WAIVED, office,
                   "Waive it, with the reason; never one that disqualifies (D1 to D9).",
                   guards=(only_potential,), effects=(effects.give_waiver,), data=Because, second=True),
    ),
)  # fmt: skip
