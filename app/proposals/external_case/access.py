"""Who sees a case: those who run the process, auditors, and who is named to it while it is open."""

from sqlalchemy import and_, select

from app.people.access import auditor, office
from app.proposals.external_case.models import ExternalCase, ExternalCaseState
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation

_open = ExternalCase.state == ExternalCaseState.OPEN
named_auditor = relation(
    "named_auditor",
    "the auditor named to it",
    lambda actor: and_(ExternalCase.auditor_id == actor.id, _open),
)
_of_file = select(ExternalCase.id).where(ExternalCase.proposal_id == Proposal.id, _open)
reads_proposal = relation(
    "auditor",
    "the auditor named to a case about it",
    lambda actor: _of_file.where(ExternalCase.auditor_id == actor.id).correlate(Proposal).exists(),
)
"""Gives who is named to an open case the sight that auditors have, of this proposal alone."""

SIGHTS = {ExternalCase: Sight((office, auditor, named_auditor), topic=ExternalCase.topic_id)}
