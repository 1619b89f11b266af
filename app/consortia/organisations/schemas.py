"""Organisations on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schema import Data, EntityRead, ItemRead, Line, Read

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
