"""What follows for a corrigendum, and the topic it changes, from the committee's votes."""

from uuid import UUID

from app.committee.models import Motion
from app.core.errors import NotFound
from app.core.reason import Reason
from app.people.access import office
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.corrigenda.workflow import CORRIGENDUM, FROZEN
from app.topics.models import Topic
from app.topics.reactions import recuse_writers
from app.topics.schemas import Text
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all, look
from app.workflow.run import Act, fire, refuse

PURPOSE = "adopt_corrigendum"
TOLD = "A motion to adopt a corrigendum names one that is drafted, of a topic that is not closed."


async def frame_corrigendum_motion(motion: Motion, act: Act) -> None:
    """Frame: the motion names a drafted corrigendum; applicants of the topic are out of it (T-07)."""
    if motion.purpose != PURPOSE:
        return
    found = await _run_by(act, motion.subject_id)
    if found is None or found.state != CorrigendumState.DRAFTED or found.topic.state not in FROZEN:
        raise _refused(act, found)
    motion.topic_id = found.topic_id


async def _run_by(act: Act, key: UUID) -> Corrigendum | None:
    """The corrigendum, if the actor has an officer's part in it; to others it is not there."""
    try:
        found, held = await look(act.session, Corrigendum, key, act.actor, ["topic"])
    except NotFound:
        return None
    return found if office(held) else None


def _refused(act: Act, found: Corrigendum | None) -> Exception:
    reason = Reason("not-a-drafted-corrigendum", TOLD, "/subject_id", "office")
    return refuse(CORRIGENDUM, "adopt", found, act, [reason])


async def open_vote_on_corrigendum(motion: Motion, act: Act) -> None:
    """Reaction to `put_to_vote`: it rests from now on, and who wrote the text counts in no quorum."""
    if motion.purpose != PURPOSE:
        return
    topic, corrigendum = await _locked(motion, act)
    if corrigendum.state != CorrigendumState.DRAFTED or topic.state not in FROZEN:
        raise _refused(act, corrigendum)
    await recuse_writers(motion, [topic.id], act)


async def _locked(motion: Motion, act: Act) -> tuple[Topic, Corrigendum]:
    """The topic first: all who change its text lock in this order."""
    (topic,) = await lock_all(act.session, Topic, [motion.topic_id] if motion.topic_id else [])
    (corrigendum,) = await lock_all(act.session, Corrigendum, [motion.subject_id])
    return topic, corrigendum


async def correct_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `adopt`: the text changes, as a new numbered version; the former is kept (T-07)."""
    if motion.purpose != PURPOSE:
        return
    topic, corrigendum = await _locked(motion, act)
    changes = Text.model_validate(corrigendum.changes)
    # The text first: what follows from the corrigendum finds it changed.
    await fire(TOPIC, "correct", topic, act.given(changes))
    await fire(CORRIGENDUM, "adopt", corrigendum, act)


async def drop_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `reject`: the text stays as it is."""
    if motion.purpose == PURPOSE:
        _, corrigendum = await _locked(motion, act)
        await fire(CORRIGENDUM, "reject", corrigendum, act)
