"""Organisations, consortia, partners and invitations on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Mail, Read

PORTAL_CODES = {"EL": "GR", "UK": "GB"}
"""Two countries whose codes on the European portal differ from ISO 3166."""


def _iso(code: str) -> str:
    if code in PORTAL_CODES:
        raise ValueError(f"The ISO 3166 code of this country is {PORTAL_CODES[code]}.")
    return code


CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_iso)]
Pic = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
Kind = Literal[
    "higher_education", "research", "sme", "mid_cap", "large_company", "patient_organisation", "regulator",
    "hospital", "other",
]  # fmt: skip


class Register(Data):
    """A legal entity: its country (ISO 3166), its PIC, and the group that controls it if there is one."""

    legal_name: Line
    short_name: Annotated[Line, Field(max_length=40)] = ""
    country: CountryCode
    kind: Kind
    pic: Pic | None = None
    control_group: Line | None = None


class EditOrganisation(Data):
    """Any of the fields; what is left out stays as it is."""

    legal_name: Line = ""
    short_name: Annotated[Line, Field(max_length=40)] = ""
    country: CountryCode = ""
    kind: Kind = "other"
    pic: Pic | None = None
    control_group: Line | None = None


class Form(Data):
    """A new consortium; its coordinating organisation is yours, its contact you, by this name or your own."""

    name: Line
    organisation_id: Id
    contact_name: Line | None = None


class Coordinate(Data):
    """The part of the coordinating organisation."""

    organisation_id: Id
    contact_name: Line | None = None


class InvitePartner(Data):
    """An organisation to take part, and the person who is asked for it."""

    organisation_id: Id
    name: Line
    email: Mail


class EditPartner(Data):
    """What the partner asks for, in euro."""

    requested: Euro = Decimal(0)


class OrganisationBrief(Read):
    id: UUID
    legal_name: str
    short_name: str
    country: str
    kind: Kind


class OrganisationRead(EntityRead):
    version: int
    legal_name: str
    short_name: str
    country: str
    kind: Kind
    pic: str | None
    control_group: str | None


class OrganisationItem(ItemRead):
    legal_name: str
    short_name: str
    country: str
    kind: Kind


class PersonRead(Read):
    name: str
    email: str
    part: Literal["contact", "deputy_contact", "contributor", "reader"]
    until: datetime | None


class PartnerBrief(Read):
    id: UUID
    state: str
    coordinates: bool
    requested: Euro
    organisation: OrganisationBrief


class PartnerRead(EntityRead):
    version: int
    consortium_id: UUID
    organisation: OrganisationBrief
    coordinates: bool
    requested: Euro
    invited_until: datetime | None
    people: list[PersonRead]


class PartnerItem(ItemRead):
    consortium_id: UUID
    organisation_id: UUID
    coordinates: bool
    requested: Euro


class ConsortiumRead(EntityRead):
    """A consortium with all its partners; `requested` in euro is what those at present ask for together."""

    topic_stage_id: UUID
    topic_id: UUID
    name: str
    partners: list[PartnerBrief]
    requested: Euro


class ConsortiumItem(ItemRead):
    topic_stage_id: UUID
    name: str


class InvitationRead(Read):
    """What somebody is invited to: no account is needed to accept or decline."""

    topic: str
    topic_title: str
    consortium: str
    coordinator: str
    organisation: str
    name: str
    invited_until: datetime
    closes_at: datetime


class Answered(Read):
    """The partner's state after the answer."""

    state: Literal["accepted", "declined"]
    message: str
