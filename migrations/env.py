"""How migrations run: as the owner, each revision in a transaction, rights granted afterwards."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from app.core.db import APP_ROLE, Base
from app.process import WORKFLOWS

assert WORKFLOWS  # importing the process brings in every model

GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
REVOKE UPDATE, DELETE ON audit_event, audit_detail, audit_checkpoint, audit_leaf, refusal FROM {APP_ROLE};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP_ROLE};
"""


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    """Upgrade, and grant the app's role what it needs and no more."""
    url = context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url")
    engine = create_engine(url, poolclass=pool.NullPool)
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
        if context.config.attributes.get("url"):
            with connection.begin():
                connection.execute(text(GRANTS))
    engine.dispose()


run()
