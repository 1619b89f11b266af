"""What the rows of a what-if set bring about."""

from uuid import uuid4

from app.core.errors import Unmet
from app.core.reason import Reason
from app.decisions.what_if.models import WhatIf, WhatIfPart
from app.decisions.what_if.queries import closed_lists
from app.workflow.run import Act
from app.workflow.sight import parameters

NO_LIST = (
    "A set names topics of the call whose list is closed and filled by money, with which whoever draws it up "
    "has to do."
)


async def lay_out(what_if: WhatIf, act: Act) -> None:
    """Keep each envelope with the list that it is drawn on, as it is; the call is the parent.

    Raises Unmet for a topic without such a list, and alike for one that the actor may not look into.
    """
    assert act.actor.id is not None
    wanted = [one.topic_stage_id for one in act.data.envelopes]
    found = {
        row.topic_stage_id: row
        for row in await act.session.execute(
            closed_lists(act.actor, act.parent.id, wanted), parameters(act.actor)
        )
    }
    reasons = [
        Reason("no-closed-list", NO_LIST, f"/body/envelopes/{number}/topic_stage_id", "office")
        for number, key in enumerate(wanted)
        if key not in found
    ]
    if reasons:
        raise Unmet(reasons=reasons)
    what_if.call, what_if.name, what_if.made_by = act.parent, act.data.name, act.actor.id
    what_if.topic_id, what_if.parts = found[wanted[0]].topic_id, []
    for position, one in enumerate(act.data.envelopes):
        row = found[one.topic_stage_id]
        part = WhatIfPart(id=uuid4(), topic_stage_id=one.topic_stage_id, topic_id=row.topic_id)
        part.list_id, part.list_digest = row.FrozenList.id, row.FrozenList.digest
        part.position, part.envelope = position, one.envelope
        what_if.parts.append(part)
    act.note(digests=[part.list_digest for part in what_if.parts])
