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
from app.proposals.models import Proposal
from app.results.queries import SIGNED
from app.topics.access import proposer, published, staff
from app.topics.corrigenda.models import Corrigendum
from app.topics.models import Topic, TopicState
from app.topics.schemas import TopicNamed
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, visible_ids

router = APIRouter()
every = staff | proposer | published
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
    """An idea that was merged leads on by `merged_into`, what it was merged into back by `merged_from`."""

    reference: str
    title: str
    state: str
    steps: list[Step]
    votes: list[VoteTold]
    calls: list[CallTold]
    projects: list[ProjectTold]
    merged_into: TopicNamed | None
    merged_from: list[TopicNamed]


@router.get(
    "/topics/{id}/trail",
    responses=refusals(401, 404),
    summary="Follow it from the idea to the projects (topic)",
    description=f"Who: {staff.label}; {proposer.label} its states; {published.label} what is public.",
    operation_id="topic_trail",
)
async def read_trail(asked: Asking, topic_id: Annotated[UUID, Path(alias="id")]) -> Trail:
    topic, held = await look(asked.session, Topic, topic_id, asked.actor, ["merged_from"], by=every)
    return Trail(
        reference=topic.reference,
        title=topic.title,
        state=str(topic.state),
        steps=await _steps(asked, topic, (staff | proposer)(held)),
        votes=await _votes(asked, topic, published(held)),
        calls=await _calls(asked, topic),
        projects=await _projects(asked, topic),
        merged_into=await _merged_into(asked, topic),
        merged_from=[TopicNamed.model_validate(each) for each in topic.merged_from] if staff(held) else [],
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
        and_(Motion.purpose.in_(["screen_idea", "merge_idea", "adopt_topic"]), Motion.subject_id == topic.id),
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


async def _projects(asked: Asked, topic: Topic) -> list[ProjectTold]:
    """The signed grants, in the order of their numbers."""
    wanted = select(Grant.number, Proposal.acronym).join(Proposal, Grant.proposal_id == Proposal.id)
    here = wanted.where(SIGNED, Proposal.topic_id == topic.id).order_by(Grant.number)
    return [ProjectTold(number=n, acronym=acronym) for n, acronym in await asked.session.execute(here)]


async def _merged_into(asked: Asked, topic: Topic) -> TopicNamed | None:
    """What it has become part of: the nearest whose trail the actor may read, if merged in its turn."""
    while topic.merged_into_id is not None:
        try:
            target, _ = await look(asked.session, Topic, topic.merged_into_id, asked.actor, by=every)
            return TopicNamed.model_validate(target)
        except NotFound:
            topic = await asked.session.get_one(Topic, topic.merged_into_id)
    return None
