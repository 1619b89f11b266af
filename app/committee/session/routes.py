"""The minutes of a session, as JSON and as a PDF."""

from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.committee.access import published
from app.committee.models import Session, SessionState
from app.committee.session.minutes import minutes_for
from app.committee.session.minutes_schemas import MinutesRead
from app.committee.session.mounts import whole
from app.committee.session.printing import minutes_pdf
from app.core.errors import Unmet
from app.core.reason import Reason
from app.core.uploads import PDF, handed_over
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter()
Key = Annotated[UUID, Path(alias="id")]
WHO = (
    f"Who: {whole.label}; {published.label} what is public. A motion that its reader is out of, or may not "
    "see, is not in them until they are published."
)


@router.get(
    "/sessions/{id}/minutes",
    responses=refusals(401, 404, 409),
    summary="Read its minutes (session)",
    description=WHO,
    operation_id="session_minutes",
)
async def read_minutes(asked: Asking, key: Key) -> MinutesRead:
    return await _minutes(asked, key)


@router.get(
    "/sessions/{id}/minutes.pdf",
    response_class=Response,
    responses=refusals(401, 404, 409) | {200: {"content": {PDF: {}}}},
    summary="Read its minutes as a PDF (session)",
    description=f"{WHO} Tagged; the same bytes from the same minutes.",
    operation_id="session_minutes_pdf",
)
async def read_pdf(asked: Asking, key: Key) -> Response:
    minutes = await _minutes(asked, key)
    return handed_over(BytesIO(await minutes_pdf(minutes)), f"minutes-{minutes.closed_at:%Y-%m-%d}.pdf")


async def _minutes(asked: Asked, key: UUID) -> MinutesRead:
    session, held = await look(asked.session, Session, key, asked.actor, ("body", "attendance.account"))
    if session.state != SessionState.CLOSED:
        told = "There are minutes once the session is closed."
        raise Unmet(reasons=[Reason("not-closed", told, who="chair")])
    return await minutes_for(asked.session, session, asked.actor, whole(held))
