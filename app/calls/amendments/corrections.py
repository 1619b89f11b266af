"""What a corrigendum of a topic's text brings about in the published call that the topic is in (T-07)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from app.calls.amendments.effects import corrected, no_time
from app.calls.amendments.models import Amendment
from app.calls.amendments.reactions import give_time
from app.calls.amendments.workflow import AMENDMENT
from app.calls.models import LEFT, LIVE, Call, CallState, Stage, TopicStage
from app.committee.models import Motion
from app.core.reason import Reason
from app.topics.corrigenda.models import Corrigendum
from app.topics.corrigenda.reactions import PURPOSE
from app.topics.corrigenda.workflow import CORRIGENDUM
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, create, refuse

ALIVE = (CallState.PREPARING, CallState.ADOPTED, *LIVE)


def _with_topic(topic_id: UUID | None, states: Sequence[CallState]) -> Select[UUID]:
    """The calls in these states that the topic is in."""
    parts = select(Stage.call_id).join(TopicStage)
    here = parts.where(TopicStage.topic_id == topic_id, TopicStage.state.not_in(LEFT))
    return select(Call.id).where(Call.id.in_(here), Call.state.in_(states))


def _touched(corrigendum: Corrigendum) -> list[str]:
    return [] if corrigendum.touches == "none" else [corrigendum.touches]


def _not_in_time(call: Call, corrigendum: Corrigendum, act: Act) -> None:
    """Raises Unmet if applicants could not be given the time that it needs."""
    found = no_time(call, _touched(corrigendum), None, act.now)
    if reasons := [Reason(one.code, one.text, "/subject_id", one.who) for one in found]:
        raise refuse(CORRIGENDUM, "adopt", corrigendum, act, reasons)


async def frame_correction(motion: Motion, act: Act) -> None:
    """Frame, and reaction to `put_to_vote`: of a topic in an open call what counts is changed with time."""
    if motion.purpose != PURPOSE:
        return
    corrigendum = await act.session.get_one(Corrigendum, motion.subject_id)
    wanted = select(Call).where(Call.id.in_(_with_topic(corrigendum.topic_id, LIVE)))
    for call in await act.session.scalars(wanted.options(*loading(Call, ["stages"]))):
        _not_in_time(call, corrigendum, act)


async def lock_calls(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`, before the topic is locked: who locks both locks calls first.

    Those in preparation, too: one of them may be published meanwhile.
    """
    if motion.purpose == PURPOSE:
        await lock_all(act.session, Call, await act.session.scalars(_with_topic(motion.topic_id, ALIVE)))


async def amend_call(corrigendum: Corrigendum, act: Act) -> None:
    """Reaction to `adopt`: it is an amendment of the call, and gives applicants the time that it needs."""
    keys = await act.session.scalars(_with_topic(corrigendum.topic_id, LIVE))
    for call in await lock_all(act.session, Call, keys, ["stages"]):
        _not_in_time(call, corrigendum, act)
        facts = corrected(call, _touched(corrigendum), None, act.now) | {"topic_id": corrigendum.topic_id}
        amendment = Amendment(kind="corrigendum", reason=corrigendum.note, **facts)
        await give_time(amendment, act)
        await create(AMENDMENT, "publish", amendment, act.given(None, call))
