"""Who was present in a session, from when to when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.committee.models import Session
from app.core.db import Base, Keyed
from app.people.models import Account

KEPT = backref("attendance", lazy="raise", order_by="(Attendance.arrived_at, Attendance.id)")


class Attendance(Keyed, Base):
    """From when to when somebody of the body was present in a session."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("left_at >= arrived_at", name="leaves_after_arriving"),
        Index(
            "uq_attendance_present_once",
            "session_id",
            "account_id",
            unique=True,
            postgresql_where="left_at IS NULL",
        ),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("body_session.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    arrived_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    session: Mapped[Session] = relationship(lazy="raise", backref=KEPT)
    account: Mapped[Account] = relationship(lazy="raise")
