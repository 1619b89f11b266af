"""Calls have kinds, stages choose from the rules, topics say what is expected of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW = (
    ("call", "kind", sa.String(40), "'single_stage'", "kind IN ('single_stage', 'two_stage', 'restricted')"),
    ("call", "earlier_grants", postgresql.JSONB(), "'[]'", ""),
    ("call", "overrides", postgresql.JSONB(), "'[]'", ""),
    ("call_stage", "kind", sa.String(40), "'full'", "kind IN ('short', 'full')"),
    ("call_stage", "page_limits", postgresql.JSONB(), "'{}'", ""),
    ("topic_stage", "ceiling", sa.String(40), "'binding'", "ceiling IN ('binding', 'indicative')"),
    ("topic_stage", "action_type", sa.String(40), "'RIA'", "action_type IN ('RIA', 'IA', 'CSA')"),
)
"""Columns that every row has: what rows from before get, and the words they are held to."""
OPEN = (
    ("call_stage", "scheme", sa.Text()),
    ("call_stage", "required_documents", postgresql.JSONB()),
    ("call_stage", "evaluation_from", sa.Date()),
    ("call_stage", "evaluation_to", sa.Date()),
    ("call_stage", "decision_on", sa.Date()),
    ("topic_stage", "expected_grants", sa.Integer()),
    ("topic_stage", "invited_to_next", sa.Integer()),
)
COUNTS = (("expects_a_grant", "expected_grants > 0"), ("invites_somebody", "invited_to_next > 0"))


def upgrade() -> None:
    for table, name, kind, before, words in NEW:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(before)))
        op.alter_column(table, name, server_default=None)
        if words:
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, words)
    for table, name, kind in OPEN:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    for name, rule in COUNTS:
        op.create_check_constraint(op.f(f"ck_topic_stage_{name}"), "topic_stage", rule)
    op.execute("UPDATE topic_stage SET expected_grants = 1")
    op.execute("UPDATE topic_stage p SET action_type = t.action_type FROM topic t WHERE t.id = p.topic_id")
    op.execute(
        "UPDATE call SET kind = 'two_stage' "
        "WHERE 2 = (SELECT count(*) FROM call_stage s WHERE s.call_id = call.id)"
    )
    op.execute(
        "UPDATE call_stage s SET kind = 'short' FROM call c "
        "WHERE c.id = s.call_id AND c.kind = 'two_stage' AND s.number = 1"
    )


def downgrade() -> None:
    for name, _ in COUNTS:
        op.drop_constraint(op.f(f"ck_topic_stage_{name}"), "topic_stage", type_="check")
    for table, name, _ in reversed(OPEN):
        op.drop_column(table, name)
    for table, name, _, _, words in reversed(NEW):
        if words:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.drop_column(table, name)
