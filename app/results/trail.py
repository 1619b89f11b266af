"""What became of a topic: its states, the votes on it, the calls it was in, the projects that came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import ColumnElement, and_, or_, select

from app.calls.models import Call, Stage, TopicStage
from app.committee.models import Motion, MotionState
from app.core.audit import AuditEvent
from app.core.errors import NotFound
from app.core.schema import Read
from app.grants.models import Grant
from app.people.access import auditor, committee, committee_chair, office
from app.proposals.models import Proposal
from app.results.queries import signed_grants
from app.topics.access import proposer, published
from app.topics.corrigenda.models import Corrigendum
from app.topics.models import Topic, TopicState
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, visible_ids

router = APIRouter()
makers = office | auditor | committee | committee_chair
PUBLIC = (TopicState.ADOPTED, TopicState.IN_CALL, TopicState.CLOSED)
ADOPTING = ("adopt_topic", "adopt_corrigendum")


class Step(Read):
    """An act that led the topic to `state`, or that changed its adopted text (`correct`)."""

    at: datetime
    act: str
    state: str


class VoteTold(Read):
    purpose: str
    outcome: str
    decided_at: datetime


class CallTold(Read):
    reference: str
    title: str
    stage: int


class ProjectTold(Read):
    """`GET /projects/{number}` tells more."""

    number: str
    acronym: str


class Trail(Read):
    reference: str
    title: str
    state: str
    steps: list[Step]
    votes: list[VoteTold]
    calls: list[CallTold]
    projects: list[ProjectTold]


@router.get(
    "/topics/{id}/trail",
    responses=refusals(401, 404),
    summary="Follow it from the idea to the projects (topic)",
    description=f"Who: {makers.label}; {proposer.label} its states; {published.label} what is public.",
    operation_id="topic_trail",
)
async def read_trail(asked: Asking, topic_id: Annotated[UUID, Path(alias="id")]) -> Trail:
    topic, held = await look(asked.session, Topic, topic_id, asked.actor)
    if not (makers | proposer | published)(held):
        raise NotFound
    grants = signed_grants().join(Proposal).where(Proposal.topic_id == topic_id).order_by(Grant.number)
    projects = await asked.session.scalars(grants)
    return Trail(
        reference=topic.reference,
        title=topic.title,
        state=str(topic.state),
        steps=await _steps(asked, topic, (makers | proposer)(held)),
        votes=await _votes(asked, topic, published(held)),
        calls=await _calls(asked, topic),
        projects=[ProjectTold(number=g.number, acronym=g.proposal.acronym) for g in projects],
    )


async def _steps(asked: Asked, topic: Topic, whole: bool) -> list[Step]:
    """Everything that moved it or changed an adopted text; to the public, from the adoption on."""
    wanted = select(AuditEvent).where(AuditEvent.entity == "topic", AuditEvent.entity_id == topic.id)
    moved = or_(AuditEvent.before != AuditEvent.after, AuditEvent.act == "correct")
    found = await asked.session.scalars(wanted.where(moved).order_by(AuditEvent.seq))
    told = [Step(at=event.at, act=event.act, state=event.after) for event in found]
    return told if whole else [step for step in told if step.state in PUBLIC]


async def _votes(asked: Asked, topic: Topic, public: bool) -> list[VoteTold]:
    """The decided motions that the actor sees; with the call, those that adopted are everybody's."""
    corrigenda = select(Corrigendum.id).where(Corrigendum.topic_id == topic.id)
    about = or_(
        and_(Motion.purpose.in_(["screen_idea", "adopt_topic"]), Motion.subject_id == topic.id),
        and_(Motion.purpose == "adopt_corrigendum", Motion.subject_id.in_(corrigenda)),
    )
    sight: ColumnElement[bool] = Motion.id.in_(visible_ids(asked.actor, Motion))
    if public:
        sight = or_(sight, and_(Motion.purpose.in_(ADOPTING), Motion.state == MotionState.ADOPTED))
    wanted = select(Motion).where(about, sight, Motion.decided_at.is_not(None)).order_by(Motion.decided_at)
    found: Sequence[Motion] = (await asked.session.scalars(wanted, parameters(asked.actor))).all()
    return [
        VoteTold(purpose=m.purpose, outcome=str(m.state), decided_at=m.decided_at)
        for m in found
        if m.decided_at is not None
    ]


async def _calls(asked: Asked, topic: Topic) -> list[CallTold]:
    """The calls that the actor sees, by the stages that the topic was in."""
    wanted = select(Call.reference, Call.title, Stage.number).join(Stage, Stage.call_id == Call.id)
    here = wanted.join(TopicStage, TopicStage.stage_id == Stage.id).where(TopicStage.topic_id == topic.id)
    seen = here.where(TopicStage.id.in_(visible_ids(asked.actor, TopicStage)))
    rows = await asked.session.execute(seen.order_by(Call.created_at, Stage.number), parameters(asked.actor))
    return [CallTold(reference=reference, title=title, stage=number) for reference, title, number in rows]
