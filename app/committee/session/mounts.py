"""Sessions as they stand on the wire."""

from sqlalchemy import select

from app.committee.access import published, session_member
from app.committee.models import Motion, Session
from app.committee.session.schemas import AgendaItem, SessionItem, SessionPublic, SessionRead
from app.committee.session.workflow import SESSION
from app.people.access import auditor, office
from app.workflow.asked import Asked
from app.workflow.mounted import Mounted
from app.workflow.sight import parameters, visible_ids

whole = office | auditor | session_member
"""Who reads a session before its minutes are published, and more of it afterwards."""


async def tell_agenda(asked: Asked, session: Session, body: object) -> None:
    """The motions of the session that the reader sees, in their order."""
    if isinstance(body, SessionRead):
        here = select(Motion).where(
            Motion.session_id == session.id, Motion.id.in_(visible_ids(asked.actor, Motion))
        )
        ordered = here.order_by(Motion.place, Motion.created_at, Motion.id)
        found = await asked.session.scalars(ordered, parameters(asked.actor))
        body.agenda = [AgendaItem.model_validate(motion) for motion in found]


SESSIONS = Mounted(
    SESSION,
    Session,
    "sessions",
    views=((whole, SessionRead), (published, SessionPublic)),
    items=((whole | published, SessionItem),),
    needs=("attendance.account",),
    completes=tell_agenda,
)
