"""Accounts, appointments, families of refresh tokens, one-time links."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.workflow.table import State

ROLES = ("office", "signatory", "auditor", "observer", "admin")
LINKS = ("activate", "reset")


class AccountState(State):
    INVITED = "invited", "Invited"
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class AppointmentState(State):
    PROPOSED = "proposed", "Proposed"
    ACTIVE = "active", "Active"
    ENDED = "ended", "Ended"


class Account(Versioned, Entity, Base):
    """A person. `password` is an argon2 hash; None until the person has followed a link.

    `notices` is how the person wants to be told, by kind, where they have chosen otherwise than the default.
    """

    __tablename__ = "account"

    state: Mapped[AccountState] = state_of(AccountState)
    email: Mapped[str]
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    password: Mapped[str | None]
    notices: Mapped[dict[str, Any]] = mapped_column(default=dict)


Index("uq_account_email", func.lower(Account.email), unique=True)


class Appointment(Entity, Base):
    """A role that a person holds between two instants, proposed and confirmed by two others.

    Nobody proposed or confirmed the ones that a new system starts with. `call_id`: the one call that an
    auditor is appointed for; without it, an auditor is there for the whole programme.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("role <> 'auditor' OR ends_at IS NOT NULL", name="auditor_has_an_end"),
        CheckConstraint("call_id IS NULL OR role = 'auditor'", name="only_an_auditor_is_for_one_call"),
        CheckConstraint("proposed_by <> account_id", name="nobody_appoints_themselves"),
        CheckConstraint("confirmed_by NOT IN (account_id, proposed_by)", name="second_person_confirms"),
        CheckConstraint("state <> 'active' OR confirmed_at IS NOT NULL", name="active_once_confirmed"),
    )

    state: Mapped[AppointmentState] = state_of(AppointmentState)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])
    role: Mapped[str] = one_of(*ROLES, name="role")
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("call.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    appointing_act: Mapped[str]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]


class Family(Keyed, Base):
    """One sign-in and all tokens that came of it; the `sid` of an access token. Machine time."""

    __tablename__ = "token_family"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    opened_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token, known by its hash alone; good once. Machine time."""

    __tablename__ = "refresh_token"

    hash: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("token_family.id"), index=True)
    family: Mapped[Family] = relationship(lazy="raise")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Link(Base):
    """A link sent to an address, known by its hash alone; good once, by machine time."""

    __tablename__ = "one_time_link"

    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = one_of(*LINKS, name="kind")
    email: Mapped[str] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SentNotice(Keyed, Base):
    """What has been told once: of which kind, about what, for which date of it."""

    __tablename__ = "sent_notice"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "date", name="uq_sent_notice_once"),)

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    date: Mapped[datetime]


class DigestItem(Keyed, Base):
    """A notice that waits for its person's next digest."""

    __tablename__ = "digest_item"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    written_at: Mapped[datetime]
    subject: Mapped[str]
    text: Mapped[str]
