"""Who sees a decision: those who run it and who may vote on it; the whole committee once it is released.

The signatory sees it for what the letters will say, the observer of the call what those do who run it. What
was superseded is there for office, auditor and observer alone.
"""

from sqlalchemy import and_

from app.committee.access import votes
from app.decisions.models import Decision, DecisionState
from app.evaluation.observer.access import observes
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation

_seats = committee.names | committee_chair.names

entitled = relation(
    "entitled",
    "a member entitled to vote on its motion",
    # A vote stays with its motion when its mandate has ended; the sight of what it led to does not.
    lambda actor: (
        and_(votes(actor, Decision.motion_id), Decision.state != DecisionState.SUPERSEDED)
        if actor.roles & _seats
        else None
    ),
)
informed = relation(
    "informed",
    "a member of the committee, once it is released",
    lambda actor: Decision.state == DecisionState.RELEASED if actor.roles & _seats else None,
)
signatory = relation(
    "signatory",
    "the signatory",
    lambda actor: Decision.state != DecisionState.SUPERSEDED if "signatory" in actor.roles else None,
)
observing = relation(
    "observing", "the observer of the call", lambda actor: observes(actor, Decision.topic_stage_id)
)

SIGHTS = {
    Decision: Sight((office, auditor, signatory, observing, entitled, informed), topic=Decision.topic_id)
}
