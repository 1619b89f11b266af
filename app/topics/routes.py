"""The topics' routes, and those of the consultations on them."""

from dataclasses import replace

from fastapi import APIRouter

from app.core.pages import Order
from app.people.access import auditor, committee, committee_chair, office
from app.topics.access import adviser, co_author, consulted, own_idea, proposer, published
from app.topics.attachments import mount_attachment
from app.topics.co_authors.mounts import CO_AUTHORS
from app.topics.consultation import report
from app.topics.consultation.mounts import COMMENTS, CONSULTATIONS, CONSULTED_BODIES
from app.topics.corrigenda.mounts import CORRIGENDA
from app.topics.models import Topic
from app.topics.opinions.mounts import OPINIONS
from app.topics.schemas import TopicIdea, TopicItem, TopicProposed, TopicRead
from app.topics.versions import routes as versions
from app.topics.workflow import TOPIC
from app.workflow.acts import mount_creation
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1", tags=["topics"])
readers = office | auditor | committee | committee_chair | published | consulted | co_author | adviser

TOPICS = Mounted(
    TOPIC,
    Topic,
    "topics",
    views=((readers, TopicRead), (own_idea, TopicIdea), (proposer, TopicProposed)),
    items=((readers | proposer, TopicItem),),
    orders={"reference": Order(Topic.reference)},
    filters={"reference": Filter(str, lambda actor, value: Topic.reference == value)},
)
for mounted in (TOPICS, CO_AUTHORS, CONSULTATIONS, CONSULTED_BODIES, COMMENTS, OPINIONS, CORRIGENDA):
    mount(router, mounted)
# Topics come into being in two ways; the plural alone is the office's.
mount_creation(router, replace(TOPICS, plural="topics/ideas"), TOPIC.rows("propose")[0])
for mounted in (COMMENTS, OPINIONS):
    mount_attachment(router, mounted)
router.include_router(versions.router)
router.include_router(report.router)
