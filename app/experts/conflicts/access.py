"""Who reads conflicts of interest and settled identities: the office, outside of topics it applies in."""

from app.experts.conflicts.models import Conflict, Identity
from app.people.access import office
from app.workflow.sight import Sight

SIGHTS = {
    Conflict: Sight((office,), topic=Conflict.topic_id),
    Identity: Sight((office,), topic=Identity.topic_id),
}
