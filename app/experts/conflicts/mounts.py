"""How conflicts of interest and settled identities stand on the wire."""

from uuid import UUID

from app.experts.conflicts.models import Conflict, Identity
from app.experts.conflicts.schemas import ConflictItem, ConflictRead, IdentityItem, IdentityRead
from app.experts.conflicts.workflow import CONFLICT, IDENTITY
from app.people.access import office
from app.workflow.mounted import Filter, Mounted

CONFLICTS = Mounted(
    CONFLICT,
    Conflict,
    "conflicts",
    views=((office, ConflictRead),),
    items=((office, ConflictItem),),
    filters={
        "proposal_id": Filter(UUID, lambda actor, value: Conflict.proposal_id == value),
        "account_id": Filter(UUID, lambda actor, value: Conflict.account_id == value),
    },
)
IDENTITIES = Mounted(
    IDENTITY,
    Identity,
    "identities",
    views=((office, IdentityRead),),
    items=((office, IdentityItem),),
    filters={"expert": Filter(UUID, lambda actor, value: Identity.expert_id == value)},
)
