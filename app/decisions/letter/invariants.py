"""What must hold of letters, asked on live data."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "Whoever is told of an outcome has a letter of it, since letters are kept.",
        """
        SELECT proposal.id FROM proposal
        WHERE proposal.state IN ('selected', 'reserve', 'rejected', 'inadmissible', 'ineligible')
          AND proposal.released_at >= (SELECT min(created_at) FROM letter)
          AND NOT EXISTS (
            SELECT FROM letter
            WHERE letter.proposal_id = proposal.id AND letter.created_at >= proposal.released_at
          )
        """,
    ),
    Invariant(
        "Each letter is the one that the trail tells of.",
        """
        SELECT letter.id FROM letter
        LEFT JOIN audit_event event
          ON event.entity = 'letter' AND event.entity_id = letter.id AND event.act = 'write'
        LEFT JOIN audit_detail said ON said.event_id = event.id
        WHERE event.id IS NULL OR said.detail ->> 'digest' <> letter.digest
        """,
    ),
)
