"""Evaluation summary reports, version by version, what was found in them, and their prints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.evaluation.panel.models import FrozenList
from app.evaluation.summary.content import Content
from app.proposals.models import Proposal
from app.workflow.table import State


class SummaryState(State):
    HELD = "held", "Held: it may tell who evaluated"
    CLEARED = "cleared", "Cleared for the release"
    RELEASED = "released", "Released"
    WITHHELD = "withheld", "Withheld: the proposal goes on to the next stage"
    SUPERSEDED = "superseded", "Superseded: its list was made anew"
    VOIDED = "voided", "Voided: its proposal or call has no outcome"


class Summary(Entity, Base):
    """The summary report of a proposal on one version of the closed list (V-21); `above` all thresholds."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("list_id", "proposal_id", name="uq_summary_once"),)

    state: Mapped[SummaryState] = state_of(SummaryState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"), index=True)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("panel_list.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    above: Mapped[bool]
    frozen: Mapped[FrozenList] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    versions: Mapped[list["SummaryVersion"]] = relationship(
        lazy="raise", back_populates="summary", order_by="SummaryVersion.number"
    )
    findings: Mapped[list["Finding"]] = relationship(
        lazy="raise", back_populates="summary", order_by="Finding.number"
    )

    @property
    def content(self) -> Content:
        return self.versions[-1].content

    @property
    def digest(self) -> str:
        return self.versions[-1].digest

    @property
    def reference(self) -> str:
        return str(self.content["proposal"]["reference"])

    @property
    def open_findings(self) -> list["Finding"]:
        return [finding for finding in self.findings if finding.settled is None]


class SummaryVersion(Keyed, Base):
    """What the report says, with the SHA-256 of its canonical text (RFC 8785). Only added to.

    Every version but the first is made by a redaction; `reason` is why.
    """

    __tablename__ = "summary_version"
    __table_args__ = (
        UniqueConstraint("summary_id", "number", name="uq_summary_version_number"),
        CheckConstraint(
            "(number = 1) = (reason IS NULL) AND (reason IS NULL) = (made_by IS NULL)",
            name="later_has_a_reason",
        ),
    )

    summary_id: Mapped[UUID] = mapped_column(ForeignKey("summary.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]
    summary: Mapped[Summary] = relationship(lazy="raise", back_populates="versions")


class Finding(Keyed, Base):
    """A passage of the latest version that may tell who evaluated; whom is not kept.

    `place` is a JSON pointer into the content. Redacted, it is where the passage was. A `passage` is one that
    an officer has found, not the search.
    """

    __tablename__ = "summary_finding"
    __table_args__ = (
        UniqueConstraint("summary_id", "number", name="uq_summary_finding_number"),
        CheckConstraint(
            "(settled IS NULL) = (reason IS NULL) AND (settled IS NULL) = (settled_by IS NULL)"
            " AND (settled IS NULL) = (settled_at IS NULL)",
            name="settled_has_a_reason",
        ),
    )

    summary_id: Mapped[UUID] = mapped_column(ForeignKey("summary.id"))
    number: Mapped[int]
    kind: Mapped[str] = one_of("mail", "orcid", "name", "affiliation", "passage", name="kind")
    criterion: Mapped[str | None]
    place: Mapped[str]
    offset: Mapped[int]
    length: Mapped[int]
    settled: Mapped[str | None] = one_of("dismissed", "redacted", name="settled")
    reason: Mapped[str | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    summary: Mapped[Summary] = relationship(lazy="raise", back_populates="findings")


class SummaryPrint(Base):
    """The PDF of a content, by its digest: made once, kept by the digest of its bytes; or why it failed."""

    __tablename__ = "summary_print"
    __table_args__ = (CheckConstraint("(file IS NULL) <> (fault IS NULL)", name="made_or_failed"),)

    content_digest: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str | None]
    fault: Mapped[str | None]
    at: Mapped[datetime]
