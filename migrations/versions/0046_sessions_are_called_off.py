"""A session that was called is called off, with the reason; the letter of a call's end is one of its own kind."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

STATES = ("called", "open", "adjourned", "closed")
KINDS = ("outcome", "finding", "reserve", "redress")


def _one_of(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({', '.join(repr(one) for one in values)})")


def upgrade() -> None:
    op.add_column("body_session", sa.Column("called_off_for", sa.Text(), nullable=True))
    _one_of("body_session", "state", (*STATES, "called_off"))
    op.create_check_constraint(
        op.f("ck_body_session_called_off_for_a_reason"),
        "body_session",
        "(state = 'called_off') = (called_off_for IS NOT NULL)",
    )
    _one_of("letter", "kind", (*KINDS, "ending"))


def downgrade() -> None:
    """A session that was called off is one that was called; the end of a call is told as an outcome, and the
    signature of its letter still says which it was."""
    op.drop_constraint(op.f("ck_body_session_called_off_for_a_reason"), "body_session", type_="check")
    op.execute("UPDATE body_session SET state = 'called' WHERE state = 'called_off'")
    _one_of("body_session", "state", STATES)
    op.drop_column("body_session", "called_off_for")
    op.execute("ALTER TABLE letter DISABLE TRIGGER letter_is_never_changed")
    op.execute("UPDATE letter SET kind = 'outcome' WHERE kind = 'ending'")
    op.execute("ALTER TABLE letter ENABLE TRIGGER letter_is_never_changed")
    _one_of("letter", "kind", KINDS)
