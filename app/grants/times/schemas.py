"""Times of a call on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Read
from app.grants.times.rules import Standing


class TimeRead(Read):
    """From the deadline to what follows it within `limit_months`, in days and whole months, up to today while
    it is waited for. Limits are those of the rules of the call; `due` is the last day in time.
    """

    since: date
    limit_months: int
    due: date
    done: date | None
    days: int
    months: int
    standing: Standing


class GrantTimes(Read):
    """A selected proposal. `uncounted`: there is no limit for who came from reserve or by a review (K-07)."""

    proposal_id: UUID
    reference: str
    to_grant: TimeRead = Field(validation_alias="time")
    uncounted: Literal["reserve", "redress"] | None
    waits_for: Literal["grant_preparation", "signature"] | None


class TopicTimes(Read):
    """A topic in a stage, and, once its results are released in the last one, its selected proposals."""

    topic_stage_id: UUID
    topic_id: UUID
    reference: str
    stage: int
    state: str
    to_inform: TimeRead
    waits_for: Literal["checks", "evaluation", "panel", "vote", "release"] | None
    grants: list[GrantTimes]


class SummedRead(Read):
    counted: int
    in_time: int
    late: int
    pending: int
    overdue: int
    median_days: int | None
    longest_days: int | None


class Totals(Read):
    """Of topics whose results are released; who is not counted is in `uncounted` alone."""

    topics: int
    to_inform: SummedRead
    to_grant: SummedRead
    uncounted: int


class CallTimesForCommittee(Read):
    """The totals alone."""

    call_id: UUID
    totals: Totals


class CallTimes(CallTimesForCommittee):
    """Every topic past a deadline, for those who run the process."""

    topics: list[TopicTimes]
