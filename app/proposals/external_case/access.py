"""Who sees a case: those who run the process, auditors, and who is named to it while it is open.

Nobody of them who has ever applied on the topic, whosever the proposal is that it is about.
"""

from sqlalchemy import ColumnElement, and_, not_, select

from app.consortia.access import apart, applied
from app.people.access import auditor, office
from app.proposals.external_case.models import ExternalCase, ExternalCaseState
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

_open = ExternalCase.state == ExternalCaseState.OPEN
named_auditor = relation(
    "named_auditor",
    "the auditor named to it",
    lambda actor: and_(
        ExternalCase.auditor_id == actor.id, _open, not_(applied(actor, ExternalCase.topic_id))
    ),
)


def _may_read(actor: Actor) -> ColumnElement[bool]:
    named = (ExternalCase.auditor_id == actor.id, not_(applied(actor, ExternalCase.topic_id)))
    of_file = select(ExternalCase.id).where(ExternalCase.proposal_id == Proposal.id, _open)
    return of_file.where(*named).correlate(Proposal).exists()


reads_proposal = relation(
    "auditor",
    "the auditor named to a case about it",
    _may_read,
)
"""Gives who is named to an open case the sight that auditors have, of this proposal alone."""

SIGHTS = {
    ExternalCase: Sight(
        (*(apart(role, ExternalCase.topic_id) for role in (office, auditor)), named_auditor),
        topic=ExternalCase.topic_id,
    )
}
