"""Who reads a summary report: those who run the evaluation or watch it, the committee, applicants at last."""

from sqlalchemy import ColumnElement, and_, exists

from app.consortia.access import among
from app.evaluation.panel.access import SITTING
from app.evaluation.panel.room.access import watches
from app.evaluation.summary.models import Summary, SummaryState
from app.people.access import auditor, office
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

SHOWN = (SummaryState.CLEARED, SummaryState.RELEASED, SummaryState.WITHHELD)
"""Where nothing is left in it that may tell who evaluated."""


def _of_its_consortium(actor: Actor) -> ColumnElement[bool]:
    """Never before the release, and never of what goes on to the next stage (V-23)."""
    its = and_(Proposal.id == Summary.proposal_id, among(Proposal.consortium_id, actor))
    return and_(Summary.state == SummaryState.RELEASED, exists().where(its))


decider = relation(
    "decider",
    "a member of the committee, of what is above the thresholds",
    lambda actor: and_(Summary.above, Summary.state.in_(SHOWN)) if actor.roles & SITTING else None,
)


def _watched(actor: Actor) -> ColumnElement[bool] | None:
    watched = watches(actor, Summary.panel_id)
    return None if watched is None else and_(Summary.state.in_(SHOWN), watched)


watching = relation("watching", "the observer", _watched)
applicant = relation(
    "applicant", "the proposal's consortium, once it is released", _of_its_consortium, own=True
)

SIGHTS = {Summary: Sight((office, auditor, watching, decider, applicant), topic=Summary.topic_id)}
