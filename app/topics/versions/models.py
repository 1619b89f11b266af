"""The versions of a topic's text: only ever added to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Keyed


class TopicVersion(Keyed, Base):
    """The text as one act left it; without an author where it is older than the record of versions."""

    __tablename__ = "topic_version"
    __table_args__ = (UniqueConstraint("topic_id", "number", name="uq_topic_version_number_once_per_topic"),)

    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
