"""Who sees a decision: those who run it and who may vote on it; the whole committee once it is released."""

from sqlalchemy import exists

from app.committee.models import Ballot
from app.decisions.models import Decision, DecisionState
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation

_seats = committee.names | committee_chair.names

entitled = relation(
    "entitled",
    "a member entitled to vote on its motion",
    lambda actor: exists().where(
        Ballot.motion_id == Decision.motion_id, Ballot.account_id == actor.id, Ballot.recused.is_(None)
    ),
)
informed = relation(
    "informed",
    "a member of the committee, once it is released",
    lambda actor: Decision.state == DecisionState.RELEASED if actor.roles & _seats else None,
)

SIGHTS = {Decision: Sight((office, auditor, entitled, informed), topic=Decision.topic_id)}
