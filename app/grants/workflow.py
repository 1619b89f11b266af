"""The table of grants."""

from collections.abc import Iterable

from app.calls.rule_set import pinned
from app.calls.rules import BRUSSELS
from app.core.reason import Reason
from app.evaluation.ethics.models import EthicsState
from app.grants import effects
from app.grants.access import uninvolved
from app.grants.models import Grant, GrantState
from app.grants.rules import early, ethics_open, undated, unidentified
from app.grants.schemas import EditGrant, FailGrant, Fallen, PrepareGrant
from app.people.access import office, signatory
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PREPARATION = GrantState.PREPARATION
SIGNED = GrantState.SIGNED
FAILED = GrantState.FAILED


def selected(proposal: Proposal, ask: Ask) -> Why:
    if proposal.state != ProposalState.SELECTED:
        yield Reason("not-selected", "Only a selected proposal becomes a grant.", who="committee")
    elif proposal.topic_stage.stage.kind == "short":
        told = "A short proposal becomes no grant; the full one that follows it may."
        yield Reason("short-proposal", told)


def still_selected(grant: Grant, ask: Ask) -> Why:
    yield from selected(grant.proposal, ask)


def not_signed_by_its_editor(grant: Grant, ask: Ask) -> Why:
    if signatory(ask.held) and ask.actor.id != grant.prepared_by:
        yield Reason("signs-it", "Who may sign does not change what another has prepared.", who="office")


def prepared_by_another(grant: Grant, ask: Ask) -> Why:
    if ask.actor.id == grant.prepared_by:
        yield Reason(
            "prepared-it", "Who has prepared an agreement does not sign it.", who="another signatory"
        )


def dated(grant: Grant, ask: Ask) -> Why:
    yield from undated(grant.starts_on, grant.months)


def early_start_reasoned(grant: Grant, ask: Ask) -> Why:
    yield from early(grant.starts_on, grant.early_start_reason, ask.now.astimezone(BRUSSELS).date())


def partners_identified(grant: Grant, ask: Ask) -> Why:
    rule = pinned(grant.proposal.topic_stage.stage.call).unidentified_partners
    if rule == "refused" or not (grant.unidentified_reason or "").strip():
        yield from unidentified(grant.partners)


def ethics_settled(grant: Grant, ask: Ask) -> Why:
    stage = grant.proposal.topic_stage.stage
    if pinned(stage.call).screens_ethics(stage.kind):
        yield from ethics_open(grant.screening)


def ethics_refused(grant: Grant, ask: Ask) -> Why:
    if grant.screening is None or grant.screening.state != EthicsState.NOT_CLEARED:
        yield Reason("nothing-failed", "Its ethics is not found to stand against it.", "/reason", "office")


preparer = office & uninvolved
"""Nobody prepares or signs what their own proposal becomes, at any time."""
PARTIES = ("proposal.consortium.partners.organisation", "proposal.topic_stage.stage.call")

GRANT = Workflow(
    "grant",
    GrantState,
    final={SIGNED, FAILED},
    transitions=(
        Transition("prepare", set(), PREPARATION, preparer, "Prepare a selected proposal's agreement (K-08).",
                   guards=(selected,), effects=(fill, effects.take_from_proposal), data=PrepareGrant,
                   under="proposal", needs=("topic_stage.stage",)),
        Transition("edit", {PREPARATION}, None, preparer, "Change number, start, duration or reasons.",
                   guards=(not_signed_by_its_editor,), effects=(fill,), data=EditGrant),
        Transition("sign", {PREPARATION}, SIGNED, signatory & uninvolved,
                   "Sign it for the Joint Undertaking (G-01).",
                   guards=(still_selected, prepared_by_another, dated, early_start_reasoned,
                           partners_identified, ethics_settled),
                   effects=(effects.put_signature,), needs=(*PARTIES, "screening.requirements")),
        Transition("fail", {PREPARATION}, FAILED, preparer,
                   "Give it up: the ethics of the proposal is not cleared; it is rejected (K-09).",
                   guards=(ethics_refused, still_selected), effects=(effects.keep_failure,), data=FailGrant,
                   needs=("screening", "proposal.topic_stage.stage"), second=True),
        Transition("fall", {PREPARATION}, FAILED, system,
                   "Its proposal is withdrawn, or discontinued with its call: nothing is left to sign.",
                   effects=(effects.keep_failure,), data=Fallen),
    ),
)  # fmt: skip
