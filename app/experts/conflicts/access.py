"""Who reads conflicts of interest, and what one takes from those who run the process or decide."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import LEFT, TopicStage, TopicStageState
from app.committee.models import Ballot, Motion
from app.consortia.access import ever_among
from app.experts.conflicts.models import STANDING, Conflict, Identity
from app.people.access import office, signatory
from app.proposals.access import RUN_OR_DECIDE, goes_on, interest
from app.proposals.models import Proposal
from app.topics.models import Topic
from app.workflow.sight import Relation, Sight, relation
from app.workflow.who import Actor

RUN_OR_SIGN = office.names | signatory.names


def partial_to(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor applies for the topic in this column, or has a conflict that stands with a proposal on it,
    or was taken out of a vote on its list or its money whose results are not released.

    Of experts a conflict takes single proposals, by their seats; of all others, who see topics and calls,
    the whole topic.
    """
    theirs = select(Conflict.topic_id).where(
        Conflict.account_id == actor.id, Conflict.expert_id.is_(None), Conflict.state.in_(STANDING)
    )
    found = or_(topic.in_(theirs.correlate(None)), topic.in_(_taken_out(actor)))
    return or_(interest(actor, topic), and_(topic.is_not(None), found))


_part = aliased(TopicStage)  # once, so that the statement stays the same
_goes_on = goes_on(_part)


def _taken_out(actor: Actor) -> Select[Any]:
    """The topics in a stage, not released yet, whose vote the actor has left by an interest of their own.

    Declared by them or found by two others, no data tell of it; so nothing else would keep them out. Of two
    stages, until the results of the second: whose interest it is may be invited to it.
    """
    out = (Ballot.account_id == actor.id, Ballot.ground == "interest")
    mine = select(_part.topic_id).join(Motion, _part.id.in_((Motion.subject_id, Motion.target_id)))
    mine = mine.join(Ballot, Ballot.motion_id == Motion.id)
    open_ = and_(_part.state.not_in(LEFT), or_(_part.state != TopicStageState.RELEASED, _goes_on))
    return mine.where(*out, open_).correlate(None)


_applied = aliased(Proposal)  # once: an alias made anew for each request takes longer than its statement


def uninvolved_in(proposal_id: Callable[[], Any]) -> Relation:
    """Parts those who run the process from whoever is, or was, of the consortium of the proposal that a row
    is about, or has a conflict with it that stands: at no time does one act on what is one's own.

    An interest in the topic ends with the release; this does not.
    """

    def held(actor: Actor) -> ColumnElement[bool] | None:
        if not actor.roles & RUN_OR_SIGN:
            return None
        here = proposal_id()
        own = exists().where(_applied.id == here, ever_among(_applied.consortium_id, actor))
        conflicting = exists().where(
            Conflict.account_id == actor.id, Conflict.proposal_id == here, Conflict.state.in_(STANDING)
        )
        return not_(or_(own.correlate_except(_applied), conflicting.correlate_except(Conflict)))

    return relation("uninvolved", "no part in the proposal", held, sees=False)


uninvolved = uninvolved_in(lambda: Proposal.id)


def _partial_to_nothing(actor: Actor) -> ColumnElement[bool] | None:
    if not actor.roles & RUN_OR_DECIDE:
        return None
    return not_(select(Topic.id).where(partial_to(actor, Topic.id)).exists())


impartial = relation("impartial", "no interest in any topic", _partial_to_nothing, sees=False)
"""Parts those who run or decide from whoever has an interest in any topic, where an act would tell of one."""

SIGHTS = {
    Conflict: Sight((office,), topic=Conflict.topic_id),
    Identity: Sight((office,), topic=Identity.topic_id),
}
