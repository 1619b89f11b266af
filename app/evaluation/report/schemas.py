"""Reports on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, field_validator

from app.core.schema import Data, EntityRead, ItemRead, Paragraph, Read, text
from app.evaluation.marking import Marking, MarkRead

FlagKind = Literal["out_of_scope", "ethics", "security", "operational_capacity", "excess_pages"]
"""What an expert points out beside the scores (V-12); excess pages: C-20."""


class ReportMarking(Marking):
    """A score, a comment, what is strong and what falls short; whatever is not sent stays as it is."""

    strengths: text(20_000) = ""  # type: ignore[valid-type]
    shortcomings: text(20_000) = ""  # type: ignore[valid-type]


class Flag(Data):
    """Something that is no matter of scores, and what there is to say of it."""

    kind: FlagKind
    text: Annotated[Paragraph, Field(pattern=r"\S")]


class Beside(Data):
    """All flags that are raised, each kind once; a remark that nobody but the office reads."""

    flags: Annotated[list[Flag], Field(max_length=5, default_factory=list)]
    remark: text(5_000) = ""  # type: ignore[valid-type]

    @field_validator("flags")
    @classmethod
    def each_once(cls, flags: list[Flag]) -> list[Flag]:
        if len({flag.kind for flag in flags}) != len(flags):
            raise ValueError("A kind of flag is raised once.")
        return flags


class Reopen(Data):
    reason: Annotated[Paragraph, Field(pattern=r"\S")]


class ReportMarkRead(MarkRead):
    strengths: str
    shortcomings: str


class FlagRead(Read):
    kind: FlagKind
    text: str


class MeaningRead(Read):
    score: str
    meaning: str


class CriterionRead(Read):
    """A criterion of the scheme, and the aspects that one score is given for (5.2)."""

    code: str
    title: str
    threshold: Decimal
    aspects: list[str]


class GuideRead(Read):
    """What the scheme of the call says: the scale, what each score on it means, the criteria."""

    least: Decimal
    most: Decimal
    step: Decimal
    meanings: list[MeaningRead]
    criteria: list[CriterionRead]


class FellowReport(EntityRead):
    """A sealed report as the others of the group read it: under a label, by name from the consensus on."""

    proposal_id: UUID
    label: str
    name: str | None
    marks: list[ReportMarkRead]
    flags: list[FlagRead]


class ReportRead(FellowReport):
    """A report as its author and the office read it, with what the scheme says beside it."""

    version: int
    assignment_id: UUID
    remark: str
    sealed_at: datetime | None
    reopened_at: datetime | None
    reopened_reason: str | None
    guide: GuideRead | None = None


class ReportItem(ItemRead):
    proposal_id: UUID


class SealedMark(Read):
    score: Decimal
    comment: str
    strengths: str
    shortcomings: str


class SealedContent(Read):
    marks: dict[str, SealedMark]
    flags: list[FlagRead]
    remark: str


class ReportVersionRead(Read):
    """The report as it was sealed; `reopened_reason` is why the version before was opened again."""

    number: int
    sealed_at: datetime
    digest: str
    reopened_reason: str | None
    content: SealedContent


class ReportVersions(Read):
    items: list[ReportVersionRead]


class ReportReadingRead(Read):
    at: datetime
    account_id: UUID
    name: str


class ReportReadings(Read):
    items: list[ReportReadingRead]


def guide_in(scheme: Any) -> GuideRead:
    """What a scheme says to those who score by it."""
    meanings = [MeaningRead(score=score, meaning=meaning) for score, meaning in scheme.meaning.items()]
    criteria = [CriterionRead.model_validate(criterion) for criterion in scheme.criteria]
    scale = {"least": scheme.least, "most": scheme.most, "step": scheme.step}
    return GuideRead(**scale, meanings=meanings, criteria=criteria)
