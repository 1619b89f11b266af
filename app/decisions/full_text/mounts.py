"""How requests for full texts stand on the wire."""

from uuid import UUID

import app.evaluation.panel.routes  # noqa: F401  # they are made under a panel
from app.decisions.full_text.access import asker
from app.decisions.full_text.models import FullTextRequest
from app.decisions.full_text.schemas import FullTextItem, FullTextRead
from app.decisions.full_text.workflow import FULL_TEXT_REQUEST
from app.people.access import auditor, office
from app.workflow.mounted import Filter, Mounted

who = office | auditor | asker
FULL_TEXT_REQUESTS = Mounted(
    FULL_TEXT_REQUEST,
    FullTextRequest,
    "full_text_requests",
    views=((who, FullTextRead),),
    items=((who, FullTextItem),),
    needs=("account", "proposal"),
    filters={"proposal_id": Filter(UUID, lambda actor, value: FullTextRequest.proposal_id == value)},
)
