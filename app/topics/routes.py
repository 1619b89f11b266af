"""The topics' routes."""

from fastapi import APIRouter

from app.core.pages import Order
from app.people.access import auditor, committee, committee_chair, office
from app.topics.access import published
from app.topics.models import Topic
from app.topics.schemas import TopicItem, TopicRead
from app.topics.workflow import TOPIC
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1", tags=["topics"])
readers = office | auditor | committee | committee_chair | published

mount(
    router,
    Mounted(
        TOPIC,
        Topic,
        "topics",
        views=((readers, TopicRead),),
        items=((readers, TopicItem),),
        orders={"reference": Order(Topic.reference)},
        filters={"reference": Filter(str, lambda actor, value: Topic.reference == value)},
    ),
)
