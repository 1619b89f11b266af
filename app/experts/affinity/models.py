"""The affinity of an expert and a proposal, as it was computed last."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Affinity(Base):
    """`score` is between 0 and 1; `keyword_score` the part of the proposal's keywords that the expert has.

    `words` are those that count most, `nearest` the title of the nearest publication. `digest` is that of
    both texts, of the model and of its weights.
    """

    __tablename__ = "affinity"
    __table_args__ = (
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_a_share"),
        CheckConstraint("keyword_score >= 0 AND keyword_score <= 1", name="keyword_score_is_a_share"),
    )

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), primary_key=True, index=True)
    score: Mapped[float]
    keyword_score: Mapped[float]
    words: Mapped[list[str]]
    nearest: Mapped[str | None]
    keywords: Mapped[list[str]]
    model: Mapped[str]
    model_version: Mapped[str]
    digest: Mapped[str]
