"""Consensus reports on the wire; experts go by their labels."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, LongText, Paragraph, Read
from app.evaluation.marking import MarkRead, Score

View = Annotated[LongText, Field(max_length=20_000, pattern=r"\S")]


class NameRapporteur(Data):
    """The assignment of the expert who drafts for the group."""

    rapporteur_id: Id


class OpenConsensus(Data):
    """Left out, the expert drafts who was chosen as rapporteur when experts were assigned."""

    rapporteur_id: Id | None = None


class Object(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class NoConsensus(Data):
    """What most of the group hold, and what the others hold against it."""

    majority_view: View
    minority_view: View


class PanelScore(Data):
    """The panel's score of one criterion."""

    criterion: Line
    score: Score


class Settlement(Data):
    """Why the panel settles it so; `scores` are those that it sets instead of the majority's."""

    reason: Annotated[Paragraph, Field(pattern=r"\S")]
    scores: Annotated[list[PanelScore], Field(max_length=20, default_factory=list)]


class OpinionRead(Read):
    label: str
    round: int
    kind: Literal["approval", "objection"]
    reason: str


class PointRead(MarkRead):
    """`majority_score` stands where the panel has set another score (V-16)."""

    majority_score: Decimal | None


class ConsensusRead(EntityRead):
    """`round` counts how often the draft was put to approval; approvals of earlier rounds are void.

    The two views are there if the group did not agree, `settled_reason` once the panel has settled it.
    """

    proposal_id: UUID
    rapporteur_label: str
    round: int
    points: list[PointRead]
    opinions: list[OpinionRead]
    majority_view: str | None
    minority_view: str | None
    settled_reason: str | None
    final_at: datetime | None


class ConsensusItem(ItemRead):
    proposal_id: UUID
    round: int
