"""Ethics screenings and seats on the wire: outcomes for those who decide and apply, remarks for staff."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.calls.rule_parts import Code
from app.core.schema import Data, EntityRead, Id, ItemRead, LongText, Paragraph, Read

Words = Annotated[Paragraph, Field(pattern=r"\S")]


class InviteEthicsExpert(Data):
    """The contract of the expert, of the same call."""

    contract_id: Id


class Remark(Data):
    """What the expert has to say of the ethics of the proposal."""

    text: Annotated[LongText, Field(max_length=20_000, pattern=r"\S", exclude=True)]


class Assess(Data):
    """Why the screening is not enough."""

    reason: Words


class Reopen(Data):
    """What has come to light."""

    reason: Words


class Refuse(Data):
    """Why it cannot be cleared."""

    reason: Words


class Requirement(Data):
    """What is required; `months` after the signature, or before it where none are given."""

    code: Annotated[Code, Field(examples=["consent"])]
    text: Words
    months: Annotated[int, Field(ge=1, le=120)] | None = None


class Require(Data):
    """What a clearance under conditions asks for (X-03)."""

    requirements: Annotated[list[Requirement], Field(min_length=1, max_length=50)]


class Meet(Data):
    """The code of the requirement, and what the office has found."""

    code: Annotated[Code, Field(examples=["consent"])]
    text: Words


class RequirementRead(Read):
    """`months` after the signature; none: before it."""

    code: str
    text: str
    months: int | None
    met_at: datetime | None


class RequirementForStaff(RequirementRead):
    met_text: str | None
    met_by: UUID | None


class LapsedRequirement(RequirementForStaff):
    """What a conclusion required that was reopened since."""

    lapsed_at: datetime


class ScreeningOutcome(EntityRead):
    """The outcome, for those who decide on the list."""

    proposal_id: UUID
    reference: str
    concluded_at: datetime | None


class ScreeningForApplicant(ScreeningOutcome):
    """The outcome, and what is required."""

    requirements: list[RequirementRead]
    refused_for: str | None


class ScreeningForExpert(ScreeningForApplicant):
    assessed_for: str | None


class ScreeningRead(ScreeningForExpert):
    panel_id: UUID
    reopened_at: datetime | None
    requirements: list[RequirementForStaff]  # type: ignore[assignment]  # a list of more than others read
    lapsed: list[LapsedRequirement]


class ScreeningItem(ItemRead):
    proposal_id: UUID


class RemarkRead(Read):
    text: str
    at: datetime


class SeatForHolder(EntityRead):
    screening_id: UUID
    proposal_id: UUID
    declared_at: datetime | None


class SeatOwn(SeatForHolder):
    """With one's own remarks."""

    remarks: list[RemarkRead]


class EthicsSeatRead(SeatOwn):
    contract_id: UUID
    expert_id: UUID


class EthicsSeatItem(ItemRead):
    screening_id: UUID
    proposal_id: UUID
