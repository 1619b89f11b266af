"""What must always hold of decisions, beyond what the database checks by itself."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "What is decided or released has a decision in force, what is ranked or evaluated has none.",
        """
        SELECT t.id FROM topic_stage t
        LEFT JOIN decision d ON d.topic_stage_id = t.id AND d.state <> 'superseded'
        WHERE (t.state IN ('decided', 'released') AND d.id IS NULL)
           OR (t.state IN ('evaluation', 'ranked') AND d.id IS NOT NULL)
        """,
    ),
    Invariant(
        "A decision selects for no more than its envelope.",
        """
        SELECT d.id FROM decision d JOIN decision_line l ON l.decision_id = d.id
        WHERE l.outcome = 'selected' AND d.envelope IS NOT NULL
        GROUP BY d.id, d.envelope HAVING sum(l.requested) > d.envelope
        """,
    ),
)
