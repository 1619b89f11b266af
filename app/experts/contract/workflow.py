"""The table of contracts: for one call, with the load that the expert takes; nothing is shown before them."""

from collections.abc import Iterable

from app.calls.models import Call, CallState
from app.calls.rule_parts import ExpertTerms
from app.calls.rule_set import pinned
from app.core.reason import Reason
from app.experts.access import contractor
from app.experts.contract import effects
from app.experts.contract.schemas import Acknowledge, End, Load, Offer, Sign
from app.experts.models import Contract, ContractState
from app.experts.queries import seats_apart
from app.experts.schemas import Because
from app.people.access import office
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
OFFERED = ContractState.OFFERED
SIGNED = ContractState.SIGNED
SUSPENDED = ContractState.SUSPENDED
ENDED = ContractState.ENDED
TERMINATED = ContractState.TERMINATED
DECLINED = ContractState.DECLINED


def terms_of(call: Call) -> ExpertTerms | None:
    """What the call's rule set asks of experts; None where it was pinned before it said so."""
    return pinned(call).experts


def call_is_out(call: Call, ask: Ask) -> Why:
    """Also once it is completed: a review that is upheld then needs experts who took no part (Z-04)."""
    if call.state not in (CallState.PUBLISHED, CallState.RUNNING, CallState.COMPLETED):
        told = "Contracts are offered for a published call that is not cancelled."
        yield Reason("call-not-published", told, who="office")


def code_in_force(contract: Contract, ask: Ask) -> Why:
    terms = terms_of(contract.call)
    if ask.data and ask.data.code_of_conduct != (terms and terms.code_of_conduct.version):
        told = "Sign the code of conduct in the version that the contract's terms show."
        yield Reason("other-version", told, "/body/code_of_conduct", "expert")


def briefing_in_force(contract: Contract, ask: Ask) -> Why:
    terms = terms_of(contract.call)
    if ask.data and ask.data.briefing != (terms and terms.briefing.version):
        told = "Acknowledge the briefing in the version that the contract's terms show."
        yield Reason("other-version", told, "/body/briefing", "expert")


def not_yet_briefed(contract: Contract, ask: Ask) -> Why:
    if contract.briefed_at is not None:
        yield Reason("acknowledged", "The briefing is acknowledged already.")


async def nobody_who_decides(contract: Contract, act: Act) -> None:
    """Seats in a body or an office and contracts as an expert exclude each other (D8)."""
    if held := await seats_apart(act.session, contract.expert.account_id, act.now):
        reason = Reason("D8", f"This person holds the role “{held[0]}” (D8).", "/expert_id", "office")
        raise refuse(CONTRACT, "offer", contract, act, [reason])


CONTRACT = Workflow(
    "contract",
    ContractState,
    final={ENDED, TERMINATED, DECLINED},
    title="expert contract",
    transitions=(
        Transition("offer", set(), OFFERED, office, "Offer an expert a contract for the call.",
                   guards=(call_is_out,), effects=(effects.offer_to, nobody_who_decides), data=Offer,
                   under="call"),
        Transition("offer_on_acceptance", set(), OFFERED, system, "An invited expert has accepted.",
                   guards=(call_is_out,), effects=(effects.offer_on_acceptance,)),
        Transition("sign", {OFFERED}, SIGNED, contractor,
                   "Sign it with the code of conduct, and say how many proposals to take.",
                   guards=(code_in_force,), effects=(effects.sign,), data=Sign, needs=("call",)),
        Transition("decline", {OFFERED}, DECLINED, contractor, "Decline it, with the reason.",
                   effects=(effects.date_end,), data=Because),
        Transition("acknowledge_briefing", {SIGNED}, None, contractor,
                   "Acknowledge the briefing; no proposal is shown before (V-11).",
                   guards=(not_yet_briefed, briefing_in_force), effects=(effects.keep_acknowledgement,),
                   data=Acknowledge, needs=("call",)),
        Transition("change_load", {SIGNED}, None, contractor, "Take other numbers of proposals than agreed.",
                   effects=(effects.keep_load,), data=Load),
        Transition("suspend", {SIGNED}, SUSPENDED, office, "Suspend it; all access ends at once.",
                   effects=(effects.tell_of_suspension,), data=Because),
        Transition("resume", {SUSPENDED}, SIGNED, office, "End the suspension; access is as before.",
                   effects=(effects.tell_of_resumption,), data=Because),
        Transition("end", {SIGNED, SUSPENDED}, ENDED, office, "The work is done; all access ends.",
                   effects=(effects.date_end,), data=End),
        Transition("terminate", {OFFERED, SIGNED, SUSPENDED}, TERMINATED, office,
                   "Break it off; all access ends at once.",
                   effects=(effects.date_end, effects.tell_of_termination), data=Because),
    ),
)  # fmt: skip
