"""Assignments on the wire, and the conflict card."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph, Read


class Because(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class ProposeSeat(Data):
    """On which proposal; `reads_only`: writes no report, and is not counted among those who do (V-18)."""

    proposal_id: Id
    reads_only: bool = False


class Clear(Data):
    """The expert's declaration: having read the card, none of the situations D1 to D9 and P1 to P3 holds."""

    clear: Literal[True]


class AssignmentRead(EntityRead):
    """`label` is how the others of the group read the expert's name; a `rapporteur` drafts for the group.

    The time to answer is over after `answer_until`, if the call's rules set one. `reads_only`: no report is
    written from it.
    """

    contract_id: UUID
    expert_id: UUID
    proposal_id: UUID
    label: str
    declared_at: datetime | None
    answer_until: datetime | None
    rapporteur: bool
    reads_only: bool


class AssignmentItem(ItemRead):
    expert_id: UUID
    proposal_id: UUID
    label: str
    rapporteur: bool


class OrganisationOnCard(Read):
    legal_name: str
    country: str
    people: list[str]


class OrganisationOnList(Read):
    """An organisation that applies in the stage, with its people there."""

    organisation_id: UUID
    legal_name: str
    country: str
    people: list[str]


class BlindCard(Read):
    """The same in a blind stage: everybody who applies in it, by name, and nothing of who applies with whom.

    Whoever has a conflict with somebody on the list declares it with `declare_listed`, as often as there is
    one; who has it with nobody accepts (V-25).
    """

    reference: str
    title: str
    abstract: str
    applicants: list[OrganisationOnList]


class Card(Read):
    """What an invited expert gets to see before declaring: enough to know a conflict, and nothing else."""

    reference: str
    title: str
    abstract: str
    organisations: list[OrganisationOnCard]

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> "Card":
        """Of what was handed in last."""
        named = {name: manifest[name] for name in ("reference", "title", "abstract")}
        organisations = [
            {
                "legal_name": partner["legal_name"],
                "country": partner["country"],
                "people": sorted(person["name"] for person in partner["people"]),
            }
            for partner in manifest["partners"]
        ]
        return cls.model_validate(named | {"organisations": organisations})
