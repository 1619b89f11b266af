"""The people of a partner are found by an index: also those whose access has ended."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_partner_person_partner_id"), "partner_person", ["partner_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_partner_person_partner_id"), table_name="partner_person")
