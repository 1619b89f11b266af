"""The topics' routes, and those of what belongs to them."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import false, or_

from app.core.pages import Order
from app.topics.access import own_idea, proposer, readers, sees_target, staff
from app.topics.attachments import mount_attachment
from app.topics.co_authors.mounts import CO_AUTHORS
from app.topics.consultation import report
from app.topics.consultation.mounts import COMMENTS, CONSULTATIONS, CONSULTED_BODIES
from app.topics.corrigenda.mounts import CORRIGENDA
from app.topics.focus.mounts import FOCUS_AREAS
from app.topics.models import Topic
from app.topics.opinions.mounts import OPINIONS
from app.topics.queries import similar_to
from app.topics.schemas import (
    Similar,
    SimilarTopics,
    TopicInside,
    TopicItem,
    TopicOwnIdea,
    TopicOwnMerged,
    TopicProposed,
    TopicRead,
)
from app.topics.screening.mounts import SCREENINGS
from app.topics.versions import routes as versions
from app.topics.workflow import TOPIC
from app.workflow.acts import mount_creation
from app.workflow.asked import Asking
from app.workflow.http import mount, refusals
from app.workflow.mounted import Filter, Mounted
from app.workflow.rows import look
from app.workflow.run import chosen
from app.workflow.sight import parameters, ties
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["topics"])

TOPICS = Mounted(
    TOPIC,
    Topic,
    "topics",
    views=(
        (staff, TopicInside),
        (readers, TopicRead),
        (own_idea & sees_target, TopicOwnMerged),
        (own_idea, TopicOwnIdea),
        (proposer, TopicProposed),
    ),
    items=((readers | proposer, TopicItem),),
    needs=("focus_areas", "merged_from"),
    orders={"reference": Order(Topic.reference)},
    filters={"reference": Filter(str, lambda actor, value: Topic.reference == value)},
)
for mounted in (
    FOCUS_AREAS, TOPICS, SCREENINGS, CO_AUTHORS, CONSULTATIONS, CONSULTED_BODIES, COMMENTS, OPINIONS,
    CORRIGENDA,
):  # fmt: skip
    mount(router, mounted)
# Topics come into being in two ways; the plural alone is the office's.
mount_creation(router, replace(TOPICS, plural="topics/ideas"), TOPIC.rows("sketch")[0])
for mounted in (COMMENTS, OPINIONS):
    mount_attachment(router, mounted)
router.include_router(versions.router)
router.include_router(report.router)


@router.get(
    "/topics/{id}/similar",
    responses=refusals(401, 403, 404, 409),
    summary="Show what may be the same (topic)",
    description="At most ten topics and ideas that have words in common with this one, best first, of those "
    "that the reader may read; nothing follows from it. Who: whoever may edit it.",
    operation_id="topic_similar",
)
async def similar(asked: Asking, id: UUID) -> SimilarTopics:  # noqa: A002  # the path's own word
    topic, held = await look(asked.session, Topic, id, asked.actor)
    chosen(TOPIC, "edit", topic, asked.act(held))
    # Not all that one sees: whose idea is being drafted sees its title, and may not feel for its text.
    found = ties(Topic, asked.actor).items()
    readable = or_(false(), *(test for name, (test, _) in found if name in (readers | own_idea).names))
    rows = await asked.session.execute(similar_to(id, readable), parameters(asked.actor))
    return SimilarTopics(items=[Similar.model_validate(row) for row in rows])
