"""The affinity of an expert and a proposal, as it was computed last, and what their texts mean."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Keyed

SHARE = Numeric(12, 9, asdecimal=False)
"""A likeness between 0 and 1, kept exactly and computed with as a float."""


class Affinity(Base):
    """`score` is between 0 and 1; `keyword_score` the part of the proposal's keywords that the expert has.

    `words` are those that count most, `nearest` the title of the nearest publication. `weights` is the
    blend that was computed, which has none for meaning where no model of sentences is installed; `digest` is
    that of both texts, of the models and of the blend.
    """

    __tablename__ = "affinity"
    __table_args__ = (
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_a_share"),
        CheckConstraint("keyword_score >= 0 AND keyword_score <= 1", name="keyword_score_is_a_share"),
    )

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), primary_key=True, index=True)
    score: Mapped[float] = mapped_column(SHARE)
    keyword_score: Mapped[float] = mapped_column(SHARE)
    words: Mapped[list[str]]
    nearest: Mapped[str | None]
    keywords: Mapped[list[str]]
    model: Mapped[str]
    model_version: Mapped[str]
    weights: Mapped[dict[str, Any]]
    digest: Mapped[str]


class Embedding(Keyed, Base):
    """A text of an expert or of a proposal as a vector, so that none is computed twice.

    As confidential as the text, and on no wire; gone with whose it is, or once others are computed in its
    place. `digest` is that of the text and of the model.
    """

    __tablename__ = "embedding"
    __table_args__ = (
        CheckConstraint("num_nonnulls(expert_id, proposal_id) = 1", name="of_one"),
        UniqueConstraint("expert_id", "digest", name="uq_embedding_once_per_expert"),
        UniqueConstraint("proposal_id", "digest", name="uq_embedding_once_per_proposal"),
    )

    expert_id: Mapped[UUID | None] = mapped_column(ForeignKey("expert.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    digest: Mapped[str]
    vector: Mapped[bytes]
