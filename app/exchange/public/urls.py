"""Where what is public of calls and topics stands."""

from app.calls.models import Call, TopicStage
from app.topics.models import Topic


def call_url(call: Call) -> str:
    return f"/v1/public/calls/{call.reference}"


def topic_url(topic: Topic) -> str:
    return f"/v1/public/topics/{topic.reference}"


def conditions_url(part: TopicStage) -> str:
    return f"/v1/topic_stages/{part.id}/conditions"
