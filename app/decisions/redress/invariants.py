"""What must hold of requests for a review and what they lead to, asked on live data."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "No review is under way of what has been selected, was withdrawn or has ended.",
        """
        SELECT redress.id FROM redress JOIN proposal ON proposal.id = redress.proposal_id
        WHERE redress.state IN ('filed', 'admitted', 'recommended', 're_evaluation')
          AND proposal.state IN ('selected', 'withdrawn', 'discontinued')
        """,
    ),
    Invariant(
        "Who a review has funded is so once, with the money on record.",
        """
        SELECT redress.id FROM redress LEFT JOIN redress_funding money ON money.redress_id = redress.id
        WHERE (redress.remedy IS NOT DISTINCT FROM 'funded') <> (money.id IS NOT NULL)
           OR money.proposal_id <> redress.proposal_id
        """,
    ),
    Invariant(
        "A first place on the reserve list and a promised budget are as the committee has adopted them.",
        """
        SELECT redress.id FROM redress WHERE redress.remedy IN ('first_on_reserve', 'next_call')
          AND NOT EXISTS (
            SELECT FROM motion WHERE motion.purpose = 'fund_redress' AND motion.state = 'adopted'
              AND motion.subject_id = redress.id
              AND (redress.promise IS NULL OR redress.promise = motion.text)
          )
        """,
    ),
    Invariant(
        "Who waits on a reserve list has a rank, by the list or by a review.",
        """
        SELECT proposal.id FROM proposal
        JOIN topic_stage part ON part.id = proposal.topic_stage_id AND part.state = 'released'
        WHERE proposal.state = 'reserve' AND NOT EXISTS (
            SELECT FROM decision_line line JOIN decision ON decision.id = line.decision_id
            WHERE line.proposal_id = proposal.id AND line.rank IS NOT NULL AND decision.state = 'released'
        ) AND NOT EXISTS (
            SELECT FROM redress WHERE redress.proposal_id = proposal.id AND redress.place IS NOT NULL
        )
        """,
    ),
)
