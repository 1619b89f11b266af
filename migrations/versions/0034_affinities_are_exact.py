"""Affinities are kept to nine places, as every other number exactly."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COLUMNS = ("score", "keyword_score")


def upgrade() -> None:
    for name in COLUMNS:
        op.alter_column("affinity", name, type_=sa.Numeric(12, 9), existing_type=sa.Double(), existing_nullable=False)


def downgrade() -> None:
    for name in COLUMNS:
        op.alter_column("affinity", name, type_=sa.Double(), existing_type=sa.Numeric(12, 9), existing_nullable=False)
