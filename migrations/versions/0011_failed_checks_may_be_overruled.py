"""Failed checks may be overruled."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposal_check", sa.Column("overruled", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_proposal_check_only_a_failure_is_overruled"), "proposal_check", "overruled IS NULL OR NOT passed"
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_proposal_check_only_a_failure_is_overruled"), "proposal_check", type_="check"
    )
    op.drop_column("proposal_check", "overruled")
