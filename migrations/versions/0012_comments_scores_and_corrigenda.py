"""Corrigenda change the text alone."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Neither could be carried out, or be shown to everybody.
    op.execute("UPDATE corrigendum SET changes = changes - 'focus_area_ids' - 'on_behalf_of'")


def downgrade() -> None:
    pass
