"""The table of an organisation."""

from collections.abc import Iterable

from app.consortia.organisations import effects
from app.consortia.organisations.models import Organisation, OrganisationState
from app.consortia.organisations.schemas import EditOrganisation, Merge, Register, Reopen
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
REGISTERED, VALIDATED = OrganisationState.REGISTERED, OrganisationState.VALIDATED
MERGED = OrganisationState.MERGED
CONFIRMED = (
    "legal_name", "country", "kind", "pic", "ror", "vat", "non_profit", "public_body", "turnover",
    "established_under",
)  # fmt: skip
"""What a validation stands for."""


def as_validated(organisation: Organisation, ask: Ask) -> Why:
    if ask.data is None or organisation.state != VALIDATED:
        return
    for name in sorted(ask.data.model_fields_set & set(CONFIRMED)):
        if getattr(ask.data, name) != getattr(organisation, name):
            told = f"The {name.replace('_', ' ')} was validated; take the validation back first."
            yield Reason("was-validated", told, f"/body/{name}", "office")


def member_since(organisation: Organisation, ask: Ask) -> Why:
    if ask.data is None:
        return
    sent = ask.data.model_dump(include=ask.data.model_fields_set)
    member = sent.get("industry_member", organisation.industry_member)
    since = sent.get("industry_member_since", organisation.industry_member_since)
    if since is not None and member is None:
        told = "It is no member of the industry side that could be one since a day."
        yield Reason("no-member", told, "/body/industry_member_since", "sender")
    if since is not None and since > ask.now.date():
        told = "A membership begins today or has begun before."
        yield Reason("in-the-future", told, "/body/industry_member_since", "sender")


def into_another(organisation: Organisation, ask: Ask) -> Why:
    if ask.data is not None and ask.data.into_id == organisation.id:
        yield Reason("itself", "An organisation is merged into another one.", "/body/into_id", "sender")


ORGANISATION = Workflow(
    "organisation",
    OrganisationState,
    final={MERGED},
    transitions=(
        Transition("register", set(), REGISTERED, signed_in, "Register a legal entity.",
                   effects=(fill, effects.find_by_name), data=Register),
        Transition("load", set(), REGISTERED, system, "It comes with the published ones.",
                   effects=(fill, effects.find_by_name), data=Register),
        Transition("edit", {REGISTERED, VALIDATED}, None, office,
                   "Correct what is known of it; what was validated only once that is taken back.",
                   guards=(as_validated, member_since), effects=(fill, effects.find_by_name),
                   data=EditOrganisation, needs=("names",)),
        Transition("validate", {REGISTERED}, VALIDATED, office, "Confirm that it is what it says.",
                   effects=(effects.stand_for_it,)),
        Transition("reopen", {VALIDATED}, REGISTERED, office, "Take the validation back, with the reason.",
                   effects=(effects.take_it_back,), data=Reopen),
        Transition("merge", {REGISTERED, VALIDATED}, MERGED, office,
                   "Merge it into another that is the same; what points to it points there from now on.",
                   guards=(into_another,), effects=(effects.take_it_back, effects.point_to_the_other),
                   data=Merge, needs=("names", "merged_from"), second=True),
        Transition("take_names", {REGISTERED, VALIDATED}, None, system,
                   "Another is merged into it; the names of that one become its aliases.",
                   effects=(effects.take_the_names, effects.find_by_name), needs=("names",)),
        Transition("follow_merge", {MERGED}, None, system, "Point to the one that stays.",
                   effects=(effects.follow,)),
    ),
)  # fmt: skip
