"""Panels and their lists on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasPath, Field, model_validator

from app.calls.rule_parts import Code
from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph, Read
from app.evaluation.consensus.schemas import Settlement
from app.evaluation.panel.models import Panel


class Settle(Data):
    """How the panel parts proposals that share a rank under the step that asks for it, and why (5.5).

    `order` are groups, best first; in one group alone they stay equal, and the next step is asked.
    """

    step: Annotated[Code, Field(examples=["coverage"])]
    order: Annotated[
        list[Annotated[list[Id], Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=200)
    ]
    reason: Annotated[Paragraph, Field(pattern=r"\S")]


class SettleConsensus(Settlement):
    """What the panel makes of a report on which the experts did not agree (V-16)."""

    consensus_id: Id


class Reopen(Data):
    """Why a closed list is made anew: a fault of the programme's list, and what is to be said of it."""

    fault: Annotated[Code, Field(examples=["late_conflict"])]
    text: Annotated[Paragraph, Field(pattern=r"\S")]


class ScreenEthics(Data):
    """Down to which rank proposals are likely to be funded."""

    rank: Annotated[int, Field(ge=1, le=1000)]


class ReportFell(Data):
    report_id: Id
    proposal_id: Id


class ProposalRead(Read):
    reference: str
    acronym: str
    title: str


class PlaceRead(Read):
    """A place; proposals of equal rank are ex aequo. Below a threshold there is no rank (V-01).

    Ranks are made of the `weighted` sum; of those with an equal one `parted_by` names the step that told them
    apart, `awaits` the one that asks for the panel's decision (5.5).
    `gone`: the proposal was withdrawn or found ineligible since; the list is not renumbered.
    """

    proposal_id: UUID
    proposal: ProposalRead
    rank: int | None
    above: bool
    total: Decimal
    weighted: Decimal
    parted_by: str | None
    awaits: str | None
    scores: dict[str, Decimal]
    gone: str | None = Field(validation_alias=AliasPath("proposal", "gone"))


class CutRead(Read):
    """An overall threshold that follows from the money (V-02).

    What reaches it asks for `requested` euro, as near as may be to `aim` times the `budget`, not below
    `least` times.
    """

    threshold: Decimal
    aim: Decimal
    least: Decimal
    budget: Decimal
    requested: Decimal
    passing: int


class PartingRead(Read):
    """What the panel decided under one step, and who recorded it."""

    number: int
    step: str
    groups: list[list[UUID]]
    reason: str
    by: UUID
    at: datetime


class LineRead(Read):
    """A place on a version of the list, as it was."""

    proposal_id: UUID
    reference: str
    rank: int | None
    above: bool
    total: Decimal
    weighted: Decimal
    parted_by: str | None
    scores: dict[str, Decimal]


class ListRead(Read):
    """A version of the list; the last one that was not reopened counts."""

    number: int
    digest: str
    closed_at: datetime
    reopened_at: datetime | None
    fault: str | None
    reopened_for: str | None
    places: list[LineRead]


class SealedListRead(ListRead):
    """The same, with all that it is made of: whoever may read this can make the list again.

    The digest is the SHA-256 of the canonical JSON (RFC 8785) of `{"version", "places", "inputs"}`, where the
    places are rank, total and scores by reference. Empty inputs: they are older than their sealing.
    """

    inputs: dict[str, Any]


class FallenRead(Read):
    """A report that became void after the list was closed; `taken_up` once that was reopened."""

    report_id: UUID
    proposal_id: UUID
    at: datetime
    taken_up: bool


class PanelBase(EntityRead):
    topic_stage_id: UUID
    digest: str | None
    closed_at: datetime | None
    cut: CutRead | None
    places: list[PlaceRead]
    lists: list[ListRead]


class PanelRead(PanelBase):
    """The whole list, for those who run the evaluation."""

    lists: list[SealedListRead]  # type: ignore[assignment]  # a list of more than the committee reads
    partings: list[PartingRead]
    fallen: list[FallenRead]


def _shown(panel: Any) -> Any:
    """Above the thresholds line by line, below them a number."""
    assert isinstance(panel, Panel)
    return {
        "id": panel.id,
        "state": panel.state,
        "topic_stage_id": panel.topic_stage_id,
        "digest": panel.digest,
        "closed_at": panel.closed_at,
        "cut": panel.cut,
        "places": [place for place in panel.places if place.above],
        "below": sum(not place.above for place in panel.places),
        "lists": [
            {
                **{name: getattr(one, name) for name in ListRead.model_fields},
                "places": [line for line in one.places if line["above"]],
            }
            for one in panel.lists
        ],
    }


class AbstractRead(ProposalRead):
    """A proposal as the committee decides on it; its abstract is that of what was handed in."""

    abstract: str = Field(validation_alias=AliasPath("handed_in", "abstract"))


class PlaceForCommittee(PlaceRead):
    proposal: AbstractRead


class PanelForCommittee(PanelBase):
    """What the committee decides on: those above the thresholds, and how many are below."""

    places: list[PlaceForCommittee]  # type: ignore[assignment]  # a list of less than the committee reads
    below: int

    _counted = model_validator(mode="before")(_shown)


class PanelForPanel(EntityRead):
    """For those who sit on it: what they judge is on the agenda."""

    topic_stage_id: UUID


class PanelItem(ItemRead):
    topic_stage_id: UUID
