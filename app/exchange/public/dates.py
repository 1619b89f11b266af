"""The dates of a call on the wire, and the phases that follow from them."""

from collections.abc import Sequence
from datetime import datetime

from app.calls.models import Stage
from app.calls.rules import Phase, phase
from app.core.schema import Read


def phase_of(stages: Sequence[Stage], now: datetime) -> Phase:
    """Planned until the first stage opens, open while one is, else closed."""
    if all(now < stage.opens_at for stage in stages):
        return Phase.PLANNED
    found = (phase(stage.opens_at, stage.closes_at, now) for stage in stages)
    return Phase.OPEN if Phase.OPEN in found else Phase.CLOSED


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

    @classmethod
    def of(cls, stage: Stage, now: datetime) -> "StagePublic":
        return cls.model_validate(stage_facts(stage, now))


def stage_facts(stage: Stage, now: datetime) -> dict[str, object]:
    """What every face tells of a stage."""
    return {
        "number": stage.number,
        "phase": phase(stage.opens_at, stage.closes_at, now),
        "opens_at": stage.opens_at,
        "deadline": {"wall": stage.deadline, "at": stage.closes_at},
    }
