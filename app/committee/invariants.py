"""What must always hold of votes, beyond what the database checks by itself.

Counted again by the rule that each motion has kept, whatever the programme says now.
"""

from app.core.invariants import Invariant

COUNTED = """
    SELECT m.id, m.state, m.decided_at,
        (m.rule ->> 'quorum')::numeric AS quorum,
        (m.rule ->> 'majority')::numeric AS majority,
        (m.rule ->> 'casting_vote')::boolean AS casting_vote,
        count(*) FILTER (WHERE v.ground IS DISTINCT FROM 'mandate') AS seats,
        count(*) FILTER (WHERE v.recused IS NULL) AS entitled,
        count(v.choice) AS cast_,
        coalesce(sum(v.weight) FILTER (WHERE v.choice = 'yes'), 0) AS yes,
        coalesce(sum(v.weight) FILTER (WHERE v.choice = 'no'), 0) AS no,
        coalesce(sum(v.weight) FILTER (
            WHERE v.choice IN ('yes', 'no') OR (m.rule ->> 'of' = 'entitled' AND v.recused IS NULL)
        ), 0) AS base,
        count(*) FILTER (WHERE v.chairs AND v.recused IS NULL) = 1
            AND bool_or(v.chairs AND v.choice = 'yes') AS chair_says_yes
    FROM motion m
    JOIN ballot v ON v.motion_id = m.id AND v.seated
    WHERE m.state IN ('adopted', 'not_adopted')
    GROUP BY m.id
"""
CARRIED = (
    "yes > majority * base OR (casting_vote AND yes = no AND yes > 0 AND coalesce(chair_says_yes, false))"
)

INVARIANTS = (
    Invariant(
        "A decided motion has a date, a rule and its quorum.",
        f"""
        SELECT m.id FROM motion m LEFT JOIN ({COUNTED}) c USING (id)
        WHERE m.state IN ('adopted', 'not_adopted')
          AND (m.decided_at IS NULL OR m.rule IS NULL OR c.id IS NULL OR c.entitled = 0
               OR c.cast_ < c.quorum * c.entitled)
        """,
    ),
    Invariant(
        "A motion is adopted if it had its majority, and only then.",
        f"""
        SELECT id FROM ({COUNTED}) counted
        WHERE (state = 'adopted') <> ({CARRIED})
        """,
    ),
    Invariant(
        "No session is closed while a vote of it is open.",
        """
        SELECT m.id FROM motion m JOIN body_session s ON s.id = m.session_id
        WHERE m.state = 'voting' AND s.state = 'closed'
        """,
    ),
    Invariant(
        "What was referred to another body is before one.",
        """
        SELECT m.id FROM motion m
        WHERE m.state = 'referred' AND NOT EXISTS (SELECT FROM motion n WHERE n.referred_from_id = m.id)
        """,
    ),
)
