"""What must hold of reserve lists and the money behind them, asked on live data."""

from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "What is selected on a released topic asks for no more than its envelope.",
        """
        SELECT part.id FROM topic_stage part
        JOIN decision ON decision.topic_stage_id = part.id AND decision.envelope IS NOT NULL
            AND decision.state <> 'superseded'
        JOIN proposal ON proposal.topic_stage_id = part.id AND proposal.state = 'selected'
        WHERE part.state = 'released'
        GROUP BY part.id, part.budget HAVING sum(proposal.requested) > part.budget
        """,
    ),
    Invariant(
        "Nobody waits on a reserve list that has ended.",
        """
        SELECT proposal.id FROM reserve_list
        JOIN proposal ON proposal.topic_stage_id = reserve_list.topic_stage_id
        WHERE reserve_list.state = 'ended' AND proposal.state = 'reserve'
        """,
    ),
)
