"""Who sees a grant: those who prepare and sign it, the auditor, and the people of its consortium."""

from sqlalchemy import select

from app.consortia.access import within
from app.experts.conflicts.access import uninvolved_in
from app.grants.models import Grant
from app.people.access import auditor, office, signatory
from app.proposals.models import Proposal
from app.workflow.sight import Sight

_consortium = select(Proposal.consortium_id).where(Proposal.id == Grant.proposal_id).correlate(Grant)

uninvolved = uninvolved_in(lambda: Grant.proposal_id)

SIGHTS = {Grant: Sight((office, signatory, auditor, uninvolved, *within(_consortium.scalar_subquery())))}
