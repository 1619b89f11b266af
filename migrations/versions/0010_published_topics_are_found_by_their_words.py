"""Published topics are found by their words."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = (
    "setweight(to_tsvector('english'::regconfig, reference || ' ' || title), 'A') || "
    "to_tsvector('english'::regconfig, left(challenge || ' ' || need || ' ' || scope || ' ' || outcomes "
    "|| ' ' || impact, 50000))"
)


def upgrade() -> None:
    op.execute(f"CREATE INDEX ix_topic_words ON topic USING gin (({WORDS})) WHERE state IN ('in_call', 'closed')")


def downgrade() -> None:
    op.execute("DROP INDEX ix_topic_words")
