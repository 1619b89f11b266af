"""Facts that must always hold, each as SQL that finds what breaks it; asked on live data too."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SHOWN = 20


@dataclass(frozen=True)
class Invariant:
    """A fact in one sentence, and a SELECT of the keys of the rows that break it: none, if all is well."""

    says: str
    broken_by: str


def heads_of(table: str) -> Invariant:
    """Every row of an entity's table ends where its audit chain ends."""
    return Invariant(
        f"Every {table.replace('_', ' ')} ends at the last event of its chain.",
        f"""
        SELECT e.id FROM "{table}" e LEFT JOIN LATERAL (
            SELECT seq, hash, after FROM audit_event WHERE entity_id = e.id ORDER BY seq DESC LIMIT 1
        ) last ON true
        WHERE e.audit_seq <> coalesce(last.seq, 0) OR e.audit_head <> coalesce(last.hash, '')
           OR e.state <> last.after
        """,
    )


async def broken(session: AsyncSession, known: Sequence[Invariant]) -> AsyncIterator[str]:
    """A sentence for each row that breaks one of them; the first twenty of each."""
    for invariant in known:
        rows = await session.execute(text(f"SELECT * FROM ({invariant.broken_by}) broken LIMIT {SHOWN}"))
        for row in rows:
            yield f"{invariant.says} Not so: {', '.join(str(value) for value in row)}."
