"""Entities with a place of their own, who confirmed a check, and questions to applicants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = ("asked", "answered", "lapsed", "closed")


def upgrade() -> None:
    own = ("union_law", "international_european")
    kind = sa.Enum(*own, name="established_under", native_enum=False, create_constraint=True, length=40)
    op.add_column("organisation", sa.Column("established_under", kind))
    op.add_column("proposal_check", sa.Column("checked_by_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_proposal_check_checked_by_id"), "proposal_check", "account", ["checked_by_id"], ["id"]
    )
    op.add_column(
        "proposal_check", sa.Column("confirmed_by", postgresql.JSONB(), nullable=False, server_default="[]")
    )
    op.alter_column("proposal_check", "confirmed_by", server_default=None)
    op.add_column("proposal", sa.Column("duplicate_of_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_proposal_duplicate_of_id"), "proposal", "proposal", ["duplicate_of_id"], ["id"])
    op.create_check_constraint(op.f("ck_proposal_duplicate_of_another"), "proposal", "duplicate_of_id <> id")
    op.add_column("proposal", sa.Column("withdrawal_text", sa.Text()))
    op.create_table(
        "information_request",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("consortium_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("state", sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_information_request_answered_has_a_date")),
        sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_information_request_closed_has_an_outcome")),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name=op.f("ck_information_request_answered_has_an_answer")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_information_request_proposal_id")),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_information_request_consortium_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_information_request_topic_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_information_request_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
    )
    for column in ("state", "proposal_id", "consortium_id", "until"):
        op.create_index(op.f(f"ix_information_request_{column}"), "information_request", [column])


def downgrade() -> None:
    op.drop_table("information_request")
    op.drop_column("proposal", "withdrawal_text")
    op.drop_constraint(op.f("ck_proposal_duplicate_of_another"), "proposal", type_="check")
    op.drop_column("proposal", "duplicate_of_id")
    op.drop_column("proposal_check", "confirmed_by")
    op.drop_column("proposal_check", "checked_by_id")
    op.drop_constraint(op.f("ck_organisation_established_under"), "organisation", type_="check")
    op.drop_column("organisation", "established_under")
