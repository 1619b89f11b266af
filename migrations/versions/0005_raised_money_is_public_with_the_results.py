"""Raised money is public with the results."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PART = "embargoed >= 0 AND embargoed < budget"
PUBLIC = "embargoed = 0 OR state NOT IN ('scheduled', 'released')"


def upgrade() -> None:
    for table in ("call", "topic_stage"):
        # What was raised before this was public at once, and stays so.
        op.add_column(table, sa.Column("embargoed", sa.Numeric(14, 2), nullable=False, server_default="0"))
        op.alter_column(table, "embargoed", server_default=None)
        op.create_check_constraint(op.f(f"ck_{table}_embargoed_is_a_part"), table, PART)
    op.create_check_constraint(op.f("ck_topic_stage_released_is_public"), "topic_stage", PUBLIC)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_topic_stage_released_is_public"), "topic_stage", type_="check")
    for table in ("topic_stage", "call"):
        op.drop_constraint(op.f(f"ck_{table}_embargoed_is_a_part"), table, type_="check")
        op.drop_column(table, "embargoed")
