"""No consensus, raised envelopes, reasons to sign with unidentified partners."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VIEWS = """(majority_view IS NULL) = (minority_view IS NULL)
    AND (state <> 'no_consensus' OR majority_view IS NOT NULL)"""
SETTLED = "(settled_reason IS NOT NULL) = (state = 'final' AND majority_view IS NOT NULL)"
RAISED = "(purpose = 'raise_envelope') = (amount IS NOT NULL)"

# A call keeps the rules it was published with: what was refused stays refused.
REWORDED = """
UPDATE call SET rules = jsonb_set(
    rules - '{old}' || jsonb_build_object('{new}', CASE rules -> '{old}' {cases} END),
    '{{unconfirmed}}',
    (SELECT coalesce(jsonb_agg(CASE word WHEN '"{old}"' THEN '"{new}"'::jsonb ELSE word END ORDER BY place), '[]')
     FROM jsonb_array_elements(rules -> 'unconfirmed') WITH ORDINALITY AS listed (word, place)))
WHERE rules -> '{old}' IS NOT NULL
"""
OLD, NEW = "pic_before_signature", "unidentified_partners"
FORTH = """WHEN 'true' THEN '"refused"'::jsonb ELSE '"with_reason"'::jsonb"""
BACK = """WHEN '"refused"' THEN 'true'::jsonb ELSE 'false'::jsonb"""


def upgrade() -> None:
    _words(
        "('screen_idea', 'adopt_topic', 'adopt_call', 'adopt_list', 'raise_envelope')",
        "('drafting', 'approval', 'no_consensus', 'final')",
    )
    for name in ("majority_view", "minority_view", "settled_reason"):
        op.add_column("consensus", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("consensus_point", sa.Column("majority_score", sa.Numeric(3, 2), nullable=True))
    op.add_column("grant_agreement", sa.Column("unidentified_reason", sa.Text(), nullable=True))
    op.add_column("motion", sa.Column("amount", sa.Numeric(14, 2), nullable=True))
    op.create_check_constraint(op.f("ck_consensus_no_consensus_has_both_views"), "consensus", VIEWS)
    op.create_check_constraint(op.f("ck_consensus_settled_has_a_reason"), "consensus", SETTLED)
    op.create_check_constraint(op.f("ck_motion_raised_to_an_amount"), "motion", RAISED)
    op.execute(REWORDED.format(old=OLD, new=NEW, cases=FORTH))


def downgrade() -> None:
    op.execute(REWORDED.format(old=NEW, new=OLD, cases=BACK))
    op.drop_constraint(op.f("ck_motion_raised_to_an_amount"), "motion", type_="check")
    op.drop_constraint(op.f("ck_consensus_settled_has_a_reason"), "consensus", type_="check")
    op.drop_constraint(op.f("ck_consensus_no_consensus_has_both_views"), "consensus", type_="check")
    op.drop_column("motion", "amount")
    op.drop_column("grant_agreement", "unidentified_reason")
    op.drop_column("consensus_point", "majority_score")
    for name in ("settled_reason", "minority_view", "majority_view"):
        op.drop_column("consensus", name)
    _words("('screen_idea', 'adopt_topic', 'adopt_call', 'adopt_list')", "('drafting', 'approval', 'final')")


def _words(purposes: str, states: str) -> None:
    for table, column, words in (("motion", "purpose", purposes), ("consensus", "state", states)):
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN {words}")
