"""The routes of what-if sets: to draw one up, to read it, to compare those of a call."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from app.calls.models import Call
from app.core.errors import NotFound
from app.decisions.what_if.access import entitled
from app.decisions.what_if.models import WhatIf
from app.decisions.what_if.queries import WHOLE, sets_of, topics_of
from app.decisions.what_if.reading import note_readings, tell_figures, told
from app.decisions.what_if.schemas import Comparison, WhatIfForStaff, WhatIfItem, WhatIfRead
from app.decisions.what_if.workflow import WHAT_IF
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import loading, look
from app.workflow.sight import parameters, visible_to

router = APIRouter()
staff = office | auditor
MOST = 20
WHO = staff | committee | committee_chair

mount(
    router,
    Mounted(
        WHAT_IF,
        WhatIf,
        "what_ifs",
        views=((staff, WhatIfForStaff), (entitled, WhatIfRead)),
        items=((staff | entitled, WhatIfItem),),
        needs=(*WHOLE, "readings"),
        filters={"call_id": Filter(UUID, lambda actor, key: WhatIf.call_id == key)},
        completes=tell_figures,
    ),
)


@router.get(
    "/calls/{id}/what_if_comparison",
    responses=refusals(401, 404),
    summary="Compare what-if sets (call)",
    description=f"The named sets of the call, or the newest, at most {MOST}: what each would fund, with what "
    "comes in and falls out against the present envelopes. Who looks at a set is kept. "
    f"Who: {WHO.label}; nobody reads a set about a topic in which they apply or have a conflict.",
    operation_id="call_what_if_comparison",
)
async def compare(
    asked: Asking,
    key: Annotated[UUID, Path(alias="id")],
    what_if: Annotated[list[UUID] | None, Query(max_length=MOST)] = None,
) -> Comparison:
    await look(asked.session, Call, key, asked.actor, by=WHO)
    wanted = sets_of(key).where(visible_to(asked.actor, WhatIf)).options(*loading(WhatIf, WHOLE))
    if what_if is not None:
        wanted = wanted.where(WhatIf.id.in_(what_if))
    found = (await asked.session.scalars(wanted.limit(MOST), parameters(asked.actor))).unique().all()
    if what_if is not None and {one.id for one in found} != set(what_if):
        raise NotFound
    topics = await topics_of(asked.session, found)
    note_readings(asked, found)
    return Comparison(items=[told(one, WhatIfRead.model_validate(one), topics) for one in found])
