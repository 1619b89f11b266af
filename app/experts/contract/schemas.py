"""Contracts on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Read
from app.experts.models import Place

Days = Annotated[int, Field(ge=1, le=100)]
Count = Annotated[int, Field(ge=1, le=100)]


class Offer(Data):
    """A contract for this call, for so many days of work, remote or at the central sessions."""

    expert_id: Id
    days: Days
    place: Place = "remote"


class Load(Data):
    """How many proposals the expert takes, at the least and at the most."""

    least: Annotated[Count, Field(examples=[1])]
    most: Annotated[Count, Field(examples=[8])]

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("The least is more than the most.")
        return self


class Sign(Load):
    """With the load, and the version of the code of conduct that was read in the contract's terms."""

    code_of_conduct: Annotated[Line, Field(examples=["1"])] | None = None


class Acknowledge(Data):
    """The version of the briefing that was read in the contract's terms."""

    briefing: Annotated[Line, Field(examples=["1"])] | None = None


class End(Data):
    """The days worked; left out, those agreed, where a report counts."""

    days: Annotated[int, Field(ge=0, le=100)] | None = None


class PaperRead(Read):
    version: str
    text: str


class TermsRead(Read):
    """What the call's rule set asks an expert to sign and to acknowledge."""

    code_of_conduct: PaperRead
    briefing: PaperRead


class ContractRead(EntityRead):
    """`code_of_conduct` and `briefing` are the versions that were signed and acknowledged."""

    call_id: UUID
    expert_id: UUID
    days: int
    place: Place
    least: int | None
    most: int | None
    signed_at: datetime | None
    code_of_conduct: str | None
    briefed_at: datetime | None
    briefing: str | None
    ended_at: datetime | None
    terms: TermsRead | None = None


class ContractItem(ItemRead):
    call_id: UUID
    expert_id: UUID
    place: Place
    least: int | None
    most: int | None
    briefed_at: datetime | None
