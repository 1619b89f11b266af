"""New evaluations on the wire: names for staff alone, the others' marks once one's own are sealed."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, LongText, Paragraph, Read
from app.decisions.redress.re_evaluation.models import ReEvaluation
from app.experts.schemas import OrganisationOnList

Score = Annotated[Decimal, Field(strict=False, ge=0, le=1_000, max_digits=5, decimal_places=2)]


class MarkGiven(Data):
    score: Score
    comment: Annotated[LongText, Field(min_length=1, max_length=20_000)]


class SealMarks(Data):
    """A score and a comment for each criterion that is evaluated anew."""

    marks: Annotated[
        dict[str, MarkGiven],
        Field(min_length=1, max_length=20, examples=[{"impact": {"score": "4.5", "comment": "Clear."}}]),
    ]


class SeatExpert(Data):
    """The contract of an expert for the call."""

    contract_id: Id


class UnseatExpert(Data):
    contract_id: Id
    reason: Annotated[Paragraph, Field(min_length=1)]


class DeclareConflict(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class MarkSaid(Read):
    score: Decimal
    comment: str


class SeatShown(Read):
    """A seat as the others read it: a label, and the marks that are sealed."""

    label: str
    sealed_at: datetime | None
    approved: bool
    marks: dict[str, MarkSaid] | None


class SeatRead(SeatShown):
    """The same for staff, with the name."""

    contract_id: UUID
    name: str | None
    declared_at: datetime | None
    out_for: str | None


class ReEvaluationForNamed(EntityRead):
    """All that an expert reads before declaring: whose proposal it is."""

    reference: str
    title: str
    organisations: list[str]

    @model_validator(mode="before")
    @classmethod
    def _card(cls, source: Any) -> Any:
        if not isinstance(source, ReEvaluation):
            return source
        redress = source.redress
        told = {"reference": redress.proposal.reference, "title": redress.proposal.handed_in["title"]}
        return {"id": source.id, "state": source.state, "organisations": redress.applying, **told}


class ReEvaluationForNamedBlind(EntityRead):
    """The same in a blind stage: everybody who applies in it, and not whose proposal it is (V-25)."""

    reference: str
    title: str
    abstract: str
    applicants: list[OrganisationOnList] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _card(cls, source: Any) -> Any:
        if not isinstance(source, ReEvaluation):
            return source
        proposal = source.redress.proposal
        told = {name: proposal.handed_in[name] for name in ("title", "abstract")}
        return {"id": source.id, "state": source.state, "reference": proposal.reference, **told}


class ReEvaluationForExpert(EntityRead):
    """A new evaluation as its experts read it; the others' marks only once one's own are sealed.

    `agreed` is the present draft, or the end of it. What was scored before stays unread.
    """

    proposal_id: UUID
    criteria: list[str]
    round: int
    agreed: dict[str, MarkSaid]
    seats: list[SeatShown]

    @model_validator(mode="before")
    @classmethod
    def _made(cls, source: Any) -> Any:
        if not isinstance(source, ReEvaluation):
            return source
        kept = ("id", "state", "redress_id", "proposal_id", "criteria", "round", "agreed", "old", "scores",
                "total", "above", "final_at")  # fmt: skip
        return {name: getattr(source, name) for name in kept} | {
            "seats": [_seat(source, one) for one in source.seats]
        }


def _seat(of: ReEvaluation, one: Any) -> dict[str, Any]:
    kept = ("label", "sealed_at", "marks", "contract_id", "name", "declared_at", "out_for")
    approved = one.approved is not None and one.approved == of.round
    return {name: getattr(one, name) for name in kept} | {"approved": approved}


class ReEvaluationRead(ReEvaluationForExpert):
    """The same for staff, with the names, the scores that the other criteria keep, and the result."""

    redress_id: UUID
    old: dict[str, Decimal]
    scores: dict[str, Decimal]
    total: Decimal | None
    above: bool
    final_at: datetime | None
    seats: list[SeatRead]  # type: ignore[assignment]  # the same seats, with more of each


class ReEvaluationItem(ItemRead):
    proposal_id: UUID
