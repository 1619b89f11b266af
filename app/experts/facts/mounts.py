"""How employments and collaborations stand on the wire."""

from uuid import UUID

from app.experts.facts.access import collaborator, employed
from app.experts.facts.models import Collaboration, Employment
from app.experts.facts.schemas import CollaborationItem, CollaborationRead, EmploymentItem, EmploymentRead
from app.experts.facts.workflow import COLLABORATION, EMPLOYMENT
from app.experts.models import Expert
from app.people.access import office
from app.workflow.mounted import Filter, Mounted

EMPLOYMENTS = Mounted(
    EMPLOYMENT,
    Employment,
    "employments",
    root=(Expert, Employment.expert_id),
    views=((office | employed, EmploymentRead),),
    items=((office | employed, EmploymentItem),),
    filters={"expert": Filter(UUID, lambda actor, value: Employment.expert_id == value)},
)
COLLABORATIONS = Mounted(
    COLLABORATION,
    Collaboration,
    "collaborations",
    root=(Expert, Collaboration.expert_id),
    views=((office | collaborator, CollaborationRead),),
    items=((office | collaborator, CollaborationItem),),
    filters={"expert": Filter(UUID, lambda actor, value: Collaboration.expert_id == value)},
)
