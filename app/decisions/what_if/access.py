"""Who sees what-if sets: those who run or decide the process, with no interest in any of their topics."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, not_, select

from app.committee.models import Ballot, Motion
from app.decisions.what_if.models import WhatIf, WhatIfPart
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

SEATS = committee.names | committee_chair.names


def out_of(actor: Actor, topic_stage_id: Any) -> ColumnElement[bool]:
    """The member is out of a motion on the list in this column, whatever for."""
    about = (Motion.purpose == "adopt_list", Motion.subject_id == topic_stage_id)
    mine = (Ballot.account_id == actor.id, Ballot.recused.is_not(None))
    return exists().where(Ballot.motion_id == Motion.id, *about, *mine)


def _entitled(actor: Actor) -> ColumnElement[bool] | None:
    if not actor.roles & SEATS:
        return None
    barred = select(WhatIfPart.id).where(
        WhatIfPart.what_if_id == WhatIf.id, out_of(actor, WhatIfPart.topic_stage_id)
    )
    return not_(barred.correlate(WhatIf).exists())


def _in_its_topics(applies: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    return exists().where(WhatIfPart.what_if_id == WhatIf.id, applies(WhatIfPart.topic_id))


entitled = relation("entitled", "a member who decides on each of its lists", _entitled)

SIGHTS = {WhatIf: Sight((office, auditor, entitled), topic=WhatIf.topic_id, further=_in_its_topics)}
