"""What must hold after whatever is done to lists, money and reviews; counted apart from the code."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.core.invariants import Invariant
from app.process import INVARIANTS
from tests.conftest import World

FACTS = (
    Invariant(
        "What is selected, and stands, asks for no more than the topic has (K-03).",
        """
        SELECT part.id FROM topic_stage part
        JOIN proposal p ON p.topic_stage_id = part.id
        WHERE p.state = 'selected' OR (p.state = 'evaluated' AND EXISTS (
            SELECT FROM decision d JOIN decision_line l ON l.decision_id = d.id
            WHERE d.state = 'adopted' AND l.proposal_id = p.id AND l.outcome = 'selected'
        ))
        GROUP BY part.id HAVING sum(p.requested) > part.budget
        """,
    ),
    Invariant(
        "A decision takes nobody before one above who is neither passed over nor gone (K-03).",
        """
        SELECT below.proposal_id FROM decision_line above
        JOIN decision_line below ON below.decision_id = above.decision_id AND above.rank < below.rank
        WHERE below.outcome = 'selected' AND above.outcome <> 'selected'
          AND above.passed_over IS NULL AND above.reason = 'INSUFFICIENT_BUDGET'
        """,
    ),
    Invariant(
        "Nobody is selected before one above who waits or has waited, but by a review (K-05).",
        """
        SELECT b.id FROM decision d
        JOIN decision_line above ON above.decision_id = d.id
        JOIN decision_line below ON below.decision_id = d.id AND above.rank < below.rank
        JOIN proposal a ON a.id = above.proposal_id
        JOIN proposal b ON b.id = below.proposal_id
        WHERE d.state = 'released' AND b.state = 'selected' AND above.passed_over IS NULL
          AND (a.state = 'reserve' OR (a.state = 'rejected' AND a.reason = 'INSUFFICIENT_BUDGET'))
          AND NOT EXISTS (
            SELECT FROM redress r WHERE r.proposal_id IN (a.id, b.id) AND r.state = 'settled'
          )
          AND NOT EXISTS (
            SELECT FROM ethics_screening e WHERE e.proposal_id = a.id AND e.state = 'not_cleared'
          )
        """,
    ),
    Invariant(
        "Nobody below a threshold is selected, but by a review (V-01).",
        """
        SELECT p.id FROM proposal p WHERE p.state = 'selected' AND NOT EXISTS (
            SELECT FROM decision d JOIN decision_line l ON l.decision_id = d.id
            WHERE d.state = 'released' AND l.proposal_id = p.id AND l.rank IS NOT NULL
        ) AND NOT EXISTS (SELECT FROM redress_funding f WHERE f.proposal_id = p.id)
        """,
    ),
    Invariant(
        "Nobody is funded twice.",
        """
        SELECT proposal_id FROM (
            SELECT proposal_id FROM reserve_promotion UNION ALL SELECT proposal_id FROM redress_funding
            UNION ALL SELECT l.proposal_id FROM decision_line l JOIN decision d ON d.id = l.decision_id
            WHERE d.state = 'released' AND l.outcome = 'selected'
        ) funded GROUP BY proposal_id HAVING count(*) > 1
        UNION ALL
        SELECT proposal_id FROM grant_agreement WHERE state <> 'failed'
        GROUP BY proposal_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "What is released has an outcome: nobody on it is still evaluated.",
        """
        SELECT p.id FROM proposal p JOIN topic_stage t ON t.id = p.topic_stage_id
        WHERE t.state = 'released' AND p.state IN ('evaluated', 'in_evaluation')
        """,
    ),
    Invariant(
        "Nobody is told of an outcome before the release, but of a finding.",
        """
        SELECT p.id FROM proposal p JOIN topic_stage t ON t.id = p.topic_stage_id
        WHERE t.state <> 'released' AND (
            p.state IN ('selected', 'reserve', 'rejected')
            OR (p.released_at IS NOT NULL AND p.state NOT IN ('ineligible', 'inadmissible', 'withdrawn')
                AND NOT EXISTS (SELECT FROM redress r WHERE r.proposal_id = p.id))
        )
        """,
    ),
)
EVERYTHING = (*INVARIANTS, *FACTS)
ASKED = text(
    " UNION ALL ".join(
        f"(SELECT {number} AS fact, broken::text FROM ({one.broken_by}) broken LIMIT 3)"
        for number, one in enumerate(EVERYTHING)
    )
)
KINDS = ("panel", "decision", "motion", "redress", "re_evaluation", "reserve_list", "grant_agreement")
SEEN = text(
    " UNION ALL ".join(
        [
            "SELECT 'proposal' AS kind, id, state, coalesce(reason, '') AS more, topic_stage_id AS of "
            "FROM proposal",
            "SELECT 'topic_stage', id, state, budget::text, id FROM topic_stage",
            "SELECT 'call', id, state, budget::text, id FROM call",
            *(f"SELECT '{kind}', id, state, '', id FROM {kind}" for kind in KINDS),
        ]
    )
)


@dataclass(frozen=True)
class Seen:
    """Everything that a walk may change: by kind and id its state, and what else tells of it."""

    rows: dict[tuple[str, Any], tuple[str, str, Any]]

    def released(self) -> dict[Any, str]:
        """The states of the proposals of topics whose results are out."""
        parts = {
            key for (kind, key), row in self.rows.items() if kind == "topic_stage" and row[0] == "released"
        }
        return {
            key: row[0] for (kind, key), row in self.rows.items() if kind == "proposal" and row[2] in parts
        }


async def seen(world: World) -> Seen:
    async with world.sessions() as session:
        rows = await session.execute(SEEN)
        return Seen({(row.kind, row.id): (row.state, row.more, row.of) for row in rows})


async def broken_facts(world: World) -> list[str]:
    """A sentence for every fact that does not hold, with the row at fault."""
    async with world.sessions() as session:
        rows = await session.execute(ASKED)
        return [f"{EVERYTHING[row.fact].says} Not so: {row.broken}" for row in rows]
