"""Assignments and conflicts on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph, Read

Situation = Literal["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "P1", "P2", "P3"]
Said = Annotated[Paragraph, Field(min_length=1)]


class Because(Data):
    reason: Said


class ProposeSeat(Data):
    proposal_id: Id


class Clear(Data):
    """The expert's declaration: having read the card, none of the situations D1 to D9 and P1 to P3 holds."""

    clear: Literal[True]


class NameConflict(Data):
    """The situation of the model contract, and what it is."""

    situation: Situation
    text: Said


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


class ConflictRead(EntityRead):
    expert_id: UUID
    proposal_id: UUID
    situation: Situation
    path: str
    waiver: str | None


class ConflictItem(ItemRead):
    expert_id: UUID
    proposal_id: UUID
    situation: Situation


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
