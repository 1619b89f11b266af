"""A letter in its signed form: for whoever has to show that it was written so."""

from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.core.letters import Signed
from app.core.uploads import handed_over
from app.decisions.letter.access import addressee
from app.decisions.letter.mounts import LETTERS, staff
from app.workflow.asked import Asking
from app.workflow.route import refusals

router = APIRouter()
JSON = "application/json"


@router.get(
    "/letters/{id}/signed",
    response_class=Response,
    responses=refusals(401, 404) | {200: {"content": {JSON: {"schema": {"type": "object"}}}}},
    summary="Hand over its signed form (letter)",
    description=(
        f"Who: {(staff | addressee).label}. To read it is to open it. `imi audit letter FILE --key FILE` "
        "verifies it without a connection, with the key of `GET /v1/public/receipts/key`."
    ),
    operation_id="letter_signed",
)
async def read_signed(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Response:
    read: Any = await LETTERS.read(asked, key)
    form = Signed(subject=read.subject, text=read.text, signature=read.signature)
    return handed_over(BytesIO(form.as_file()), f"letter-{read.written_at:%Y-%m-%d}.json", JSON)
