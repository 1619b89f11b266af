"""What of the times is over its limit, for the office's list of what waits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import LIVE, Call, CallState, TopicStage, TopicStageState
from app.calls.periods import day_of, end_of
from app.grants.models import Grant, GrantState
from app.grants.times.queries import (
    Granted,
    Informed,
    granted,
    informed,
    parts_past,
    selected_of,
    unsigned,
)
from app.people.schemas import Waiting
from app.proposals.models import Proposal
from app.workflow.sight import parameters, ties
from app.workflow.who import Actor

MOST = 50
RUNS = (*LIVE, CallState.COMPLETED)


async def times_over(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For officers: topics to be told of their results and grants to be signed that are over their limit.

    Who came from the reserve list or by a review has no limit (K-07).
    """
    held = ties(TopicStage, actor).get("office")
    if held is None:
        return []
    under_way = or_(TopicStage.state != TopicStageState.RELEASED, unsigned)
    here = parts_past(now).where(held[0], Call.state.in_(RUNS), under_way)
    today = day_of(now)
    topics = [informed(row, today) for row in await session.execute(here, parameters(actor))]
    parts = {one.part.id: one.part for one in topics if one.part.state == TopicStageState.RELEASED}
    open_ = or_(Grant.id.is_(None), Grant.state != GrantState.SIGNED)
    wanted = selected_of(Proposal.topic_stage_id.in_(parts) & open_)
    grants = [granted(row, parts[row[0].topic_stage_id], today) for row in await session.execute(wanted)]
    late: list[Informed | Granted] = [one for one in topics if one.time.standing == "overdue"]
    late += [one for one in grants if one.uncounted is None and one.time.standing == "overdue"]
    return [_waiting(one) for one in sorted(late, key=lambda one: (one.time.due, one.reference))[:MOST]]


def _waiting(one: Informed | Granted) -> Waiting:
    due = end_of(one.time.due)
    if isinstance(one, Informed):
        return Waiting(kind="inform", entity="topic_stage", id=one.part.id, title=one.reference, due=due)
    return Waiting(kind="grant", entity="proposal", id=one.proposal_id, title=one.reference, due=due)
