"""Who sees a decision: those who run it and who may vote on it; the whole committee once it is released."""

from app.committee.access import votes
from app.decisions.models import Decision, DecisionState
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation

_seats = committee.names | committee_chair.names

entitled = relation(
    "entitled",
    "a member entitled to vote on its motion",
    lambda actor: votes(actor, Decision.motion_id),
)
informed = relation(
    "informed",
    "a member of the committee, once it is released",
    lambda actor: Decision.state == DecisionState.RELEASED if actor.roles & _seats else None,
)

SIGHTS = {Decision: Sight((office, auditor, entitled, informed), topic=Decision.topic_id)}
