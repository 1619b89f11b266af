"""The rounds of consultation that wait for somebody's comments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.schemas import Waiting
from app.topics.consultation.models import (
    Comment,
    Consultation,
    ConsultationState,
    ConsultedBody,
    ConsultedBodyState,
)
from app.topics.models import Topic
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Actor


async def comments_to_give(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Rounds that take comments and to which the person's body has given none, nor declined."""
    mine = (ConsultedBody.account_id == actor.id, ConsultedBody.state == ConsultedBodyState.INVITED)
    found = (
        select(Consultation.id, Topic.reference, Consultation.closes_at)
        .join(ConsultedBody, ConsultedBody.consultation_id == Consultation.id)
        .join(Topic, Topic.id == Consultation.topic_id)
        .where(*mine, Consultation.state == ConsultationState.OPEN, Consultation.closes_at >= now)
        .where(Consultation.opens_at <= now)
        .where(not_(exists().where(Comment.consulted_body_id == ConsultedBody.id)))
        .where(Consultation.id.in_(visible_ids(actor, Consultation)))
        .order_by(Consultation.closes_at, Consultation.id)
        .limit(50)
    )
    rows = await session.execute(found, parameters(actor))
    return [
        Waiting(kind="comment", entity="consultation", id=key, title=reference, due=closes_at)
        for key, reference, closes_at in rows
    ]
