"""Finding an organisation as one types."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.mounts import Code
from app.consortia.organisations.queries import AT_MOST, suggested
from app.consortia.organisations.rules import folded
from app.consortia.organisations.schemas import Suggestion, Suggestions
from app.core.errors import Unauthenticated
from app.core.schema import Paragraph
from app.workflow.asked import Asking
from app.workflow.http import refusals
from app.workflow.sight import parameters, visible_to

router = APIRouter()
LEAST = 2
"""How many letters or digits say enough to look."""


@router.get(
    "/organisations/suggestions",
    responses=refusals(401),
    summary="Find one as you type (organisation)",
    description="From two letters or digits on: by the beginning of its PIC, of a name or of a name's words, "
    "or by a name that is much like it; best first. What was merged is found as the one that stays. "
    "Who: anyone signed in.",
    operation_id="organisation_suggestions",
)
async def suggestions(
    asked: Asking,
    q: Annotated[Paragraph, Query(max_length=200, description="What has been typed so far.")] = "",
    country: Annotated[Code | None, Query()] = None,
    most: Annotated[int, Query(ge=1, le=2 * AT_MOST)] = AT_MOST,
) -> Suggestions:
    if asked.actor.id is None:
        raise Unauthenticated
    plain = folded(q)
    if len(plain.replace(" ", "")) < LEAST:
        return Suggestions(items=[])
    digits = q.strip() if q.strip().isascii() and q.strip().isdigit() else ""
    found = suggested(plain, digits, visible_to(asked.actor, Organisation), country, most)
    items = []
    for one, name in await asked.session.execute(found, parameters(asked.actor)):
        about = {field: getattr(one, field) for field in Suggestion.model_fields if field != "found_by"}
        items.append(Suggestion(**about, found_by=name))
    return Suggestions(items=items)
