"""How questions stand on the wire."""

from uuid import UUID

from app.calls.models import Call
from app.calls.questions.access import answered, asker
from app.calls.questions.models import Question
from app.calls.questions.schemas import (
    QuestionItem,
    QuestionOwn,
    QuestionOwnItem,
    QuestionPublic,
    QuestionPublicItem,
    QuestionRead,
)
from app.calls.questions.workflow import QUESTION
from app.core.pages import Order
from app.people.access import auditor, office
from app.workflow.mounted import Filter, Mounted

staff = office | auditor

QUESTIONS = Mounted(
    QUESTION,
    Question,
    "questions",
    views=((staff, QuestionRead), (asker, QuestionOwn), (answered, QuestionPublic)),
    items=((staff, QuestionItem), (asker, QuestionOwnItem), (answered, QuestionPublicItem)),
    needs=("versions",),
    root=(Call, Question.call_id),
    orders={"number": Order(Question.number)},
    filters={"call_id": Filter(UUID, lambda actor, key: Question.call_id == key)},
)
