"""How external cases stand on the wire."""

from uuid import UUID

from app.people.access import auditor, office
from app.proposals.external_case.access import named_auditor
from app.proposals.external_case.models import ExternalCase
from app.proposals.external_case.schemas import ExternalCaseItem, ExternalCaseRead
from app.proposals.external_case.workflow import EXTERNAL_CASE
from app.workflow.mounted import Filter, Mounted

readers = office | auditor | named_auditor

EXTERNAL_CASES = Mounted(
    EXTERNAL_CASE,
    ExternalCase,
    "external_cases",
    views=((readers, ExternalCaseRead),),
    items=((readers, ExternalCaseItem),),
    filters={"proposal_id": Filter(UUID, lambda actor, key: ExternalCase.proposal_id == key)},
)
