"""What is published when something of a call changes."""

from datetime import datetime
from typing import Any

from app.calls.amendments.models import Amendment
from app.calls.amendments.workflow import AMENDMENT
from app.calls.models import Call, Stage
from app.calls.rules import on_the_wall
from app.calls.stage.schemas import Postpone
from app.calls.stage.workflow import STAGE
from app.core.audit import AuditDetail
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire


async def publish(call: Call, act: Act, kind: str, reason: str, **facts: Any) -> None:
    """Publish a change of a call that is locked and out; before its publication there is nothing to amend."""
    if call.published_at is not None:
        amendment = Amendment(kind=kind, reason=reason, **facts)
        await create(AMENDMENT, "publish", amendment, act.given(act.data, call))


async def old_deadline(act: Act) -> datetime:
    """What the deadline was before the act that is reacted to."""
    trail = await act.session.get_one(AuditDetail, act.cause)
    return datetime.fromisoformat(trail.detail["was"])


async def publish_extension(stage: Stage, act: Act) -> None:
    """Reaction to a stage's `extend`; the call is its root and was locked first."""
    (call,) = await lock_all(act.session, Call, [stage.call_id])
    dates = {"old_deadline": await old_deadline(act), "new_deadline": stage.closes_at}
    await publish(call, act, "extension", act.data.reason, stage_id=stage.id, **dates)


async def give_time(amendment: Amendment, act: Act) -> None:
    """Reaction to `correct`: the deadline moves with it, unless what it brings is the present one."""
    if amendment.new_deadline in (None, amendment.old_deadline):
        return
    assert amendment.stage_id is not None
    assert amendment.new_deadline is not None
    (stage,) = await lock_all(act.session, Stage, [amendment.stage_id], ["following"])
    later = Postpone(deadline=on_the_wall(amendment.new_deadline))
    await fire(STAGE, "postpone", stage, act.given(later))
