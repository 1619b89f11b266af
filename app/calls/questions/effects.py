"""What the rows of a question bring about."""

from uuid import uuid4

from sqlalchemy import func, select

from app.calls.models import Call
from app.calls.questions.models import Question, QuestionVersion
from app.core import outbox
from app.people.models import Account
from app.workflow.run import Act

PUBLISHED = """{name},

your question about call {call} is published as number {number}, with its answer:

{question}

{answer}

Nobody but the programme office knows who asked.
"""
DISMISSED = """{name},

your question about call {call} is not answered:

{question}

{reason}
"""


async def take_in(question: Question, act: Act) -> None:
    """Whose question it is, about which call."""
    assert act.actor.id is not None
    question.call, question.asked_by = act.parent, act.actor.id
    question.text, question.topic_id = act.data.text, act.data.topic_id
    question.versions = []


async def keep_answer(question: Question, act: Act) -> None:
    """Until it is published an answer may be written anew; the question stands as asked if not reworded."""
    question.answer = act.data.answer
    question.question = act.data.question or question.question or question.text


async def number(question: Question, act: Act) -> None:
    """The next number of its call, which is the question's root and is locked."""
    last = select(func.max(Question.number)).where(Question.call_id == question.call_id)
    question.number = (await act.session.scalar(last) or 0) + 1
    act.note(number=question.number)


async def add_version(question: Question, act: Act) -> None:
    """What everybody reads from now on; what they have read before stays beside it."""
    assert question.question is not None
    assert question.answer is not None
    version = QuestionVersion(id=uuid4(), number=len(question.versions) + 1, published_at=act.now)
    version.question, version.answer = question.question, question.answer
    question.versions.append(version)
    act.note(version=version.number)


async def keep_reason(question: Question, act: Act) -> None:
    question.reason = act.data.reason


async def tell_asker(question: Question, act: Act) -> None:
    """Write to whoever asked, and to nobody else."""
    account = await act.session.get_one(Account, question.asked_by)
    call = await act.session.get_one(Call, question.call_id)
    facts = {"name": account.name, "call": call.reference, "number": question.number}
    if question.reason is None:
        text = PUBLISHED.format(**facts, question=question.question, answer=question.answer)
    else:
        text = DISMISSED.format(**facts, question=question.text, reason=question.reason)
    await outbox.write(
        act.session,
        to=account.email,
        kind="question",
        subject=f"Your question about call {call.reference}",
        text=text,
        at=act.now,
        entity="question",
        entity_id=question.id,
    )
