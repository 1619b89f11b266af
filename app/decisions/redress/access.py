"""Who sees a request for a review: who filed it, those who handle it and never applied, its committee."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.committee.models import Ballot, Motion, MotionTopic
from app.consortia.access import apart, applied, within
from app.decisions.redress.models import Redress, RedressMember, RedressState
from app.evaluation.summary.access import SHOWN
from app.evaluation.summary.models import Summary
from app.experts.conflicts.access import impartial as partial_to_nothing
from app.people.access import auditor, office, signatory
from app.proposals.models import Proposal
from app.topics.models import Topic
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

FUNDING = "fund_redress"
"""The purpose of a motion on what an upheld request comes to where the money is spent."""
ON_PROPOSALS = ("adopt_list", "return_list", "invite_next", "raise_envelope", "move_budget", FUNDING)
"""What of a topic's proposals, or of their money, is voted on."""
WEIGHED = (RedressState.ADMITTED, RedressState.RECOMMENDED)
"""Where its committee reads the file."""
coordinator, deputy_contact, *_ = within(Redress.consortium_id)
applicant = coordinator | deputy_contact


def _sits(actor: Actor, *, declared: bool) -> ColumnElement[bool]:
    mine = exists().where(RedressMember.redress_id == Redress.id, RedressMember.account_id == actor.id)
    has = RedressMember.declared_at.is_not(None) if declared else RedressMember.declared_at.is_(None)
    return mine.where(RedressMember.out_for.is_(None), has)


named_member = relation(
    "named_member", "who is named to its committee", lambda actor: _sits(actor, declared=False)
)
redress_member = relation(
    "redress_member", "a member of its committee", lambda actor: _sits(actor, declared=True)
)


def _weighs(actor: Actor, proposal_id: Any) -> ColumnElement[bool]:
    """The actor is on a committee that weighs a review of the proposal in this column."""
    here = select(Redress.id).where(Redress.proposal_id == proposal_id, Redress.state.in_(WEIGHED))
    return here.where(_sits(actor, declared=True).correlate(Redress)).exists()


reads_proposal = relation(
    "reader", "a member of its redress committee", lambda actor: _weighs(actor, Proposal.id)
)
"""Gives a committee sight of the proposal as it was handed in."""
reads_summary = relation(
    "decider",
    "a member of its redress committee",
    lambda actor: and_(Summary.state.in_(SHOWN), _weighs(actor, Summary.proposal_id)),
)
"""And of the summary report that is contested."""

# Once, so that the statement stays the same.
_topic, _voted = aliased(Topic), aliased(Motion)


def competes(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor has ever applied on the topic in this column, or left a vote on its list by an interest.

    Results that are out end neither: it is the same money. Conflicts on record are asked for elsewhere.
    """
    left = select(Ballot.id).join(_voted, _voted.id == Ballot.motion_id)
    mine = left.where(Ballot.account_id == actor.id, Ballot.ground == "interest")
    of_topic = mine.where(_voted.topic_id == topic, _voted.purpose.in_(ON_PROPOSALS))
    return or_(applied(actor, topic), of_topic.exists())


def competed_on(actor: Actor) -> ColumnElement[bool]:
    """The motion is about a review on a topic, or on money of one, for which the actor competes.

    They read nothing of it, as of a vote on a list that is not released.
    """
    further = select(MotionTopic.topic_id).where(MotionTopic.motion_id == Motion.id).correlate(Motion)
    about = or_(_topic.id == Motion.topic_id, _topic.id.in_(further))
    theirs = select(_topic.id).where(about, competes(actor, _topic.id)).correlate(Motion)
    return and_(Motion.purpose == FUNDING, theirs.exists())


def _applied_nowhere(actor: Actor) -> ColumnElement[bool] | None:
    impartial = partial_to_nothing.predicate(actor)
    if impartial is None:
        return None
    return and_(impartial, not_(select(_topic.id).where(competes(actor, _topic.id)).exists()))


impartial = relation("impartial", partial_to_nothing.label, _applied_nowhere, sees=False)
"""The same of whoever conducts a session, and has never applied: a refusal would tell of a vote on a review.

It asks for any topic: for those under review alone it would tell of the review.
"""

SIGHTS = {
    Redress: Sight(
        (
            coordinator,
            deputy_contact,
            *(apart(role, Redress.topic_id) for role in (office, auditor, signatory)),
            named_member,
            redress_member,
        ),
        topic=Redress.topic_id,
    )
}
