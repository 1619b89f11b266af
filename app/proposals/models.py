"""A proposal, its sections and documents while it is written, its sealed versions, the checks on it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_, join, or_, select
from sqlalchemy.orm import Mapped, backref, column_property, foreign, mapped_column, relationship

from app.calls.amendments.models import Amendment
from app.calls.form import PLAIN
from app.calls.models import Stage, TopicStage
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import Consortium
from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.workflow.table import State

UNDER_EVALUATION = "under_evaluation"


class ProposalState(State):
    """What applicants read stays the same from the checks to the release, whatever is found."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    WITHDRAWN = "withdrawn", "Withdrawn"
    INADMISSIBLE = "inadmissible", "Inadmissible", UNDER_EVALUATION
    INELIGIBLE = "ineligible", "Ineligible", UNDER_EVALUATION
    ELIGIBLE = "eligible", "Eligible", UNDER_EVALUATION
    IN_EVALUATION = "in_evaluation", "In evaluation", UNDER_EVALUATION
    EVALUATED = "evaluated", "Evaluated", UNDER_EVALUATION
    SELECTED = "selected", "Selected for funding, or for the next stage"
    RESERVE = "reserve", "On the reserve list"
    REJECTED = "rejected", "Rejected"
    DISCONTINUED = "discontinued", "Discontinued with its call or topic"


GOING_ON = (
    ProposalState.SUBMITTED,
    ProposalState.ELIGIBLE,
    ProposalState.IN_EVALUATION,
    ProposalState.EVALUATED,
)
"""Where a proposal is that was handed in, and may still be selected."""


OWN = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.WITHDRAWN)


class Proposal(Versioned, Entity, Base):
    """A proposal of a consortium on a topic. `requested` in euro. `sealed` is the version that counts.

    `handed_in` is what that version says of acronym, title, abstract and money: nobody outside the consortium
    reads the draft. `released_at` is set when applicants may read the true state; `reason` is the code of
    K-10. A proposal found inadmissible or ineligible keeps the rule and the officer's words, a duplicate the
    one that stands. `withdrawal_text` is the written request to withdraw it after its deadline. A full
    proposal of two stages `follows` the short one that was invited.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (sealed = 0)", name="submitted_has_a_sealed_version"),
        CheckConstraint("requested >= 0", name="requested_is_not_negative"),
        CheckConstraint(
            "state NOT IN ('selected', 'reserve', 'rejected') OR released_at IS NOT NULL",
            name="outcome_is_released",
        ),
        CheckConstraint("(finding_rule IS NULL) = (finding_text IS NULL)", name="finding_is_whole"),
        CheckConstraint("duplicate_of_id <> id", name="duplicate_of_another"),
    )

    state: Mapped[ProposalState] = state_of(ProposalState)
    reference: Mapped[str] = mapped_column(unique=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), unique=True)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"), unique=True)
    acronym: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    abstract: Mapped[str] = mapped_column(default="")
    requested: Mapped[Decimal] = mapped_column(default=Decimal(0))
    sealed: Mapped[int] = mapped_column(default=0)
    handed_in: Mapped[dict[str, Any]] = mapped_column(default=dict)
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    finding_rule: Mapped[str | None]
    finding_text: Mapped[str | None]
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    withdrawal_text: Mapped[str | None]
    closes_at: Mapped[datetime] = column_property(
        select(Stage.closes_at)
        .join(TopicStage, TopicStage.stage_id == Stage.id)
        .where(TopicStage.id == topic_stage_id)
        .correlate_except(Stage, TopicStage)
        .scalar_subquery()
    )
    consortium: Mapped[Consortium] = relationship(
        lazy="raise", backref=backref("proposal", lazy="raise", uselist=False)
    )
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    follows: Mapped["Proposal | None"] = relationship(
        lazy="raise", remote_side=lambda: Proposal.id, foreign_keys=follows_id
    )
    sections: Mapped[list["Section"]] = relationship(
        lazy="raise", back_populates="proposal", order_by="Section.key"
    )
    documents: Mapped[list["Document"]] = relationship(
        lazy="raise", back_populates="proposal", order_by="Document.key"
    )
    versions: Mapped[list["SealedVersion"]] = relationship(
        lazy="raise", back_populates="proposal", order_by="SealedVersion.number"
    )
    checks: Mapped[list["Check"]] = relationship(
        lazy="raise", back_populates="proposal", order_by="Check.rule"
    )
    industry: Mapped[list[IndustryMember]] = relationship(
        primaryjoin=lambda: and_(
            Proposal.topic_id == foreign(IndustryMember.topic_id),
            IndustryMember.state == IndustryMemberState.NAMED,
        ),
        viewonly=True,
        lazy="raise",
    )
    corrigenda: Mapped[list[Amendment]] = relationship(
        secondary=join(TopicStage, Stage, TopicStage.stage_id == Stage.id),
        primaryjoin=lambda: foreign(TopicStage.id) == Proposal.topic_stage_id,
        secondaryjoin=and_(
            Amendment.call_id == foreign(Stage.call_id),
            Amendment.kind == "corrigendum",
            or_(Amendment.topic_id.is_(None), Amendment.topic_id == foreign(TopicStage.topic_id)),
        ),
        order_by=Amendment.number,
        viewonly=True,
        lazy="raise",
    )

    @property
    def draft_lives(self) -> bool:
        """As long as it is the consortium's own: under evaluation, or given up then, the draft is void."""
        return self.state in OWN and self.withdrawal_text is None

    @property
    def gone(self) -> str | None:
        """How it left the process before its outcome: its place on a list is marked, not given to another."""
        left = (ProposalState.WITHDRAWN, ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)
        return str(self.state) if self.state in left else None


