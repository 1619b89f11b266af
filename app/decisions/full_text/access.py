"""Who has asked for the text of a proposal, and reads it from then on."""

from sqlalchemy import exists

from app.decisions.full_text.models import FullTextRequest
from app.evaluation.panel.access import SITTING
from app.people.access import auditor, office
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation

asker = relation(
    "asker",
    "the member who has asked",
    lambda actor: FullTextRequest.account_id == actor.id if actor.roles & SITTING else None,
)
reads_proposal = relation(
    "reader",
    "a member of the committee who has asked for its text",
    lambda actor: (
        exists().where(FullTextRequest.proposal_id == Proposal.id, FullTextRequest.account_id == actor.id)
        if actor.roles & SITTING
        else None
    ),
)

SIGHTS = {FullTextRequest: Sight((office, auditor, asker), topic=FullTextRequest.topic_id)}
