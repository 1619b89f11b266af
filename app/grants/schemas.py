"""Grants on the wire: for those who prepare and sign them, and for the consortium."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from app.calls.fields import Day
from app.core.schema import Data, EntityRead, Euro, ItemRead, Paragraph, Read

Number = Annotated[str, Field(pattern=r"^[0-9]{6,9}$")]
Months = Annotated[int, Field(ge=1, le=120)]


class PrepareGrant(Data):
    """A grant agreement's number and duration; its amount is what the proposal asks for (K-08)."""

    number: Number
    starts_on: Day | None = None
    months: Months | None = None
    early_start_reason: Paragraph | None = None
    unidentified_reason: Paragraph | None = None


class EditGrant(Data):
    """Any of the fields; what is left out stays as it is."""

    number: Number = "000000"
    starts_on: Day | None = None
    months: Months | None = None
    early_start_reason: Paragraph | None = None
    unidentified_reason: Paragraph | None = None


def _checked(state: Any) -> Any:
    return state == "validated"


class FailGrant(Data):
    """Why nothing is signed: the ethics of the proposal is not cleared (K-09)."""

    reason: Literal["ETHICS"]
    text: Annotated[Paragraph, Field(pattern=r"\S")]


class Fallen(Data):
    """What has taken the proposal away (K-10)."""

    reason: Literal["WITHDRAWN", "GA_PREPARATION_FAILED"]
    text: Paragraph


class EthicsDue(Read):
    """What the ethics screening asks for; `due_on` is counted from the signature."""

    code: str
    text: str
    before_signature: bool
    due_on: date | None
    met_at: datetime | None


class PartyRead(Read):
    """An organisation that the agreement is signed with, its PIC, and whether it was validated."""

    name: str = Field(validation_alias="legal_name")
    pic: str | None
    validated: Annotated[bool, BeforeValidator(_checked)] = Field(validation_alias="state")


class GrantForConsortium(EntityRead):
    """A grant as its consortium reads it.

    `starts_before_signature` is known once it is signed. `unidentified_reason` says why it is signed although
    a partner has no validated PIC.
    """

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    acronym: str = Field(validation_alias=AliasPath("proposal", "acronym"))
    number: str
    amount: Euro
    starts_on: date | None
    months: int | None
    early_start_reason: str | None
    starts_before_signature: bool | None
    partners: list[PartyRead]
    unidentified_reason: str | None
    ethics_requirements: list[EthicsDue]
    failed_reason: str | None
    failed_text: str | None
    signed_at: datetime | None


class GrantRead(GrantForConsortium):
    """A grant with the officers who prepared and signed it."""

    version: int
    prepared_by: UUID
    signed_by: UUID | None


class GrantItem(ItemRead):
    proposal_id: UUID
    number: str
    amount: Euro
    signed_at: datetime | None
