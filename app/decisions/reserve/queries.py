"""Reserve lists as they stand, with the money of their topic."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

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


async def is_over(session: AsyncSession, topic_stage_id: UUID) -> bool:
    """Whether the topic had a reserve list that has ended: nobody is placed on it any more (K-05)."""
    ended = (ReserveList.topic_stage_id == topic_stage_id, ReserveList.state == ReserveListState.ENDED)
    return await session.scalar(select(ReserveList.id).where(*ended)) is not None


def may_promote(reserve: ReserveList) -> bool:
    """Whether somebody is next, and the money is there."""
    return bool(reserve.first) and not missing(reserve.envelope, reserve.spent, asked_by(reserve.first))
