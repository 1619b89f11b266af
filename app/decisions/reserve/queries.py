"""Reserve lists as they stand, with the money of their topic."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call
from app.calls.periods import day_of, end_of, months_later
from app.calls.rule_set import pinned
from app.calls.rules import LAST_SECOND
from app.decisions.models import Decision
from app.decisions.reserve.models import ReserveList, ReserveListState
from app.decisions.reserve.rules import asked_by, missing
from app.workflow.rows import FRESH, loading

WHOLE = ("topic_stage.topic", "decision.lines", "proposals", "refused", "upheld.re_evaluation")


def open_lists() -> Select[ReserveList]:
    """Those in force, with all that says who is next and what is free."""
    wanted = select(ReserveList).where(ReserveList.state == ReserveListState.OPEN)
    return wanted.options(*loading(ReserveList, WHOLE))


async def open_list_of(session: AsyncSession, topic_stage_id: UUID) -> ReserveList | None:
    """The one of a topic in its stage; not locked."""
    wanted = open_lists().where(ReserveList.topic_stage_id == topic_stage_id)
    return (await session.scalars(wanted, execution_options=FRESH)).one_or_none()


def in_force_until(call: Call, released_at: datetime) -> datetime | None:
    """The last second of the last day of a reserve list, by the rules of its call; None without one."""
    months = pinned(call).reserve_months
    return None if months is None else end_of(months_later(day_of(released_at), months))


async def may_wait(session: AsyncSession, call: Call, decision: Decision, now: datetime) -> bool:
    """Whether money of the topic can still come to who is on reserve: its list is in force, or may be put so.

    One is put in force by a review where the release left nobody on reserve, until the same day (K-05).
    """
    wanted = select(ReserveList.state, ReserveList.until)
    row = (await session.execute(wanted.where(ReserveList.topic_stage_id == decision.topic_stage_id))).first()
    state, until = row or (ReserveListState.OPEN, in_force_until(call, decision.released_at or now))
    return state == ReserveListState.OPEN and (until is None or now < until + LAST_SECOND)


def may_promote(reserve: ReserveList) -> bool:
    """Whether somebody is next, and the money is there."""
    return bool(reserve.first) and not missing(reserve.envelope, reserve.spent, asked_by(reserve.first))
