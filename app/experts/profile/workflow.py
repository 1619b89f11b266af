"""The table of experts: how people come into the pool, what they say there, how they are forgotten."""

from collections.abc import Iterable

from app.calls.periods import years_later
from app.calls.rule_set import pinned
from app.calls.rules import in_words
from app.core.reason import Reason
from app.experts.access import oneself
from app.experts.models import NOT_OVER, Expert, ExpertState
from app.experts.profile import effects
from app.experts.profile.schemas import ListPublications, Profile, Register
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
ACTIVE, ANONYMISED = ExpertState.ACTIVE, ExpertState.ANONYMISED
SAID = (effects.employer_known, effects.terms_known, effects.keep_profile)


def no_contract_runs(expert: Expert, ask: Ask) -> Why:
    if any(contract.state in NOT_OVER for contract in expert.contracts):
        yield Reason("contract-runs", "A contract of this expert is not over.", who="office")


def time_of_keeping_is_over(expert: Expert, ask: Ask) -> Why:
    """So many years after each contract as the rule set of its call says; at once for who had none."""
    for contract in expert.contracts:
        terms = pinned(contract.call).experts
        if contract.signed_at is None or contract.ended_at is None:
            continue
        if terms is None:
            told = f"The rules of call {contract.call.reference} do not say how long data are kept."
            yield Reason("no-retention", told, who="office")
        elif ask.now < (end := years_later(contract.ended_at, terms.retention_years)):
            told = f"The data for call {contract.call.reference} are kept until {in_words(end)}."
            yield Reason("kept", told, who="office")


EXPERT = Workflow(
    "expert",
    ExpertState,
    final={ANONYMISED},
    transitions=(
        Transition("register", set(), ACTIVE, office, "Take a person into the pool.",
                   effects=(effects.of_account, *SAID), data=Register),
        Transition("join", set(), ACTIVE, signed_in, "Offer oneself as an expert.",
                   effects=(effects.of_oneself, *SAID), data=Profile, custom_route=True),
        Transition("take_in", set(), ACTIVE, system, "Somebody has accepted to be an expert of a call.",
                   effects=(effects.invited,)),
        Transition("edit", {ACTIVE}, None, office | oneself, "Change what is said of the expert.",
                   effects=SAID, data=Profile),
        Transition("list_publications", {ACTIVE}, None, office | oneself,
                   "Give the expert's publications, the whole list.",
                   effects=(effects.replace_list,), data=ListPublications, needs=("publications",)),
        Transition("anonymise", {ACTIVE}, ANONYMISED, office,
                   "Forget who it is, once the time of keeping is over; what was done stays, of nobody.",
                   guards=(no_contract_runs, time_of_keeping_is_over), effects=(effects.forget,), second=True,
                   needs=("publications", "contracts.call")),
        Transition("follow_merge", {ACTIVE}, None, system, "The employer was merged into another.",
                   effects=(effects.follow,)),
    ),
)  # fmt: skip
