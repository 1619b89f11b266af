"""How experts stand on the wire: to themselves and the office, and to nobody else."""

from typing import Any

from sqlalchemy import select

from app.experts.access import oneself
from app.experts.models import Expert, Sector
from app.experts.profile.queries import newcomer
from app.experts.profile.schemas import ExpertItem, ExpertRead
from app.experts.profile.workflow import EXPERT
from app.people.access import office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted

WHO = office | oneself


async def _is_newcomer(asked: Asked, expert: Expert, body: Any) -> None:
    body.newcomer = await asked.session.scalar(select(newcomer()).where(Expert.id == expert.id))


EXPERTS = Mounted(
    EXPERT,
    Expert,
    "experts",
    views=((WHO, ExpertRead),),
    items=((WHO, ExpertItem),),
    needs=("publications",),
    completes=_is_newcomer,
    filters={
        "country": Filter(str, lambda actor, value: Expert.country == value),
        "sector": Filter(Sector, lambda actor, value: Expert.sector == value),
        "newcomer": Filter(bool, lambda actor, value: newcomer() if value else ~newcomer()),
    },
)
