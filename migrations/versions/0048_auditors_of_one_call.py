"""An auditor may be appointed for one call; who is appointed so far is there for the whole programme, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment", sa.Column("call_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_appointment_call_id"), "appointment", "call", ["call_id"], ["id"])
    op.create_index(op.f("ix_appointment_call_id"), "appointment", ["call_id"])
    op.create_check_constraint(
        op.f("ck_appointment_only_an_auditor_is_for_one_call"),
        "appointment",
        "call_id IS NULL OR role = 'auditor'",
    )


def downgrade() -> None:
    # Whoever was appointed for one call must not become the auditor of all of them.
    over = "UPDATE appointment SET ends_at = starts_at + interval '1 microsecond' WHERE call_id IS NOT NULL"
    op.execute(over)
    op.drop_constraint(op.f("ck_appointment_only_an_auditor_is_for_one_call"), "appointment", type_="check")
    op.drop_index(op.f("ix_appointment_call_id"), "appointment")
    op.drop_constraint(op.f("fk_appointment_call_id"), "appointment", type_="foreignkey")
    op.drop_column("appointment", "call_id")
