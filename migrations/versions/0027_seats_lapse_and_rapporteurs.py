"""Seats lapse and are handed back; a rapporteur of each panel; runs that replace who is gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE = ("proposed", "invited", "accepted", "reported", "declined", "blocked", "voided", "released")
STANDS = "rapporteur AND state IN ('proposed', 'invited', 'accepted', 'reported')"


def _states(*names: str) -> None:
    op.drop_constraint(op.f("ck_assignment_state"), "assignment", type_="check")
    op.create_check_constraint(op.f("ck_assignment_state"), "assignment", f"state IN {names}")


def upgrade() -> None:
    _states(*BEFORE, "lapsed", "handed_back")
    # Who was invited before was given no time to answer in, and lapses never.
    op.add_column("assignment", sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True))
    for table in ("assignment", "assignment_set_seat"):
        op.add_column(table, sa.Column("rapporteur", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column(table, "rapporteur", server_default=None)
    op.create_index("uq_assignment_one_rapporteur", "assignment", ["proposal_id"], unique=True, postgresql_where=STANDS)
    op.create_index("uq_assignment_set_seat_one_rapporteur", "assignment_set_seat", ["set_id", "proposal_id"], unique=True, postgresql_where="rapporteur")
    op.add_column("assignment_run", sa.Column("replaces", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("assignment_run", "replaces", server_default=None)
    op.add_column("assignment_run", sa.Column("replaced", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column("assignment_run", "replaced")
    op.drop_column("assignment_run", "replaces")
    op.drop_index("uq_assignment_set_seat_one_rapporteur", table_name="assignment_set_seat")
    op.drop_index("uq_assignment_one_rapporteur", table_name="assignment")
    for table in ("assignment_set_seat", "assignment"):
        op.drop_column(table, "rapporteur")
    op.drop_column("assignment", "answer_until")
    op.execute("UPDATE assignment SET state = 'declined' WHERE state = 'lapsed'")
    op.execute("UPDATE assignment SET state = 'voided' WHERE state = 'handed_back'")
    _states(*BEFORE)
