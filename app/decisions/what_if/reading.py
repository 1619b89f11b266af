"""What-if sets told with what they come to; who looks at one is kept."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from app.decisions.what_if.models import WhatIf, WhatIfReading
from app.decisions.what_if.queries import topics_of
from app.decisions.what_if.rules import Topic, drawn, figures
from app.decisions.what_if.schemas import FiguresRead, WhatIfRead
from app.workflow.asked import Asked


async def tell_figures(asked: Asked, what_if: WhatIf, body: WhatIfRead) -> None:
    """Complete the read of one set."""
    told(what_if, body, await topics_of(asked.session, [what_if]))
    note_readings(asked, [what_if])


def told(what_if: WhatIf, body: WhatIfRead, topics: Mapping[UUID, Topic]) -> WhatIfRead:
    """The same read, with every figure; each list is drawn as it was closed."""
    here = [topics[part.list_id] for part in what_if.parts]
    lists = [drawn(topic, part.envelope) for topic, part in zip(here, what_if.parts, strict=True)]
    for one, shown in zip(lists, body.parts, strict=True):
        shown.passed_over = list(one.topic.passed_over)
        shown.figures = FiguresRead.model_validate(figures([one]))
    body.figures = FiguresRead.model_validate(figures(lists))
    body.present = FiguresRead.model_validate(figures([drawn(topic, topic.present) for topic in here]))
    body.moved = body.figures.envelope - body.present.envelope
    body.outdated = any(part.outdated for part in what_if.parts)
    return body


def note_readings(asked: Asked, sets: Sequence[WhatIf]) -> None:
    """Keep that the actor looked at these sets."""
    for one in sets:
        look = WhatIfReading(id=uuid4(), what_if_id=one.id, account_id=asked.actor.id, at=asked.now)
        asked.session.add(look)
