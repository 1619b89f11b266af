"""Who sees a request for a review: who filed it, those who handle it and never applied, its committee."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from app.consortia.access import apart, within
from app.decisions.redress.models import Redress, RedressMember, RedressState
from app.evaluation.summary.access import SHOWN
from app.evaluation.summary.models import Summary
from app.people.access import auditor, office, signatory
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

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
