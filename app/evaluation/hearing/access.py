"""Who sees hearings: the panel without those who are out of the room, and of its own each coordinator."""

from sqlalchemy import ColumnElement, and_

from app.consortia.access import within
from app.evaluation.hearing.models import Hearing, HearingRound
from app.evaluation.panel.room.access import hears, sits_on, watches
from app.people.access import auditor, office
from app.workflow.sight import Relation, Sight, relation
from app.workflow.who import Actor


def _once_called(tie: Relation) -> Relation:
    """A tie of the consortium that is there from the moment at which all are called."""
    (name,) = tie.names

    def held(actor: Actor) -> object:
        return and_(Hearing.called_at.is_not(None), tie.predicate(actor))  # type: ignore[arg-type]

    return relation(name, tie.label, held, own=True)  # type: ignore[arg-type]


def _heard_by(actor: Actor) -> ColumnElement[bool] | None:
    """From the moment at which all are called, as for those who are heard."""
    in_it = hears(actor, Hearing)
    return None if in_it is None else and_(Hearing.called_at.is_not(None), in_it)


coordinator, deputy_contact = map(_once_called, within(Hearing.consortium_id)[:2])
sits = relation(
    "sits", "a member of the panel, or its observer", lambda actor: sits_on(actor, HearingRound.panel_id)
)
in_room = relation("in_room", "a member of the panel who has declared and is in the room", _heard_by)
watching = relation("watching", "the observer", lambda actor: watches(actor, Hearing.panel_id))

SIGHTS = {
    HearingRound: Sight((office, auditor, sits), topic=HearingRound.topic_id),
    Hearing: Sight((office, auditor, watching, in_room, coordinator, deputy_contact), topic=Hearing.topic_id),
}
