"""Whether a receipt is genuine: told to anybody who holds one, by its signature alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from app.core import receipts
from app.core.schema import Data, Read
from app.people.desk import desk
from app.people.limits import client_of
from app.workflow.route import refusals

router = APIRouter(prefix="/receipts")


async def limited(request: Request) -> None:
    """Whoever verifies takes nothing from those who sign in at the same address. Raises TooMany."""
    desk().limits.receipts.spend(client_of(request))


class Presented(Data):
    """A receipt as it was given, mailed, or copied with line breaks."""

    receipt: Annotated[str, Field(min_length=1, max_length=receipts.LARGEST)]


class Verdict(Read):
    """`says` what the receipt itself says, if it is genuine, and nothing else; `why` it is not."""

    genuine: bool
    says: receipts.Facts | None = None
    why: str | None = None


@router.get(
    "/key",
    response_class=Response,
    responses={200: {"content": {"application/x-pem-file": {"schema": {"type": "string"}}}}},
    summary="The public key with which receipts and letters are verified",
    description="Who: anyone. `imi receipt verify` and `imi audit letter` take it by `--key FILE`; "
    "they need no connection then.",
    operation_id="public_receipt_key",
)
async def receipt_key() -> Response:
    return Response(receipts.public_key(desk().tokens.pem), media_type="application/x-pem-file")


@router.post(
    "/verify",
    dependencies=[Depends(limited)],
    responses=refusals(429),
    summary="Say whether a receipt is genuine",
    description="Who: anyone. By the signature alone: no proposal is looked at, and none is told of.",
    operation_id="public_receipt_verify",
)
async def verify_receipt(presented: Presented) -> Verdict:
    try:
        facts = receipts.read(receipts.public_key(desk().tokens.pem), receipts.found_in(presented.receipt))
    except receipts.NotGenuine as not_so:
        return Verdict(genuine=False, why=str(not_so))
    return Verdict(genuine=True, says=facts)
