"""Drafting, consultation and adoption in full."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = ("synergies", "applicant_expectations", "architecture", "special_conditions")
FIELDS = (
    "reference title challenge need scope outcomes impact beneficiaries patient_need eu_priority eu_priority_code "
    "industry_interest industry_contribution synergies "
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
PURPOSES = "purpose IN ('screen_idea', 'merge_idea', 'adopt_topic', 'adopt_call', 'adopt_list', 'raise_envelope')"
PURPOSES_NOW = "purpose IN ('screen_idea', 'merge_idea', 'adopt_topic', 'adopt_corrigendum', 'adopt_call', 'adopt_list', 'raise_envelope')"
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
), NULL, created_at FROM topic WHERE state <> 'sketch'
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
    op.add_column("consultation", sa.Column("of_version", sa.Integer(), nullable=True))
    op.add_column("comment", sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("comment", "anonymous", server_default=None)
    op.add_column("comment", sa.Column("attachment", sa.Text(), nullable=True))
    op.add_column("comment", sa.Column("attachment_size", sa.Integer(), nullable=True))
    op.add_column("consultation", sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE consultation SET opens_at = opened_at")
    op.alter_column("consultation", "opens_at", nullable=False)
    op.drop_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", type_="check")
    op.create_check_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", "closes_at > opens_at")
    op.create_check_constraint(op.f("ck_consultation_opens_once_it_is_there"), "consultation", "opens_at >= opened_at")
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", ABOUT_ANY)
    op.drop_constraint(op.f("ck_motion_purpose"), "motion", type_="check")
    op.create_check_constraint(op.f("ck_motion_purpose"), "motion", PURPOSES_NOW)
    op.add_column("motion", sa.Column("annexes", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("motion", "annexes", server_default=None)
    _entity(
        "co_author",
        ("invited", "active", "ended"),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name=op.f("ck_co_author_writes_once_accepted")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_co_author_account_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_co_author_topic_id")),
    )
    op.create_index(op.f("ix_co_author_account_id"), "co_author", ["account_id"], unique=False)
    op.create_index("uq_co_author_once_per_topic", "co_author", ["topic_id", "account_id"], unique=True, postgresql_where="state <> 'ended'")
    _entity(
        "topic_opinion",
        ("given", "withdrawn"),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Enum("positive", "positive_with_remarks", "negative", name="outcome", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=True),
        sa.Column("attachment_size", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'withdrawn') = (reason IS NOT NULL)", name=op.f("ck_topic_opinion_withdrawn_has_a_reason")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_topic_opinion_body_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_opinion_topic_id")),
        sa.UniqueConstraint("topic_id", "number", name="uq_topic_opinion_number_once_per_topic"),
    )
    op.create_index(op.f("ix_topic_opinion_body_id"), "topic_opinion", ["body_id"], unique=False)
    _entity(
        "corrigendum",
        ("drafted", "adopted", "not_adopted", "withdrawn"),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("touches", sa.Enum("scope", "eligibility", "budget", "none", name="touches", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'adopted') = (number IS NOT NULL) AND (state = 'adopted') = (edition IS NOT NULL) AND (state = 'adopted') = (adopted_at IS NOT NULL)",
            name=op.f("ck_corrigendum_adopted_has_its_number_and_date"),
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_corrigendum_topic_id")),
        sa.UniqueConstraint("topic_id", "number", name="uq_corrigendum_number_once_per_topic"),
    )
    op.create_index("uq_corrigendum_one_drafted_per_topic", "corrigendum", ["topic_id"], unique=True, postgresql_where="state = 'drafted'")


def _entity(table: str, states: tuple[str, ...], *parts: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        table,
        sa.Column("state", sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=32), nullable=False),
        *parts,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_state"), table, ["state"], unique=False)


def downgrade() -> None:
    for table in ("corrigendum", "topic_opinion", "co_author"):
        op.drop_table(table)
    op.drop_column("motion", "annexes")
    op.drop_constraint(op.f("ck_motion_purpose"), "motion", type_="check")
    op.create_check_constraint(op.f("ck_motion_purpose"), "motion", PURPOSES)
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", ABOUT)
    op.drop_constraint(op.f("ck_consultation_opens_once_it_is_there"), "consultation", type_="check")
    op.drop_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", type_="check")
    op.create_check_constraint(op.f("ck_consultation_closes_after_it_opens"), "consultation", "closes_at > opened_at")
    op.drop_column("consultation", "opens_at")
    op.drop_column("consultation", "of_version")
    for name in ("anonymous", "attachment", "attachment_size"):
        op.drop_column("comment", name)
    op.drop_table("topic_version")
    op.drop_constraint(op.f("ck_topic_adopted_names_its_version"), "topic", type_="check")
    for name in ("adopted_version", "indicative_in_kind", "projects_expected", "industry_consortium", *TEXTS):
        op.drop_column("topic", name)
