"""Panels and their lists on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasPath, Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph, Read
from app.evaluation.consensus.schemas import Settlement
from app.evaluation.panel.models import Panel


class Settle(Data):
    """The panel's own order of proposals that share a rank, best first, and why (steps 1 and 5 of 5.5)."""

    order: Annotated[list[Id], Field(min_length=2, max_length=200)]
    reason: Annotated[Paragraph, Field(min_length=1)]


class SettleConsensus(Settlement):
    """What the panel makes of a report on which the experts did not agree (V-16)."""

    consensus_id: Id


class ProposalRead(Read):
    reference: str
    acronym: str
    title: str


class PlaceRead(Read):
    """A place; proposals of equal rank are ex aequo. Below a threshold there is no rank (V-01).

    `gone`: the proposal was withdrawn or found ineligible since; the list is not renumbered.
    """

    proposal_id: UUID
    proposal: ProposalRead
    rank: int | None
    above: bool
    total: Decimal
    scores: dict[str, Decimal]
    gone: str | None = Field(validation_alias=AliasPath("proposal", "gone"))


class PanelRead(EntityRead):
    """The whole list, for those who run the evaluation."""

    topic_stage_id: UUID
    digest: str | None
    closed_at: datetime | None
    places: list[PlaceRead]


def _shown(panel: Any) -> Any:
    """Above the thresholds line by line, below them a number."""
    assert isinstance(panel, Panel)
    return {
        "id": panel.id,
        "state": panel.state,
        "topic_stage_id": panel.topic_stage_id,
        "digest": panel.digest,
        "closed_at": panel.closed_at,
        "places": [place for place in panel.places if place.above],
        "below": sum(not place.above for place in panel.places),
    }


class PanelForCommittee(PanelRead):
    """What the committee decides on: those above the thresholds, and how many are below."""

    below: int

    _counted = model_validator(mode="before")(_shown)


class PanelItem(ItemRead):
    topic_stage_id: UUID
