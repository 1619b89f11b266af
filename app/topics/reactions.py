"""What follows for a topic from the committee's votes."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, select

from app.committee.models import Ballot, Motion
from app.committee.workflow import MOTION
from app.core.reason import Reason
from app.topics.co_authors.queries import writers
from app.topics.effects import tell_proposer
from app.topics.models import Topic, TopicState
from app.topics.opinions.queries import opinions_on, told
from app.topics.programme import programme
from app.topics.rules import not_its_vote, not_second, without_opinion
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, refuse

ASKS = {
    "screen_idea": (TopicState.IDEA, "not-an-idea", "A motion to screen an idea names an idea."),
    "merge_idea": (TopicState.IDEA, "not-an-idea", "A motion to merge an idea names an idea."),
    "adopt_topic": (
        TopicState.FINAL_DRAFT,
        "not-a-final-draft",
        "A motion to adopt a topic names a topic that is a final draft.",
    ),
}
"""By purpose: the state that a motion on a topic finds it in, and what is said of any other."""
ABSORBING = (TopicState.IDEA, TopicState.DRAFTING)
TAKEN_UP = "It is taken up: the programme office drafts a topic from it."
TURNED_DOWN = "It is not taken up."
MERGED = "It is merged with another idea, or with a topic that is being drafted."
NOT_MERGED = "It is not merged with another; the committee has still to decide whether to take it up."


async def frame_for_its_body(motion: Motion, act: Act) -> None:
    """Frame: the programme says which kinds of body vote on what, and which takes over from them."""
    kind, purpose = motion.session.body.kind, motion.purpose
    if motion.referred_from_id is None:
        reasons = list(not_its_vote(kind, programme().voters[purpose]))
    else:
        reasons = list(not_second(kind, programme().seconds[purpose]))
    if reasons:
        raise refuse(MOTION, "prepare", motion, act, reasons)


async def frame_topic_motion(motion: Motion, act: Act) -> None:
    """Frame: a motion to adopt names a final draft, one to screen or merge an idea names one (T-02, T-06)."""
    if motion.purpose in ASKS:
        found = await act.session.scalars(select(Topic).where(Topic.id.in_(_named(motion))))
        topic = _as_asked(motion, {topic.id: topic for topic in found}, act)
        motion.topic_id = motion.subject_id
        await _lay_opinions_beside(motion, topic, act)


def _named(motion: Motion) -> list[UUID]:
    """The topics that a motion is about: its subject, and what that is to be merged into."""
    return [motion.subject_id] + ([motion.target_id] if motion.target_id else [])


def _as_asked(motion: Motion, topics: dict[UUID, Topic], act: Act) -> Topic:
    topic = topics.get(motion.subject_id)
    reasons = list(_otherwise(motion, topics))
    if topic is None or reasons:
        raise refuse(TOPIC, motion.purpose, topic, act, reasons)
    return topic


def _otherwise(motion: Motion, topics: dict[UUID, Topic]) -> Iterator[Reason]:
    state, code, told = ASKS[motion.purpose]
    topic = topics.get(motion.subject_id)
    if topic is None or topic.state != state:
        yield Reason(code, told, "/subject_id", "office")
    if motion.target_id is not None:
        target = topics.get(motion.target_id)
        if target is None or target is topic or target.state not in ABSORBING:
            told = "An idea is merged into another idea, or into a topic that is being drafted."
            yield Reason("no-target-to-merge-into", told, "/target_id", "office")


async def open_vote_on_topic(motion: Motion, act: Act) -> None:
    """Reaction to `put_to_vote`: the text rests from now on, and who proposed it counts in no quorum.

    So does who proposed what is merged into it, or is to be. One vote at a time is open on a topic.
    """
    if motion.purpose not in ASKS:
        return
    topics = {topic.id: topic for topic in await lock_all(act.session, Topic, _named(motion))}
    topic = _as_asked(motion, topics, act)
    others = select(Motion.id).where(Motion.subject_id == motion.subject_id, Motion.state == motion.state)
    if await act.session.scalar(others.where(Motion.id != motion.id).limit(1)):
        told = "The committee is voting on another motion on this text."
        raise refuse(TOPIC, motion.purpose, topic, act, [Reason("being-voted-on", told)])
    await _lay_opinions_beside(motion, topic, act)
    await recuse_writers(motion, _named(motion), act)


async def recuse_writers(motion: Motion, topics: list[UUID], act: Act) -> None:
    """Who proposed one of these topics, or what was merged into it, or has written its draft, is out."""
    proposed = set(await act.session.scalars(_proposers(topics)))
    wrote = {key for topic in topics for key in await writers(act.session, topic)}
    for ballot in await act.session.scalars(select(Ballot).where(Ballot.motion_id == motion.id)):
        if ballot.account_id in proposed:
            ballot.recused = "Proposed the idea."
        elif ballot.account_id in wrote:
            ballot.recused = "Has written the draft."


def _proposers(topics: list[UUID]) -> Select[UUID | None]:
    """Who proposed these topics, or ideas that were merged into them, however long ago."""
    lines = select(Topic.id).where(Topic.id.in_(topics)).cte(recursive=True)
    lines = lines.union(select(Topic.id).join(lines, Topic.merged_into_id == lines.c.id))
    return select(Topic.proposed_by).where(Topic.id.in_(select(lines.c.id)), Topic.proposed_by.is_not(None))


async def _lay_opinions_beside(motion: Motion, topic: Topic, act: Act) -> None:
    """The opinions that the programme wants must be there; whatever they say is told with the motion."""
    if motion.purpose != "adopt_topic":
        return
    given = await opinions_on(act.session, topic.id)
    names = [name for name, _ in given]
    if reasons := list(without_opinion(names, programme().opinions.required)):
        raise refuse(TOPIC, motion.purpose, topic, act, reasons)
    motion.annexes = [told(name, opinion) for name, opinion in given]


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


async def merge_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `adopt`: the idea ends in another or in a draft; both trails stay (T-02)."""
    if motion.purpose == "merge_idea":
        topics = {topic.id: topic for topic in await lock_all(act.session, Topic, _named(motion))}
        _as_asked(motion, topics, act)
        idea, target = (topics[key] for key in _named(motion))
        await fire(TOPIC, "merge", idea, replace(act, parent=target, notes={}))
        await fire(TOPIC, "absorb", target, replace(act, parent=idea, notes={}))
        await tell_proposer(idea, motion, MERGED, act)


async def keep_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `reject`: an idea that is not merged is still to be screened, and its proposer is told."""
    if motion.purpose == "merge_idea":
        (topic,) = await lock_all(act.session, Topic, [motion.subject_id])
        await tell_proposer(topic, motion, NOT_MERGED, act)
