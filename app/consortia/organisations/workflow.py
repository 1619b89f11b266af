"""The table of an organisation."""

from app.consortia.organisations.models import OrganisationState
from app.consortia.organisations.schemas import EditOrganisation, Register
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Transition, Workflow
from app.workflow.who import signed_in

REGISTERED, VALIDATED = OrganisationState.REGISTERED, OrganisationState.VALIDATED

ORGANISATION = Workflow(
    "organisation",
    OrganisationState,
    final={VALIDATED},
    transitions=(
        Transition("register", set(), REGISTERED, signed_in, "Register a legal entity.",
                   effects=(fill,), data=Register),
        Transition("edit", {REGISTERED, VALIDATED}, None, office, "Correct what is known of it.",
                   effects=(fill,), data=EditOrganisation),
        Transition("validate", {REGISTERED}, VALIDATED, office, "Confirm that it is what it says."),
    ),
)  # fmt: skip
