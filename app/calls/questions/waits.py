"""The questions that wait for the office."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call
from app.calls.questions.models import Question, QuestionState
from app.people.schemas import Waiting
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Actor

OPEN = (QuestionState.ASKED, QuestionState.ANSWERED)


async def questions_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Questions that an officer who does not apply in the call has still to answer or to publish."""
    if "office" not in actor.roles:
        return []
    found = (
        select(Question.id, Call.reference)
        .join(Call, Call.id == Question.call_id)
        .where(Question.state.in_(OPEN), Question.asked_by != actor.id)
        .where(Question.id.in_(visible_ids(actor, Question)))
        .order_by(Question.created_at, Question.id)
        .limit(50)
    )
    rows = await session.execute(found, parameters(actor))
    return [Waiting(kind="answer", entity="question", id=key, title=reference) for key, reference in rows]
