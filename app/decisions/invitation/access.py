"""Who sees an invitation: those who run the process, and from its day on both sides, no other (C-09)."""

from sqlalchemy import select

from app.consortia.access import within
from app.consortia.industry.access import industry_lead_of, industry_of
from app.decisions.invitation.models import HOLDING, Invitation
from app.people.access import auditor, office
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation

_sides = within(Invitation.consortium_id)
coordinator, deputy_contact, author, partner = _sides
industry_lead = relation(
    "industry_lead",
    "the lead of the topic's industry consortium",
    lambda actor: industry_lead_of(Invitation.topic_id, actor),
    own=True,
)
industry = relation(
    "industry",
    "the topic's industry consortium",
    lambda actor: industry_of(Invitation.topic_id, actor),
    own=True,
)
_held = select(Invitation.id).where(Invitation.proposal_id == Proposal.id, Invitation.state.in_(HOLDING))
industry_partner = relation(
    "industry_partner",
    "the topic's industry consortium, once it is invited",
    lambda actor: _held.where(industry_of(Invitation.topic_id, actor)).correlate(Proposal).exists(),
    own=True,
)
"""Gives industry sight of the invited short proposal; not of one whose invitation has come to nothing."""

SIGHTS = {Invitation: Sight((office, auditor, *_sides, industry_lead, industry), topic=Invitation.topic_id)}
