"""The tables of a consultation: the round, the bodies invited to it, the comments."""

from collections.abc import Iterable
from datetime import timedelta

from app.core.reason import Reason
from app.people.access import office
from app.topics.attachments import Attach
from app.topics.consultation import effects
from app.topics.consultation.access import author, consulted, spokesperson
from app.topics.consultation.models import (
    Comment,
    CommentState,
    Consultation,
    ConsultationState,
    ConsultedBody,
    ConsultedBodyState,
)
from app.topics.consultation.schemas import Answer, Decline, Give, InviteBody, OpenRound, Reschedule
from app.topics.models import Topic, TopicState
from app.topics.programme import programme
from app.topics.workflow import no_round_open
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
OPEN, CLOSED = ConsultationState.OPEN, ConsultationState.CLOSED
INVITED, DECLINED = ConsultedBodyState.INVITED, ConsultedBodyState.DECLINED
GIVEN, ANSWERED = CommentState.GIVEN, CommentState.ANSWERED


def on_a_draft(topic: Topic, ask: Ask) -> Why:
    if topic.state not in (TopicState.DRAFTING, TopicState.CONSULTATION):
        yield Reason("not-a-draft", "A consultation is about a draft that is worked on.", who="office")


def closes_later(topic: Topic, ask: Ask) -> Why:
    if ask.data is None:
        return
    if ask.data.closes_at <= ask.now:
        yield Reason("in-the-past", "A round closes in the future.", "/body/closes_at", "sender")
    if ask.data.opens_at is not None:
        if ask.data.opens_at < ask.now:
            yield Reason("in-the-past", "A round opens now or in the future.", "/body/opens_at", "sender")
        if ask.data.opens_at >= ask.data.closes_at:
            yield Reason("closes-first", "A round closes after it opens.", "/body/closes_at", "sender")


def round_open(consultation: Consultation, ask: Ask) -> Why:
    if consultation.state != OPEN:
        yield Reason("round-closed", "The round is closed.")


def in_time(consultation: Consultation, ask: Ask) -> Why:
    if ask.now > consultation.closes_at:
        yield Reason("too-late", "The time for comments is over.")


def begun(consultation: Consultation, ask: Ask) -> Why:
    if ask.now < consultation.opens_at:
        yield Reason("too-early", "The time for comments has not begun.")


def time_over(consultation: Consultation, ask: Ask) -> Why:
    """Whoever is asked has the time that they were told."""
    if ask.now <= consultation.closes_at:
        yield Reason("too-soon", "The time for comments is not over.", "/closes_at")


def notice_kept(consultation: Consultation, ask: Ask) -> Why:
    """A round ends later, or after so many days that those who are asked can still answer."""
    if ask.data is None:
        return
    days = programme().rounds.notice_days
    least = min(consultation.closes_at, ask.now + timedelta(days=days))
    if ask.data.closes_at < max(least, ask.now):
        told = f"A round that is made shorter takes comments for {days} more days at least."
        yield Reason("too-soon", told, "/body/closes_at", "sender")
    if ask.data.closes_at <= consultation.opens_at:
        yield Reason("closes-first", "A round closes after it opens.", "/body/closes_at", "sender")


def every_comment_answered(consultation: Consultation, ask: Ask) -> Why:
    for comment in consultation.unanswered:
        told = f"A comment on “{comment.about}” has no answer."
        yield Reason("comment-unanswered", told, f"/comments/{comment.id}", "office")


def its_round_open(one: ConsultedBody | Comment, ask: Ask) -> Why:
    yield from round_open(one.consultation, ask)


def its_round_in_time(one: Comment, ask: Ask) -> Why:
    yield from in_time(one.consultation, ask)


def nothing_said(body: ConsultedBody, ask: Ask) -> Why:
    if body.has_commented:
        yield Reason("has-commented", "The body has given a comment.")


CONSULTATION = Workflow(
    "consultation",
    ConsultationState,
    final={CLOSED},
    transitions=(
        Transition("open", set(), OPEN, office, "Open a round on the draft, with its closing time (T-05).",
                   guards=(on_a_draft, no_round_open, closes_later), effects=(fill, effects.open_now),
                   data=OpenRound, under="topic", needs=("rounds",)),
        Transition("reschedule", {OPEN}, None, office, "Let it end at another time, and tell those it asks.",
                   guards=(notice_kept,), effects=(effects.move_the_end,), data=Reschedule,
                   needs=("topic", "bodies")),
        Transition("close", {OPEN}, CLOSED, office, "Close the round; every comment has its answer.",
                   guards=(time_over, every_comment_answered), needs=("unanswered",)),
    ),
)  # fmt: skip

CONSULTED_BODY = Workflow(
    "consulted_body",
    ConsultedBodyState,
    final={DECLINED},
    title="consulted body",
    transitions=(
        Transition("invite", set(), INVITED, office, "Ask a body for its comments (T-05).",
                   guards=(round_open, in_time), effects=(fill, effects.ask), data=InviteBody,
                   under="consultation", needs=("topic",)),
        Transition("decline", {INVITED}, DECLINED, spokesperson, "Have nothing to say, with the reason.",
                   guards=(its_round_open, nothing_said), effects=(fill,), data=Decline,
                   needs=("consultation",)),
    ),
)  # fmt: skip

COMMENT = Workflow(
    "comment",
    CommentState,
    final={ANSWERED},
    transitions=(
        Transition("give", set(), GIVEN, consulted, "Comment on the draft (T-05).",
                   guards=(round_open, begun, in_time), effects=(fill, effects.place), data=Give,
                   under="consultation", needs=("bodies",)),
        Transition("attach", {GIVEN}, None, author, "Attach a PDF to it, while comments are taken.",
                   guards=(its_round_open, its_round_in_time), effects=(fill,), data=Attach,
                   needs=("consultation",), custom_route=True),
        Transition("answer", {GIVEN, ANSWERED}, ANSWERED, office,
                   "Answer it, or answer otherwise until the round is closed.", guards=(its_round_open,),
                   effects=(fill,), data=Answer, needs=("consultation",)),
    ),
)  # fmt: skip
