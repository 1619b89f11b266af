"""What must always hold of reports, beyond what the database checks by itself."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "No report counts of an expert with whom a conflict with its proposal stands.",
        """
        SELECT r.id FROM report r
        JOIN assignment a ON a.id = r.assignment_id
        JOIN conflict c ON c.expert_id = a.expert_id AND c.proposal_id = a.proposal_id
        WHERE r.state <> 'voided' AND c.state IN ('found', 'declared', 'blocking')
        """,
    ),
    Invariant(
        "A report that counts is of a seat that was declared for, and is held.",
        """
        SELECT r.id FROM report r JOIN assignment a ON a.id = r.assignment_id
        WHERE r.state <> 'voided' AND (a.declared_at IS NULL OR a.state IN ('blocked', 'voided'))
        """,
    ),
)