class Section(Versioned, Keyed, Base):
    """One section of the form, edited apart from the others: its answers by field."""

    __tablename__ = "proposal_section"
    __table_args__ = (UniqueConstraint("proposal_id", "key", name="uq_proposal_section_once"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    key: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposal: Mapped[Proposal] = relationship(lazy="raise", back_populates="sections")

    @property
    def text(self) -> str:
        """What a plain section says."""
        return str(self.answers.get(PLAIN, ""))

    @property
    def characters(self) -> int:
        """Of all its texts, those in tables too."""
        rows = [row for one in self.answers.values() if isinstance(one, list) for row in one]
        inside = [*self.answers.values(), *(cell for row in rows for cell in row.values())]
        return sum(len(one) for one in inside if isinstance(one, str))


class SectionVersion(Keyed, Base):
    """The answers of a section as one act left them; only ever added to, and read by the consortium alone.

    Without an author where it is older than the record of versions.
    """

    __tablename__ = "section_version"
    __table_args__ = (UniqueConstraint("section_id", "number", name="uq_section_version_number_once"),)

    section_id: Mapped[UUID] = mapped_column(ForeignKey("proposal_section.id"))
    number: Mapped[int]
    answers: Mapped[dict[str, Any]]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    section: Mapped[Section] = relationship(lazy="raise")


class Document(Keyed, Base):
    """A document of the draft, by the SHA-256 of its bytes; `fault` says what of it cannot be read (M-04)."""

    __tablename__ = "proposal_document"
    __table_args__ = (UniqueConstraint("proposal_id", "key", name="uq_proposal_document_once"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    key: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int | None]
    fault: Mapped[str | None]
    attached_at: Mapped[datetime]
    proposal: Mapped[Proposal] = relationship(lazy="raise", back_populates="documents")


class DocumentText(Base):
    """What a document says that experts of a blind stage read, by the digest of its bytes (V-25).

    None: it cannot be read. It is searched for names, stands on no wire, and goes with the file.
    """

    __tablename__ = "document_text"

    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str | None]


class SealedVersion(Keyed, Base):
    """What was handed in: a manifest of hashes, its digest, the receipt, and what was written itself.

    `texts` are those of plain sections, `answers` by field those of any other.
    """

    __tablename__ = "sealed_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number", name="uq_sealed_version_number"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    received_at: Mapped[datetime]
    manifest: Mapped[dict[str, Any]]
    digest: Mapped[str]
    receipt: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_raiseload=True)
    proposal: Mapped[Proposal] = relationship(lazy="raise", back_populates="versions")


class Check(Keyed, Base):
    """One check of admissibility or eligibility: the rule, what it looked at, what came of it.

    `overruled` says why two officers let it count as met although it failed. `confirmed_by` are the officers
    who stand behind it: one behind what is met, two behind a finding, or behind overruling one.
    """

    __tablename__ = "proposal_check"
    __table_args__ = (
        UniqueConstraint("proposal_id", "rule", name="uq_proposal_check_once_per_rule"),
        CheckConstraint("overruled IS NULL OR NOT passed", name="only_a_failure_is_overruled"),
    )

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    rule: Mapped[str]
    kind: Mapped[str] = one_of("admissibility", "eligibility", name="kind")
    passed: Mapped[bool]
    text: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    checked_at: Mapped[datetime]
    overruled: Mapped[str | None]
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[list[str]] = mapped_column(default=list)
    proposal: Mapped[Proposal] = relationship(lazy="raise", back_populates="checks")


class Reading(Keyed, Base):
    """What of a proposal was handed to somebody outside its consortium: whom, when, which. Only added to.

    Its id names the copy on every page that was `marked`. `number` is the sealed version, `document` the key
    of a single document, and its digest that of the file as it was handed in.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_of_a_proposal", "proposal_id", "at"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    role: Mapped[str] = one_of("reader", "office", "auditor", "industry", name="role")
    number: Mapped[int]
    what: Mapped[str] = one_of("answers", "document", "receipt", "whole", name="what")
    document: Mapped[str | None]
    digest: Mapped[str | None]
    marked: Mapped[bool]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
