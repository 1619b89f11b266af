"""Who sees a panel's list: those who run it; the committee once it is closed; no expert and no applicant."""

from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.access import sits_on
from app.people.access import auditor, office
from app.workflow.sight import Sight, relation

SITTING = frozenset({"committee", "committee_chair"})

decider = relation(
    "decider",
    "a member of the committee, once the list is closed",
    lambda actor: Panel.digest.is_not(None) if actor.roles & SITTING else None,
)

sits = relation("sits", "a member of the panel, or its observer", lambda actor: sits_on(actor, Panel.id))

SIGHTS = {Panel: Sight((office, auditor, decider, sits), topic=Panel.topic_id)}
