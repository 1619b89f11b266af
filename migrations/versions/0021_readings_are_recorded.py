"""What of a proposal is handed to somebody outside its consortium is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NEVER = """
CREATE TRIGGER reading_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON reading
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ROLES = sa.Enum("reader", "office", "auditor", name="role", native_enum=False, length=40, create_constraint=True)
WHAT = sa.Enum(
    "answers", "document", "receipt", "whole", name="what", native_enum=False, length=40, create_constraint=True
)


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", ROLES, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", WHAT, nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reading_account_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_reading_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_of_a_proposal", "reading", ["proposal_id", "at"])
    op.execute(NEVER)


def downgrade() -> None:
    op.drop_table("reading")
