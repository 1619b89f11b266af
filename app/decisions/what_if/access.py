"""Who sees what-if sets: those who run or decide the process, with no interest in any of their topics."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, not_, select

from app.decisions.what_if.models import WhatIf, WhatIfPart
from app.decisions.what_if.queries import out_of
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

SEATS = committee.names | committee_chair.names


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
