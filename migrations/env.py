"""How migrations run: as the owner, each revision in a transaction, rights granted afterwards."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from app.core.db import APP_ROLE, Base
from app.process import WORKFLOWS
from migrations import words

assert WORKFLOWS  # importing the process brings in every model,
assert words  # and importing the words lets a new revision compare them

# What is only ever added to; triggers hold the owner to the same.
KEPT = "audit_event, audit_detail, audit_checkpoint, audit_leaf, refusal, sealed_version"
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
REVOKE UPDATE, DELETE ON {KEPT} FROM {APP_ROLE};
DO $$ BEGIN
    IF to_regclass('topic_version') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON topic_version FROM {APP_ROLE};
    END IF;
    IF to_regclass('reading') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON reading FROM {APP_ROLE};
    END IF;
    IF to_regclass('consensus_message') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON consensus_message FROM {APP_ROLE};
    END IF;
    IF to_regclass('ethics_remark') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON ethics_remark FROM {APP_ROLE};
    END IF;
    IF to_regclass('evaluation_reading') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON evaluation_reading FROM {APP_ROLE};
    END IF;
    IF to_regclass('reserve_promotion') IS NOT NULL THEN
        REVOKE UPDATE, DELETE ON reserve_promotion, what_if_part, what_if_reading FROM {APP_ROLE};
    END IF;
END $$;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP_ROLE};
"""


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    """Upgrade, and grant the app's role what it needs and no more."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_name=_ours,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if context.config.attributes.get("grants", True):
            with connection.begin():
                connection.execute(text(GRANTS))
    engine.dispose()


run()
