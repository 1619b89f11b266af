"""Reports tell strengths and shortcomings apart, raise flags, keep what was sealed; who read them is recorded."""

import hashlib
from uuid import uuid4

import rfc8785
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NEVER = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
SEALED = """
CREATE FUNCTION refuse_change_of_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'report_mark' THEN
        IF NOT EXISTS (SELECT FROM report WHERE report.id = OLD.report_id AND report.state <> 'draft') THEN
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION 'a sealed report is not changed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_report_sealed_is_not_changed';
END $$;
CREATE TRIGGER report_sealed_is_not_changed BEFORE UPDATE ON report FOR EACH ROW
WHEN (OLD.state <> 'draft' AND (
    (OLD.flags, OLD.remark) IS DISTINCT FROM (NEW.flags, NEW.remark)
    OR (NEW.state <> 'draft' AND OLD.sealed_at IS DISTINCT FROM NEW.sealed_at)
)) EXECUTE FUNCTION refuse_change_of_sealed();
CREATE TRIGGER report_mark_sealed_is_not_changed BEFORE UPDATE OR DELETE ON report_mark
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_sealed()
"""
# What was read before this was recorded is not known: whoever has sealed is taken to have read the others.
READ = "UPDATE report SET read_others_at = sealed_at WHERE state = 'sealed'"
IN_GROUP = """
UPDATE report SET in_group_at = opened.at
FROM (SELECT proposal_id, min(created_at) AS at FROM consensus GROUP BY proposal_id) opened
WHERE opened.proposal_id = report.proposal_id AND report.sealed_at IS NOT NULL
"""
WRITTEN = """
SELECT report.id, report.sealed_at, mark.criterion, mark.score, mark.comment
FROM report LEFT JOIN report_mark mark ON mark.report_id = report.id
WHERE report.sealed_at IS NOT NULL ORDER BY report.id, mark.criterion
"""


def upgrade() -> None:
    for name in ("strengths", "shortcomings"):
        op.add_column("report_mark", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("report_mark", name, server_default=None)
    op.add_column("report", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("report", sa.Column("flags", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("report", sa.Column("remark", sa.Text(), nullable=False, server_default=""))
    for name in ("version", "flags", "remark"):
        op.alter_column("report", name, server_default=None)
    for name in ("reopened_at", "in_group_at", "read_others_at"):
        op.add_column("report", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("reopened_reason", sa.Text(), nullable=True))
    op.create_table(
        "report_version",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reopened_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_version_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report_id", "number", name="uq_report_version_number"),
    )
    op.create_table(
        "report_reading",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_report_reading_account_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_reading_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reading")),
    )
    op.create_index("ix_report_reading_of_a_report", "report_reading", ["report_id", "at"])
    _keep_versions()
    op.execute(READ)
    op.execute(IN_GROUP)
    op.create_check_constraint(
        op.f("ck_report_draft_is_written_alone"),
        "report",
        "state <> 'draft' OR (in_group_at IS NULL AND read_others_at IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_report_reopened_has_a_reason"), "report", "(reopened_at IS NULL) = (reopened_reason IS NULL)"
    )
    op.execute(SEALED)
    for table in ("report_version", "report_reading"):
        op.execute(NEVER.format(table=table))


def _keep_versions() -> None:
    """What is sealed already is kept as its first version."""
    connection = op.get_bind()
    kept: dict = {}
    for key, sealed_at, criterion, score, comment in connection.execute(sa.text(WRITTEN)):
        _, marks = kept.setdefault(key, (sealed_at, {}))
        if criterion is not None:
            said = {"comment": comment, "strengths": "", "shortcomings": ""}
            marks[criterion] = said | {"score": None if score is None else str(score)}
    table = sa.table(
        "report_version",
        *(sa.column(name) for name in ("id", "report_id", "number", "sealed_at", "digest")),
        sa.column("content", postgresql.JSONB()),
    )
    rows = []
    for key, (sealed_at, marks) in kept.items():
        content = {"marks": marks, "flags": [], "remark": ""}
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        row = {"id": uuid4(), "report_id": key, "number": 1, "sealed_at": sealed_at}
        rows.append(row | {"content": content, "digest": digest})
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    op.execute("DROP TRIGGER report_mark_sealed_is_not_changed ON report_mark")
    op.execute("DROP TRIGGER report_sealed_is_not_changed ON report")
    op.execute("DROP FUNCTION refuse_change_of_sealed")
    op.drop_table("report_reading")
    op.drop_table("report_version")
    for name in ("ck_report_reopened_has_a_reason", "ck_report_draft_is_written_alone"):
        op.drop_constraint(op.f(name), "report", type_="check")
    columns = ("reopened_reason", "read_others_at", "in_group_at", "reopened_at", "remark", "flags", "version")
    for name in columns:
        op.drop_column("report", name)
    for name in ("shortcomings", "strengths"):
        op.drop_column("report_mark", name)
