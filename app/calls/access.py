"""Who sees a call: those who make it, and everybody once it is published."""

from sqlalchemy import select

from app.calls.models import Call, CallState, Stage, TopicStage
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.sight import Sight, relation
from app.workflow.who import named

OUT = (CallState.PUBLISHED, CallState.RUNNING, CallState.COMPLETED)
label = "anyone, once the call is published"
_out = select(Call.id).where(Call.state.in_(OUT))

published = relation("public", label, lambda actor: Call.state.in_(OUT), public=True)
stage_published = relation("public", label, lambda actor: Stage.call_id.in_(_out), public=True)
topic_stage_published = relation(
    "public",
    label,
    lambda actor: TopicStage.stage_id.in_(select(Stage.id).where(Stage.call_id.in_(_out))),
    public=True,
)
makers = (office, auditor, committee, committee_chair)
impartial = named("impartial", "who applies in none of its topics")
"""Whoever may know of money under embargo; a later stage says who that is, by a relation of this name."""

SIGHTS = {
    Call: Sight((*makers, published)),
    Stage: Sight((*makers, stage_published)),
    TopicStage: Sight((*makers, topic_stage_published), topic=TopicStage.topic_id),
}
