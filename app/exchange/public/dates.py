"""The dates of a call on the wire, and the phases that follow from them."""

from collections.abc import Sequence
from datetime import datetime

from app.calls.models import LEFT, Stage, StageState, TopicStage
from app.calls.rules import Phase, phase
from app.core.schema import Read


def phase_of(stages: Sequence[Stage], now: datetime) -> Phase:
    """Planned until the first stage opens, open while one is, else closed."""
    found = {_phase(stage, now) for stage in stages}
    if found <= {Phase.PLANNED}:
        return Phase.PLANNED
    return Phase.OPEN if Phase.OPEN in found else Phase.CLOSED


def _phase(stage: Stage, now: datetime) -> Phase:
    """Where a stage stands; one that was cancelled is neither planned nor open."""
    cancelled = stage.state == StageState.CANCELLED
    return Phase.CLOSED if cancelled else phase(stage.opens_at, stage.closes_at, now)


class Deadline(Read):
    """What the wall in `zone` shows, and that instant; a request counts until its second ends."""

    wall: str
    zone: str = "Europe/Brussels"
    at: datetime


class StagePublic(Read):
    number: int
    phase: Phase
    opens_at: datetime
    deadline: Deadline


def stage_facts(stage: Stage, now: datetime, part: TopicStage | None = None) -> dict[str, object]:
    """What every face tells of a stage, or of a topic in it: to one that has left, nothing is open."""
    left = part is not None and part.state in LEFT
    return {
        "number": stage.number,
        "phase": Phase.CLOSED if left else _phase(stage, now),
        "opens_at": stage.opens_at,
        "deadline": {"wall": stage.deadline, "at": stage.closes_at},
    }
