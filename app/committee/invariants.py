"""What must always hold of votes, beyond what the database checks by itself."""

from app.core.invariants import Invariant

COUNTED = """
    SELECT m.id, m.state, b.quorum, b.majority,
        count(*) FILTER (WHERE v.recused IS NULL) AS entitled,
        count(v.choice) AS cast_,
        count(*) FILTER (WHERE v.choice = 'yes') AS yes,
        count(*) FILTER (WHERE v.choice IN ('yes', 'no')) AS sides
    FROM motion m
    JOIN body_session s ON s.id = m.session_id
    JOIN body b ON b.id = s.body_id
    LEFT JOIN ballot v ON v.motion_id = m.id
    GROUP BY m.id, m.state, b.quorum, b.majority
"""

INVARIANTS = (
    Invariant(
        "A decided motion has a date and the quorum of its body.",
        f"""
        SELECT c.id FROM ({COUNTED}) c JOIN motion m USING (id)
        WHERE c.state IN ('adopted', 'not_adopted')
          AND (m.decided_at IS NULL OR c.entitled = 0 OR c.cast_ < c.quorum * c.entitled)
        """,
    ),
    Invariant(
        "A motion is adopted if it had its majority, and only then.",
        f"""
        SELECT id FROM ({COUNTED}) counted
        WHERE (state = 'adopted' AND yes <= majority * sides)
           OR (state = 'not_adopted' AND yes > majority * sides)
        """,
    ),
)
