"""How certificates stand on the wire, and as a PDF."""

from datetime import datetime
from importlib.resources import files
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.schema import EntityRead, ItemRead
from app.core.typeset import typeset
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.certificate.rules import in_groups
from app.experts.certificate.workflow import CERTIFICATE
from app.experts.models import Contract, Expert
from app.people.access import office
from app.people.desk import desk
from app.workflow.asked import Asking
from app.workflow.mounted import Mounted
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import Sight, relation

PDF = "application/pdf"
holder = relation(
    "holder",
    "the expert whom it certifies",
    lambda actor: Certificate.contract_id.in_(
        select(Contract.id).join(Contract.expert).where(Expert.account_id == actor.id)
    ),
)
SIGHTS = {Certificate: Sight((holder, office))}
WHO = office | holder


class CertificateRead(EntityRead):
    contract_id: UUID
    code: str
    issued_at: datetime


class CertificateItem(ItemRead):
    contract_id: UUID
    issued_at: datetime


CERTIFICATES = Mounted(
    CERTIFICATE,
    Certificate,
    "certificates",
    views=((WHO, CertificateRead),),
    items=((WHO, CertificateItem),),
)
router = APIRouter()


@router.get(
    "/certificates/{id}/certificate.pdf",
    response_class=Response,
    responses=refusals(401, 404) | {200: {"content": {PDF: {}}}},
    summary="Read it as a PDF (certificate of reviewing work)",
    description=f"Who: {WHO.label}. The same bytes whenever it is asked for.",
    operation_id="certificate_pdf",
)
async def read_certificate(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Response:
    certificate, _ = await look(asked.session, Certificate, key, asked.actor, by=WHO)
    if certificate.state == CertificateState.WITHDRAWN:
        raise NotFound
    template = (files("app.experts.certificate") / "certificate.typ").read_bytes()
    code = in_groups(certificate.code)
    shown = {**certificate.facts, "code": code, "issuer": desk().public_url}
    made = await typeset(template, shown, certificate.issued_at)
    return Response(
        made, media_type=PDF, headers={"Content-Disposition": 'attachment; filename="certificate.pdf"'}
    )
