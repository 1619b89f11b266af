"""The experts of a call by name, once published; and whether a certificate of reviewing work is genuine."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from app.calls.access import is_out
from app.calls.models import Call
from app.core.errors import NotFound
from app.core.schema import Read
from app.exchange.public.answers import UNCHANGED, Public
from app.exchange.public.receipts import limited
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.certificate.rules import read
from app.experts.names.models import NameList
from app.workflow.route import refusals

router = APIRouter()


class ExpertNames(Read):
    """All experts of the call, in the order of the alphabet, as published last."""

    call: str
    year: int
    published_at: datetime
    names: list[str]


class CertificatePublic(Read):
    """What the certificate itself says, and nothing else; days are those of Brussels."""

    name: str
    call: str
    call_title: str
    reports: int
    since: str
    until: str
    issued_on: str


def _names(reference: str) -> Select[NameList]:
    newest = select(NameList).join(NameList.call).where(is_out, Call.reference == reference)
    shown = (contains_eager(NameList.call).defer(Call.rules), selectinload(NameList.listed))
    return newest.options(*shown).order_by(NameList.year.desc()).limit(1)


@router.get(
    "/calls/{reference}/experts",
    response_model=ExpertNames,
    responses={**UNCHANGED, **refusals(404)},
    summary="Read the names of a call's experts",
    description="Who: anyone, once they are published, after its evaluation. Never by proposal.",
    operation_id="public_call_experts",
)
async def read_experts(reading: Public, reference: Annotated[str, Path(max_length=60)]) -> Response:
    found = await reading.one(_names(reference))
    return reading.answer(
        ExpertNames(
            call=found.call.reference, year=found.year, published_at=found.created_at, names=found.names
        )
    )


@router.get(
    "/certificates/{code}",
    dependencies=[Depends(limited)],
    responses=refusals(404, 429),
    summary="Verify a certificate of reviewing work",
    description="Who: anyone who holds its code. What it says itself, and nothing else.",
    operation_id="public_certificate_verify",
)
async def verify_certificate(reading: Public, code: Annotated[str, Path(max_length=60)]) -> CertificatePublic:
    issued = Certificate.state == CertificateState.ISSUED
    wanted = select(Certificate.facts).where(Certificate.code == (read(code) or ""), issued)
    facts: dict[str, Any] | None = await reading.session.scalar(wanted)
    if facts is None:
        raise NotFound
    return CertificatePublic(**facts)
