"""Experts, contracts and assignments on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph, Read

Fields = Annotated[list[Line], Field(max_length=50)]


class Register(Data):
    account_id: Id
    organisation_id: Id | None = None
    expertise: Fields = Field(default_factory=list)


class EditExpert(Data):
    organisation_id: Id | None = None
    expertise: Fields = Field(default_factory=list)


class Offer(Data):
    """A contract for this call, for so many days of work."""

    expert_id: Id
    days: Annotated[int, Field(ge=1, le=100)]


class Because(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class ProposeSeat(Data):
    proposal_id: Id


class Clear(Data):
    """The expert's declaration: having read the card, none of the situations D1 to D9 and P1 to P3 holds."""

    clear: Literal[True]


class ExpertRead(EntityRead):
    version: int
    account_id: UUID
    organisation_id: UUID | None
    expertise: list[str]


class ExpertItem(ItemRead):
    account_id: UUID
    organisation_id: UUID | None
    expertise: list[str]


class ContractRead(EntityRead):
    call_id: UUID
    expert_id: UUID
    days: int
    signed_at: datetime | None


class ContractItem(ItemRead):
    call_id: UUID
    expert_id: UUID


class AssignmentRead(EntityRead):
    """`label` is how the others of the group read the expert's name."""

    contract_id: UUID
    expert_id: UUID
    proposal_id: UUID
    label: str
    declared_at: datetime | None


class AssignmentItem(ItemRead):
    expert_id: UUID
    proposal_id: UUID
    label: str


class OrganisationOnCard(Read):
    legal_name: str
    country: str
    people: list[str]


class Card(Read):
    """What an invited expert gets to see before declaring: enough to know a conflict, and nothing else."""

    reference: str
    title: str
    abstract: str
    organisations: list[OrganisationOnCard]

    @model_validator(mode="before")
    @classmethod
    def of_manifest(cls, manifest: Any) -> Any:
        """Of what was handed in last."""
        named = {name: manifest[name] for name in ("reference", "title", "abstract")}
        return named | {
            "organisations": [
                {
                    "legal_name": partner["legal_name"],
                    "country": partner["country"],
                    "people": sorted(person["name"] for person in partner["people"]),
                }
                for partner in manifest["partners"]
            ]
        }
