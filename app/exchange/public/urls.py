"""Where the public pages of calls and topics stand."""

from app.calls.models import Call
from app.topics.models import Topic


def call_url(call: Call) -> str:
    return f"/v1/public/calls/{call.reference}"


def topic_url(topic: Topic) -> str:
    return f"/v1/public/topics/{topic.reference}"
