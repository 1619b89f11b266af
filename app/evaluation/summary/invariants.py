"""What must always hold of summary reports, beyond what the database checks by itself."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "No summary report is cleared, or read by its applicants, while a finding in it is open.",
        """
        SELECT s.id FROM summary s JOIN summary_finding f ON f.summary_id = s.id
        WHERE s.state IN ('cleared', 'released', 'withheld') AND f.settled IS NULL
        """,
    ),
    Invariant(
        "Applicants read a summary report of nothing but what is released.",
        """
        SELECT s.id FROM summary s JOIN proposal p ON p.id = s.proposal_id
        WHERE s.state = 'released' AND p.released_at IS NULL
        """,
    ),
)
