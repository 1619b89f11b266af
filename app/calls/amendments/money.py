"""Money that was raised or moved after a deadline, told as its embargo ends (K-04)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from app.calls.amendments.models import Amendment, budget_of
from app.calls.amendments.reactions import publish
from app.calls.models import Call, TopicStage
from app.committee.models import Motion, MotionState
from app.workflow.run import Act

UNTOLD = "Decided by vote; the reason is told with further results."


async def tell_of_money(call: Call, parts: Sequence[TopicStage], act: Act) -> None:
    """Publish what the committee has decided on the money of these topics, in one amendment of a locked call.

    A reason that is also another topic's, which is still under embargo, is told with that one.
    """
    held = [part for part in parts if part.embargoed]
    if not held:
        return
    texts = {text: None for part in held for text in await _reasons(call, part, parts, act)}
    budgets = [budget_of(part.topic_id, part.announced, part.budget) for part in held]
    topic_id = held[0].topic_id if len(held) == 1 else None
    facts = {"stage_id": held[0].stage_id, "topic_id": topic_id, "budgets": budgets}
    await publish(call, act, "budget", "\n\n".join(texts) or UNTOLD, **facts)


async def _reasons(call: Call, part: TopicStage, told: Sequence[TopicStage], act: Act) -> Sequence[str]:
    """The texts of the motions on a topic's money that nobody has been told of, in their order."""
    here = or_(Motion.subject_id == part.id, Motion.target_id == part.id)
    money = Motion.purpose.in_(("raise_envelope", "move_budget"))
    decided = Motion.state == MotionState.ADOPTED, Motion.decided_at > await _last_told(call, part, act)
    hidden = select(TopicStage.id).where(
        TopicStage.embargoed != 0, TopicStage.id.not_in([p.id for p in told])
    )
    secret = or_(Motion.subject_id.in_(hidden), func.coalesce(Motion.target_id.in_(hidden), False))
    wanted = select(Motion.text).where(here, money, *decided, ~secret).order_by(Motion.decided_at, Motion.id)
    return (await act.session.scalars(wanted)).all()


async def _last_told(call: Call, part: TopicStage, act: Act) -> datetime | None:
    """When an amendment last told what the money of a topic is in its stage; else the publication."""
    named = Amendment.budgets.contains([{"topic_id": str(part.topic_id)}])
    last = select(func.max(Amendment.created_at)).where(Amendment.stage_id == part.stage_id, named)
    return await act.session.scalar(last) or call.published_at
