"""Drafting, consultation and adoption in full."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXTS = ("synergies", "applicant_expectations", "architecture", "special_conditions")
FIELDS = (
    "reference title challenge need scope outcomes impact patient_need eu_priority industry_interest synergies "
    "industry_consortium applicant_expectations architecture special_conditions action_type duration_months "
    "projects_expected"
).split()
MONEY = ("indicative_budget", "indicative_in_kind")
ABOUT = "about IN ('challenge', 'need', 'scope', 'outcomes', 'impact', 'whole')"
ABOUT_ANY = (
    "about IN ('title', 'challenge', 'need', 'scope', 'outcomes', 'impact', 'patient_need', 'eu_priority', "
    "'industry_interest', 'synergies', 'industry_consortium', 'applicant_expectations', 'architecture', "
    "'special_conditions', 'duration_months', 'projects_expected', 'indicative_budget', 'indicative_in_kind', "
    "'whole')"
)
NEVER = """
CREATE TRIGGER topic_version_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON topic_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# What is already there is the first version that is kept of each text.
KEEP = f"""
INSERT INTO topic_version (id, topic_id, number, fields, author_id, at)
SELECT gen_random_uuid(), id, version, jsonb_build_object(
    {", ".join(f"'{name}', {name}" for name in FIELDS)},
    {", ".join(f"'{name}', CASE WHEN {name} IS NOT NULL THEN jsonb_build_object('amount', {name}::text, 'currency', 'EUR') END" for name in MONEY)}
), NULL, created_at FROM topic
"""


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("topic", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("topic", name, server_default=None)
    op.add_column("topic", sa.Column("industry_consortium", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("topic", "industry_consortium", server_default=None)
    op.add_column("topic", sa.Column("projects_expected", sa.Integer(), nullable=True))
    op.add_column("topic", sa.Column("indicative_in_kind", sa.Numeric(14, 2), nullable=True))
    op.add_column("topic", sa.Column("adopted_version", sa.Integer(), nullable=True))
    op.execute("UPDATE topic SET adopted_version = version WHERE state IN ('adopted', 'in_call', 'closed')")
    op.create_check_constraint(
        op.f("ck_topic_adopted_names_its_version"), "topic", "state NOT IN ('adopted', 'in_call', 'closed') OR adopted_version IS NOT NULL"
    )
    op.create_table(
        "topic_version",
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_topic_version_author_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_version_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_version")),
        sa.UniqueConstraint("topic_id", "number", name="uq_topic_version_number_once_per_topic"),
    )
    op.execute(KEEP)
    op.execute(NEVER)
    op.add_column("consultation", sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE consultation SET opens_at = opened_at")
    op.alter_column("consultation", "opens_at", nullable=False)
    op.drop_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", type_="check")
    op.create_check_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", "closes_at > opens_at")
    op.create_check_constraint(op.f("ck_consultation_opens_once_it_is_there"), "consultation", "opens_at >= opened_at")
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", ABOUT_ANY)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", ABOUT)
    op.drop_constraint(op.f("ck_consultation_opens_once_it_is_there"), "consultation", type_="check")
    op.drop_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", type_="check")
    op.create_check_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", "closes_at > opened_at")
    op.drop_column("consultation", "opens_at")
    op.drop_table("topic_version")
    op.drop_constraint(op.f("ck_topic_adopted_names_its_version"), "topic", type_="check")
    for name in ("adopted_version", "indicative_in_kind", "projects_expected", "industry_consortium", *TEXTS):
        op.drop_column("topic", name)
