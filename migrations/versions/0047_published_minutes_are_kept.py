"""What the public was told of a session is kept as it was published: people change their names.

Of minutes that were published before, nothing is kept; they are made from the rows, as they were.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = sa.Column("minutes_as_published", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    op.add_column("body_session", kept)
    op.create_check_constraint(
        op.f("ck_body_session_published_has_a_date"),
        "body_session",
        "minutes_as_published IS NULL OR minutes_published_at IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_body_session_published_has_a_date"), "body_session", type_="check")
    op.drop_column("body_session", "minutes_as_published")
