"""Findings keep their rule and words."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What was found before now stands in the trail alone.
FOUND = """
UPDATE proposal SET finding_rule = found.rule, finding_text = found.text
FROM (
    SELECT DISTINCT ON (event.entity_id)
        event.entity_id, detail.detail ->> 'rule' AS rule, detail.detail ->> 'text' AS text
    FROM audit_event event JOIN audit_detail detail ON detail.event_id = event.id
    WHERE event.entity = 'proposal' AND event.act IN ('find_inadmissible', 'find_ineligible')
    ORDER BY event.entity_id, event.seq DESC
) found
WHERE found.entity_id = proposal.id AND proposal.state IN ('inadmissible', 'ineligible')
    AND found.rule IS NOT NULL AND found.text IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("proposal", sa.Column("finding_rule", sa.Text(), nullable=True))
    op.add_column("proposal", sa.Column("finding_text", sa.Text(), nullable=True))
    op.execute(FOUND)
    op.create_check_constraint(
        op.f("ck_proposal_finding_is_whole"), "proposal", "(finding_rule IS NULL) = (finding_text IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_proposal_finding_is_whole"), "proposal", type_="check")
    op.drop_column("proposal", "finding_text")
    op.drop_column("proposal", "finding_rule")
