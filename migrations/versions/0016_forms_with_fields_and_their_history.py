"""Sections hold answers by field, and every version of them is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

NEVER = """
CREATE TRIGGER section_version_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON section_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ANSWERS = "UPDATE proposal_section SET answers = jsonb_build_object('text', text) WHERE text <> ''"
# What is already there is the first version that is kept of each section.
KEEP = """
INSERT INTO section_version (id, section_id, number, answers, author_id, at)
SELECT gen_random_uuid(), proposal_section.id, proposal_section.version, proposal_section.answers, NULL,
    proposal.created_at
FROM proposal_section JOIN proposal ON proposal.id = proposal_section.proposal_id
"""


def upgrade() -> None:
    for table in ("proposal_section", "sealed_version"):
        op.add_column(table, sa.Column("answers", postgresql.JSONB(), nullable=False, server_default="{}"))
        op.alter_column(table, "answers", server_default=None)
    op.execute(ANSWERS)
    op.drop_column("proposal_section", "text")
    op.create_table(
        "section_version",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_section_version_author_id")),
        sa.ForeignKeyConstraint(["section_id"], ["proposal_section.id"], name=op.f("fk_section_version_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_version")),
        sa.UniqueConstraint("section_id", "number", name="uq_section_version_number_once"),
    )
    op.execute(KEEP)
    op.execute(NEVER)


def downgrade() -> None:
    op.drop_table("section_version")
    op.add_column("proposal_section", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.alter_column("proposal_section", "text", server_default=None)
    op.execute("UPDATE proposal_section SET text = COALESCE(answers ->> 'text', '')")
    for table in ("proposal_section", "sealed_version"):
        op.drop_column(table, "answers")
