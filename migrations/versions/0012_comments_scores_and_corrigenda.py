"""Comments are about any field, a score about a version, a corrigendum about the text alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = (
    "about IN ('title', 'challenge', 'need', 'scope', 'outcomes', 'impact', 'patient_need', 'eu_priority', "
    "'industry_interest', 'synergies', 'industry_consortium', 'applicant_expectations', 'architecture', "
    "'special_conditions', 'duration_months', 'projects_expected', 'indicative_budget', 'indicative_in_kind', "
    "'whole')"
)
ANY = (
    "about IN ('title', 'focus_areas', 'challenge', 'need', 'scope', 'outcomes', 'impact', 'beneficiaries', "
    "'patient_need', 'eu_priority', 'eu_priority_code', 'industry_interest', 'industry_contribution', 'synergies', "
    "'industry_consortium', 'applicant_expectations', 'architecture', 'special_conditions', 'action_type', "
    "'duration_months', 'projects_expected', 'indicative_budget', 'indicative_in_kind', 'whole')"
)
NEW = "('focus_areas', 'beneficiaries', 'eu_priority_code', 'industry_contribution', 'action_type')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", ANY)
    op.add_column("screening", sa.Column("of_version", sa.Integer(), nullable=True))
    # Neither could be carried out, or be shown to everybody.
    op.execute("UPDATE corrigendum SET changes = changes - 'focus_area_ids' - 'on_behalf_of'")


def downgrade() -> None:
    op.drop_column("screening", "of_version")
    op.drop_constraint(op.f("ck_comment_about"), "comment", type_="check")
    op.execute(f"UPDATE comment SET about = 'whole' WHERE about IN {NEW}")
    op.create_check_constraint(op.f("ck_comment_about"), "comment", BEFORE)
