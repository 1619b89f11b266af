"""The table of questions."""

from collections.abc import Iterable

from app.calls.amendments.effects import next_to_close
from app.calls.models import Call
from app.calls.questions import effects
from app.calls.questions.models import QuestionState
from app.calls.questions.schemas import AskQuestion, Dismiss, GiveAnswer
from app.calls.workflow import call_is_out
from app.core.reason import Reason
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in

Why = Iterable[Reason]
ASKED = QuestionState.ASKED
ANSWERED = QuestionState.ANSWERED
PUBLISHED = QuestionState.PUBLISHED
DISMISSED = QuestionState.DISMISSED


def in_time(call: Call, ask: Ask) -> Why:
    if next_to_close(call, ask.now) is None:
        yield Reason("deadline-passed", "The last deadline has passed; no question is taken any more.")


def about_the_call(call: Call, ask: Ask) -> Why:
    topics = {part.topic_id for stage in call.stages for part in stage.topic_stages}
    if ask.data is not None and ask.data.topic_id is not None and ask.data.topic_id not in topics:
        yield Reason("no-such-topic", "The call has no such topic.", "/topic_id", "sender")


QUESTION = Workflow(
    "question",
    QuestionState,
    final={PUBLISHED, DISMISSED},
    transitions=(
        Transition("ask", set(), ASKED, signed_in, "Ask about the call or a topic of it.",
                   guards=(call_is_out, in_time, about_the_call), effects=(effects.take_in,),
                   data=AskQuestion, under="call", needs=("stages.topic_stages",)),
        Transition("answer", {ASKED, ANSWERED}, ANSWERED, office,
                   "Write an answer, or write it anew; it explains and never changes the text (T-07).",
                   effects=(effects.keep_answer,), data=GiveAnswer),
        Transition("publish", {ANSWERED}, PUBLISHED, office,
                   "Publish question and answer under the next number; never who asked.",
                   effects=(effects.number, effects.add_version, effects.tell_asker), needs=("versions",)),
        Transition("replace", {PUBLISHED}, None, office, "Publish another version; all stay readable.",
                   effects=(effects.keep_answer, effects.add_version), data=GiveAnswer,
                   needs=("versions",)),
        Transition("dismiss", {ASKED, ANSWERED}, DISMISSED, office,
                   "Give no answer; whoever asked is told why, and nobody else.",
                   effects=(effects.keep_reason, effects.tell_asker), data=Dismiss),
    ),
)  # fmt: skip
