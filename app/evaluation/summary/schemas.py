"""Summary reports on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from app.calls.rule_parts import Code
from app.core.schema import Data, EntityRead, ItemRead, Paragraph, Read


class SettleFinding(Data):
    """Which finding, by its number, and why it is settled so."""

    finding: Annotated[int, Field(ge=1, le=100_000, examples=[1])]
    reason: Annotated[Paragraph, Field(pattern=r"\S")]


class RedactPassage(Data):
    """A passage word for word as it stands under the criterion (without one: in what is about them all)."""

    criterion: Code | None = None
    text: Annotated[Paragraph, Field(min_length=1, pattern=r"\S", exclude=True)]
    reason: Annotated[Paragraph, Field(pattern=r"\S")]


class AboutProposal(Read):
    reference: str
    acronym: str
    title: str


class AboutTopic(Read):
    reference: str
    title: str


class AboutCall(Read):
    reference: str
    title: str
    programme: str


class Scale(Read):
    least: str
    most: str
    step: str


class ByPanel(Read):
    """What the panel set beside the experts' report: whether the score is its own, and its comment."""

    scored: bool
    comment: str | None


class CriterionShown(Read):
    """A criterion: `comments` were written before strengths and shortcomings were told apart."""

    code: str
    title: str
    score: str
    threshold: str
    reached: bool
    strengths: list[str]
    shortcomings: list[str]
    comments: list[str]
    panel: ByPanel | None


class Disagreement(Read):
    """The views of majority and minority where the experts did not agree, and why the panel settled it so."""

    majority: str
    minority: str
    settled: str


class ContentRead(Read):
    """What the report says; the digest is the SHA-256 of its canonical JSON (RFC 8785)."""

    version: int
    proposal: AboutProposal
    topic: AboutTopic
    call: AboutCall
    scale: Scale
    criteria: list[CriterionShown]
    total: str
    overall_threshold: str
    overall_reached: bool
    disagreement: Disagreement | None


class SummaryShown(EntityRead):
    """A report as the committee and its applicants read it."""

    proposal_id: UUID
    digest: str
    content: ContentRead


class PassageRead(Read):
    """A passage that may tell who evaluated: offset and length in the text at `place` of the content."""

    number: int
    kind: str
    criterion: str | None
    place: str
    offset: int
    length: int
    settled: str | None
    reason: str | None
    settled_by: UUID | None
    settled_at: datetime | None


class SummaryVersionRead(Read):
    """A version of the content; every one but the first is made by a redaction, for this reason."""

    number: int
    digest: str
    made_at: datetime
    made_by: UUID | None
    reason: str | None
    content: ContentRead


class SummaryRead(SummaryShown):
    """The same for those who run the evaluation, with what was found in it and what was done about it."""

    panel_id: UUID
    list_number: int = Field(validation_alias=AliasPath("frozen", "number"))
    above: bool
    findings: list[PassageRead]
    versions: list[SummaryVersionRead]


class SummaryItem(ItemRead):
    proposal_id: UUID


class FailedPrint(Read):
    """A document that could not be made, and why; it is tried again."""

    summary_id: UUID
    reference: str
    fault: str


class PrintProgress(Read):
    """Of the summary reports that count: how many there are, wait for the office, are printed, failed."""

    of: int
    held: int
    done: int
    failed: list[FailedPrint]
