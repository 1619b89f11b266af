"""What must always hold of the money of calls."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "The topics of a stage take no more than the budget of their adopted call.",
        """
        SELECT s.id FROM call c JOIN call_stage s ON s.call_id = c.id JOIN topic_stage t ON t.stage_id = s.id
        WHERE c.state <> 'preparing' AND t.state NOT IN ('withdrawn', 'cancelled')
        GROUP BY s.id, c.budget HAVING sum(t.budget) > c.budget
        """,
    ),
)
