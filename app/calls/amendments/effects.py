"""What the rows of an amendment bring about."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.calls.amendments.models import Amendment
from app.calls.amendments.rules import soonest
from app.calls.models import Call, Stage, StageState
from app.calls.rules import Phase, instant, on_the_wall, overlapping, phase
from app.core.reason import Reason
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


def no_time(call: Call, touches: Sequence[str], given: str | None, now: datetime) -> Iterator[Reason]:
    """Why a corrigendum that touches this cannot come with more time, as the rules of the call say."""
    if not touches:
        return
    stage = next_to_close(call, now)
    if stage is None:
        told = "The deadline has passed: what was applied for is changed no more."
        yield Reason("deadline-passed", told, "/touches", "office")
        return
    least = new_deadline(call, stage, None)
    if given is None and least is None:
        told = "The rules of the call name no days; say until when applicants have time."
        yield Reason("no-deadline", told, "/deadline", "office")
    elif given is not None:
        bound = instant(least) if least is not None else stage.closes_at
        if instant(given) < bound:
            told = f"Applicants have time until {least or stage.deadline} at least."
            yield Reason("too-soon", told, "/deadline", "office")
    if (wall := new_deadline(call, stage, given)) is not None:
        following = next((later for later in call.stages if later.number == stage.number + 1), None)
        yield from overlapping(instant(wall), following)


def corrected(call: Call, touches: Sequence[str], given: str | None, now: datetime) -> dict[str, Any]:
    """What the amendment of a corrigendum keeps: what it touches, and the deadline it moves if anything."""
    stage = next_to_close(call, now) if touches else None
    wall = new_deadline(call, stage, given) if stage is not None else None
    if stage is None or wall is None:
        return {"touches": []}
    dates = {"old_deadline": stage.closes_at, "new_deadline": instant(wall)}
    return {"touches": sorted(set(touches)), "stage_id": stage.id, **dates}


async def write(amendment: Amendment, act: Act) -> None:
    """A corrigendum, with the deadline it moves if it touches anything."""
    amendment.kind, amendment.reason = "corrigendum", act.data.text
    for name, value in corrected(act.parent, act.data.touches, act.data.deadline, act.now).items():
        setattr(amendment, name, value)
    if amendment.new_deadline is not None:
        act.note(deadline=on_the_wall(amendment.new_deadline))
