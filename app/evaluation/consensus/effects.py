"""What the rows of a consensus report bring about."""

from uuid import uuid4

from sqlalchemy import select

from app.calls.chosen import scheme_of
from app.evaluation.consensus.models import Consensus, Opinion, Point
from app.experts.models import Assignment, AssignmentState, Expert
from app.experts.queries import SEATED
from app.proposals.models import Proposal
from app.workflow.run import Act


async def lay_out(consensus: Consensus, act: Act) -> None:
    """One empty point for each criterion of the call."""
    proposal: Proposal = act.parent
    consensus.proposal, consensus.topic_id = proposal, proposal.topic_id
    consensus.round = 0
    criteria = scheme_of(proposal.topic_stage).criteria
    consensus.points = [Point(id=uuid4(), criterion=criterion.code) for criterion in criteria]


async def name_first_rapporteur(consensus: Consensus, act: Act) -> None:
    """Who is named, or who was chosen when experts were assigned, if the seat stands."""
    chosen = select(Assignment.id).where(
        Assignment.proposal_id == consensus.proposal.id, Assignment.rapporteur, Assignment.state.in_(SEATED)
    )
    named = act.data.rapporteur_id or await act.session.scalar(chosen)
    if named is not None:  # else the next effect refuses
        consensus.rapporteur_id = named


async def name_rapporteur(consensus: Consensus, act: Act) -> None:
    consensus.rapporteur_id = act.data.rapporteur_id


async def next_round(consensus: Consensus, act: Act) -> None:
    """What was approved before was another text (V-17)."""
    consensus.round += 1


async def say(consensus: Consensus, act: Act) -> None:
    """Keep what the expert says to this round; who has approved may still object to it."""
    mine = (
        select(Assignment.id)
        .join(Assignment.expert)
        .where(
            Expert.account_id == act.actor.id,
            Assignment.proposal_id == consensus.proposal_id,
            Assignment.state == AssignmentState.REPORTED,
        )
    )
    seat = (await act.session.scalars(mine)).one()
    said = [o for o in consensus.opinions if (o.assignment_id, o.round) == (seat, consensus.round)]
    opinion = said[0] if said else Opinion(id=uuid4(), assignment_id=seat)
    if not said:
        consensus.opinions.append(opinion)
    act.session.add(opinion)
    opinion.round, opinion.at = consensus.round, act.now
    opinion.kind = "approval" if act.data is None else "objection"
    opinion.reason = "" if act.data is None else act.data.reason


async def put_panel_scores(consensus: Consensus, act: Act) -> None:
    """The panel's scores stand; what the majority had given is kept beside them (V-16)."""
    consensus.settled_reason = act.data.reason
    points, kept = {point.criterion: point for point in consensus.points}, {}
    for given in act.data.scores:
        point = points[given.criterion]
        if point.score != given.score:
            kept[point.criterion] = str(point.score)
            point.majority_score, point.score = point.score, given.score
            point.version += 1
    act.note(majority_scores=kept)


async def date_final(consensus: Consensus, act: Act) -> None:
    consensus.final_at = act.now


async def take_views_back(consensus: Consensus, act: Act) -> None:
    """What majority and minority thought was with the report that is void; the trail keeps it."""
    if consensus.majority_view is not None:
        act.note(majority_view=consensus.majority_view, minority_view=consensus.minority_view)
        act.note(settled_reason=consensus.settled_reason)
    consensus.majority_view = consensus.minority_view = consensus.settled_reason = None


async def take_date_back(consensus: Consensus, act: Act) -> None:
    consensus.final_at = None
