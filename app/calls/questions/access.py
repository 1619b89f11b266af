"""Who sees a question: the office, whoever asked it, and everybody once it is published."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from app.calls.access import is_out, label
from app.calls.models import Call, Stage, TopicStage
from app.calls.questions.models import Question, QuestionState
from app.people.access import auditor, office
from app.workflow.sight import Sight, relation

_out = select(Call.id).where(is_out)
asker = relation("asker", "who asked it", lambda actor: Question.asked_by == actor.id, own=True)
answered = relation(
    "public",
    label.replace("the call", "it"),
    lambda actor: and_(Question.state == QuestionState.PUBLISHED, Question.call_id.in_(_out)),
    public=True,
)


def _in_its_call(applies: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Who applies for any topic of the call does not learn who asks, nor what is still to be answered."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == Question.call_id)
    return parts.where(applies(TopicStage.topic_id)).exists()


SIGHTS = {Question: Sight((office, auditor, asker, answered), topic=Question.topic_id, further=_in_its_call)}
