"""Consensus reports on the wire; experts go by their labels."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph, Read
from app.evaluation.marking import MarkRead


class NameRapporteur(Data):
    """The assignment of the expert who drafts for the group."""

    rapporteur_id: Id


class Object(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class OpinionRead(Read):
    label: str
    round: int
    kind: Literal["approval", "objection"]
    reason: str


class ConsensusRead(EntityRead):
    """`round` counts how often the draft was put to approval; approvals of earlier rounds are void."""

    proposal_id: UUID
    rapporteur_label: str
    round: int
    points: list[MarkRead]
    opinions: list[OpinionRead]
    final_at: datetime | None


class ConsensusItem(ItemRead):
    proposal_id: UUID
    round: int
