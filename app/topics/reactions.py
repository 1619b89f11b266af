"""What follows for a topic from the committee's votes."""

from sqlalchemy import select

from app.committee.models import Ballot, Motion
from app.core.reason import Reason
from app.topics.co_authors.queries import writers
from app.topics.effects import tell_proposer
from app.topics.models import Topic, TopicState
from app.topics.opinions.queries import opinions_on, told
from app.topics.programme import programme
from app.topics.rules import without_opinion
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, refuse

ASKS = {
    "screen_idea": (TopicState.IDEA, "not-an-idea", "A motion to screen an idea names an idea."),
    "adopt_topic": (
        TopicState.FINAL_DRAFT,
        "not-a-final-draft",
        "A motion to adopt a topic names a topic that is a final draft.",
    ),
}
"""By purpose: the state that a motion on a topic finds it in, and what is said of any other."""
TAKEN_UP = "It is taken up: the programme office drafts a topic from it."
TURNED_DOWN = "It is not taken up."


async def frame_topic_motion(motion: Motion, act: Act) -> None:
    """Frame: a motion to adopt names a final draft, one to screen an idea (T-02, T-06)."""
    if motion.purpose in ASKS:
        topic = _as_asked(motion, await act.session.get(Topic, motion.subject_id), act)
        motion.topic_id = motion.subject_id
        await _lay_opinions_beside(motion, topic, act)


async def open_vote_on_topic(motion: Motion, act: Act) -> None:
    """Reaction to `put_to_vote`: the text rests from now on, and who proposed it counts in no quorum."""
    if motion.purpose not in ASKS:
        return
    (topic,) = await lock_all(act.session, Topic, [motion.subject_id])
    _as_asked(motion, topic, act)
    await _lay_opinions_beside(motion, topic, act)
    await recuse_writers(motion, topic, act)


async def recuse_writers(motion: Motion, topic: Topic, act: Act) -> None:
    """Who proposed the idea or has written its draft does not vote on it."""
    wrote = await writers(act.session, topic.id)
    for ballot in await act.session.scalars(select(Ballot).where(Ballot.motion_id == motion.id)):
        if ballot.account_id == topic.proposed_by:
            ballot.recused = "Proposed the idea."
        elif ballot.account_id in wrote:
            ballot.recused = "Has written the draft."


async def _lay_opinions_beside(motion: Motion, topic: Topic, act: Act) -> None:
    """The opinions that the programme wants must be there; whatever they say is told with the motion."""
    if motion.purpose != "adopt_topic":
        return
    given = await opinions_on(act.session, topic.id)
    names = [name for name, _ in given]
    if reasons := list(without_opinion(names, programme().opinions.required)):
        raise refuse(TOPIC, motion.purpose, topic, act, reasons)
    motion.annexes = [told(name, opinion) for name, opinion in given]


def _as_asked(motion: Motion, topic: Topic | None, act: Act) -> Topic:
    state, code, words = ASKS[motion.purpose]
    if topic is None or topic.state != state:
        raise refuse(TOPIC, motion.purpose, topic, act, [Reason(code, words, "/subject_id", "office")])
    return topic


async def adopt_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `adopt`: the vote adopts the text, which is frozen from then on (T-06, T-07)."""
    if motion.purpose == "adopt_topic":
        (topic,) = await lock_all(act.session, Topic, [motion.subject_id])
        await fire(TOPIC, "adopt", topic, act)


async def take_up_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `adopt`: the office drafts the idea, and its proposer is told (T-02)."""
    await _screen(motion, "take_up", TAKEN_UP, act)


async def turn_down_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `reject`: the idea ends here, and its proposer is told (T-02)."""
    await _screen(motion, "turn_down", TURNED_DOWN, act)


async def _screen(motion: Motion, row: str, outcome: str, act: Act) -> None:
    if motion.purpose == "screen_idea":
        (topic,) = await lock_all(act.session, Topic, [motion.subject_id])
        await fire(TOPIC, row, topic, act)
        await tell_proposer(topic, motion, outcome, act)
