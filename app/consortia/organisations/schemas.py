"""Organisations on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.calls.fields import Day
from app.consortia.organisations import rules
from app.consortia.organisations.models import EstablishedUnder, Kind, Membership, Turnover
from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph, Read

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(rules.country)]
Pic = Annotated[str, Field(max_length=20), AfterValidator(rules.pic), Field(examples=["999999999"])]
Ror = Annotated[
    str, Field(max_length=60), AfterValidator(rules.ror), Field(examples=["https://ror.org/05dxps055"])
]
Vat = Annotated[str, Field(max_length=40), AfterValidator(rules.vat), Field(examples=["BE0123456789"])]
Name = Annotated[Line, AfterValidator(rules.named)]
ShortName = Annotated[Paragraph, Field(max_length=40)]
Aliases = Annotated[list[Name], Field(max_length=10)]


class Register(Data):
    """A legal entity: its country (ISO 3166), its kind, and what else is known of it.

    No code is needed to begin with; the PIC is before a signature. Whether it is a member of the industry
    side is for the programme office to say.
    """

    legal_name: Name
    short_name: ShortName = ""
    aliases: Aliases = Field(default_factory=list)
    country: CountryCode
    kind: Kind
    pic: Pic | None = None
    ror: Ror | None = None
    vat: Vat | None = None
    non_profit: bool = False
    public_body: bool = False
    turnover: Turnover | None = None
    control_group: Line | None = None


class EditOrganisation(Register):
    """Any of the fields; what is left out stays as it is."""

    legal_name: Name = ""
    aliases: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    country: CountryCode = ""
    kind: Kind = "other"
    industry_member: Membership | None = None
    industry_member_since: Day | None = None
    established_under: EstablishedUnder | None = None


class Reopen(Data):
    """Why the validation is taken back."""

    reason: Annotated[Paragraph, Field(min_length=1)]


class Merge(Data):
    """The organisation that stays."""

    into_id: Id


class OrganisationBrief(Read):
    id: UUID
    legal_name: str
    short_name: str
    country: str
    kind: Kind


class Duplicate(Read):
    """An organisation that may be the same, and why one may think so."""

    id: UUID
    legal_name: str
    country: str
    pic: str | None
    state: str
    because: list[Literal["same_pic", "same_ror", "same_vat", "similar_name"]]


class OrganisationRead(EntityRead):
    """`duplicates` are at most ten others that may be the same; nothing follows from them."""

    version: int
    legal_name: str
    short_name: str
    aliases: list[str]
    country: str
    kind: Kind
    pic: str | None
    ror: str | None
    vat: str | None
    non_profit: bool
    public_body: bool
    industry_member: Membership | None
    industry_member_since: date | None
    control_group: str | None
    established_under: EstablishedUnder | None
    validated_at: datetime | None
    merged_into: OrganisationBrief | None
    duplicates: list[Duplicate] = Field(default_factory=list)


class OrganisationInside(OrganisationRead):
    """What the programme office reads besides: its turnover, and who validated it."""

    turnover: Turnover | None
    validated_by_id: UUID | None


class OrganisationItem(ItemRead):
    legal_name: str
    short_name: str
    country: str
    kind: Kind
    pic: str | None
    merged_into_id: UUID | None


class Suggestion(Read):
    """An organisation, and the name of it that was found."""

    id: UUID
    legal_name: str
    short_name: str
    found_by: str
    country: str
    kind: Kind
    pic: str | None
    state: str


class Suggestions(Read):
    items: list[Suggestion]
