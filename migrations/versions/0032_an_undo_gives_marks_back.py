"""A set keeps of whom its release has made rapporteurs and whom it has relieved, so that an undo gives it back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what was released before nothing is known; an undo of it gives nothing back, as until now.
    for name in ("named", "relieved"):
        op.add_column("assignment_set", sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]"))
        op.alter_column("assignment_set", name, server_default=None)


def downgrade() -> None:
    for name in ("named", "relieved"):
        op.drop_column("assignment_set", name)
