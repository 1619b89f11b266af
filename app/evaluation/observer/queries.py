"""The proposals that an observer of a call declares on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.calls.models import Stage, TopicStage
from app.proposals.access import NOT_HANDED_IN
from app.proposals.models import Proposal


def declared_on(call_id: UUID, now: datetime) -> Select[Proposal]:
    """What was handed in by the deadlines that are over, by reference."""
    return (
        select(Proposal)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Stage.call_id == call_id, Stage.closes_at < now, Proposal.state.not_in(NOT_HANDED_IN))
        .order_by(Proposal.reference)
    )
