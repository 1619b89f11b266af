"""What the rows of an amendment bring about."""

from datetime import datetime

from sqlalchemy import func, select

from app.calls.amendments.models import Amendment
from app.calls.amendments.rules import soonest
from app.calls.models import Call, Stage, StageState
from app.calls.rules import Phase, instant, phase
from app.workflow.run import Act


async def number(amendment: Amendment, act: Act) -> None:
    """The next number of its call, which is the act's parent and is locked."""
    call: Call = act.parent
    last = select(func.max(Amendment.number)).where(Amendment.call_id == call.id)
    amendment.call, amendment.number = call, (await act.session.scalar(last) or 0) + 1
    act.note(number=amendment.number, kind=amendment.kind)


def next_to_close(call: Call, now: datetime) -> Stage | None:
    """The first stage of the call whose deadline has not passed."""
    left = (stage for stage in call.stages if stage.state == StageState.SCHEDULED)
    return next((s for s in left if phase(s.opens_at, s.closes_at, now) is not Phase.CLOSED), None)


def new_deadline(call: Call, stage: Stage, given: str | None) -> str | None:
    """The wall time that a corrigendum brings: what was given, or what the rules name; None if neither."""
    days = call.rules.get("days_after_corrigendum")
    return given if given is not None or days is None else soonest(stage.deadline, days)


async def write(amendment: Amendment, act: Act) -> None:
    """A corrigendum, with the deadline it moves if it touches anything."""
    amendment.kind, amendment.reason = "corrigendum", act.data.text
    amendment.touches = sorted(set(act.data.touches))
    stage = next_to_close(act.parent, act.now)
    if not amendment.touches or stage is None:
        return
    wall = new_deadline(act.parent, stage, act.data.deadline)
    assert wall is not None
    amendment.stage_id, amendment.old_deadline = stage.id, stage.closes_at
    amendment.new_deadline = instant(wall)
    act.note(deadline=wall)
