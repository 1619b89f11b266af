"""Who reads an information request: office, auditor and consortium; no expert and no committee."""

from app.consortia.access import within
from app.people.access import auditor, office
from app.proposals.information.models import InformationRequest
from app.workflow.sight import Sight

SIGHTS = {
    InformationRequest: Sight(
        (*within(InformationRequest.consortium_id), office, auditor), topic=InformationRequest.topic_id
    )
}
