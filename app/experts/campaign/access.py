"""Who sees whom a campaign invites: the office alone."""

from app.experts.campaign.models import Campaign, ExpertInvitation
from app.people.access import office
from app.workflow.sight import Sight
from app.workflow.who import named

bearer = named("bearer", "the bearer of the invitation")
SIGHTS = {Campaign: Sight((office,)), ExpertInvitation: Sight((office,))}
