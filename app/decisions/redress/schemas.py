"""Requests for a review on the wire: one face for each kind of reader; names for staff alone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasPath, Field, field_validator

from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, LongText, Paragraph, Read, Sum
from app.decisions.redress.models import Advice, Way
from app.decisions.redress.rules import Remedy

Ground = Literal["procedural_shortcoming", "factual_error", "wrong_eligibility", "scientific_judgement"]
Words = Annotated[Paragraph, Field(min_length=10)]


class FileRedress(Data):
    """On what grounds a review is asked for (Z-03), and what is wrong, in words.

    The scientific judgement of the experts is named here only to say that it is not reviewed: who gives it
    as a ground is refused.
    """

    grounds: Annotated[list[Ground], Field(min_length=1, max_length=4)]
    text: Annotated[LongText, Field(min_length=10, max_length=20_000)]

    @field_validator("grounds")
    @classmethod
    def each_once(cls, grounds: list[Ground]) -> list[Ground]:
        if len(set(grounds)) < len(grounds):
            raise ValueError("Each ground is named once.")
        return grounds


class Because(Data):
    """Why, for the record and for the coordinator."""

    text: Words


class NameMember(Data):
    """Somebody who took no part in what is reviewed."""

    account_id: Id


class ReleaseMember(Data):
    account_id: Id
    reason: Words


class DeclareConflict(Data):
    reason: Words


class Recommend(Data):
    """What the committee recommends (Z-04); `criteria` are those to be evaluated anew, if any are."""

    advice: Advice
    criteria: Annotated[tuple[str, ...], Field(max_length=20, strict=False)] = ()
    text: Words


class ProposeWay(Data):
    """What is put to the vote where the money is spent; `source_id` the topic in its stage that gives."""

    way: Way
    source_id: Id | None = None


class Ended(Data):
    """What has left nothing to review."""

    by: Literal["promoted", "withdrawn", "cancelled", "taken_out"]


class KeepWay(Data):
    """What the vote has come to."""

    remedy: Remedy
    promise: str | None = None


class AnewRead(Read):
    """What the new evaluation says of a criterion."""

    criterion: str
    score: Decimal
    comment: str


class ResultRead(Read):
    """The new summary: what was agreed on the criteria evaluated anew; the other scores stay as they were."""

    anew: list[AnewRead]
    scores: dict[str, Decimal]
    total: Decimal
    above: bool


class RedressOwn(EntityRead):
    """A request as who filed it reads it: what becomes of it, and no name."""

    proposal_id: UUID
    grounds: list[str]
    text: str
    filed_at: datetime = Field(validation_alias="created_at")
    answer_due: date
    admissibility: str | None
    decision_text: str | None
    outcome: str | None
    remedy: str | None
    promise: str | None
    result: ResultRead | None = None


class MemberRead(Read):
    account_id: UUID
    name: str = Field(validation_alias=AliasPath("account", "name"))
    declared_at: datetime | None
    out_for: str | None


class RedressForCommittee(EntityRead):
    """A request as those who weigh it read it; who evaluated stays unknown to them."""

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    grounds: list[str]
    text: str
    admissibility: str | None
    contested: str = Field(validation_alias=AliasPath("proposal", "state"))
    reason: str | None = Field(validation_alias=AliasPath("proposal", "reason"))
    finding: str | None = Field(validation_alias=AliasPath("proposal", "finding_text"))
    advice: str | None
    criteria: list[str]
    advice_text: str | None


class RedressForNamed(EntityRead):
    """All that somebody reads who has not declared: whose proposal it is about."""

    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    title: str = Field(validation_alias=AliasPath("proposal", "handed_in", "title"))
    organisations: list[str] = Field(validation_alias="applying")


class RedressRead(RedressForCommittee):
    """A request as those read it who handle it."""

    filed_by: UUID
    filed_at: datetime = Field(validation_alias="created_at")
    last_day: date | None
    answer_due: date
    prepared_by: UUID | None
    members: list[MemberRead]
    decided_by: UUID | None
    decided_at: datetime | None
    decision_text: str | None
    settled_by: UUID | None
    outcome: str | None
    remedy: str | None
    rank: int | None
    shares_rank: bool
    way: str | None
    source_id: UUID | None
    promise: str | None


class RedressItem(ItemRead):
    proposal_id: UUID
    answer_due: date


class EffectRead(Read):
    """Who moves, and what follows, if the new scores count; nobody selected loses a place (Z-06).

    `basis`: the result of the new evaluation, or before there is one the best that it could come to in what
    is evaluated anew. `left` and `requested` in euro; nothing is left to count where ranks alone do.
    """

    basis: Literal["result", "best_possible"]
    scores: dict[str, Decimal]
    total: Decimal
    rank: int | None
    shares_rank: bool
    above_line: bool
    requested: Euro
    left: Sum | None
    fits: bool
    remedy: Remedy
    waits_longer: list[str]
