"""Who sees a panel's list: those who run it; the committee once it is closed; no expert and no applicant.

The observer of the call reads it as those do who run it.
"""

from app.evaluation.observer.access import observes
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

observing = relation(
    "observing", "the observer of the call", lambda actor: observes(actor, Panel.topic_stage_id)
)

SIGHTS = {Panel: Sight((office, auditor, decider, sits, observing), topic=Panel.topic_id)}
