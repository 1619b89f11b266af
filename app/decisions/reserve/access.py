"""Who sees a reserve list: those who run and decide the process; nobody who is on it, while they are."""

from sqlalchemy import true

from app.decisions.reserve.models import ReserveList
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation

_seats = committee.names | committee_chair.names
informed = relation(
    "informed", "a member of the committee", lambda actor: true() if actor.roles & _seats else None
)

SIGHTS = {ReserveList: Sight((office, auditor, informed), topic=ReserveList.topic_id)}
