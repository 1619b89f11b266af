"""How invitations to the second stage stand on the wire."""

from uuid import UUID

from app.calls.models import TopicStage
from app.decisions.invitation.access import (
    author,
    coordinator,
    deputy_contact,
    industry,
    industry_lead,
    partner,
)
from app.decisions.invitation.models import Invitation
from app.decisions.invitation.schemas import InvitationItem, InvitationRead
from app.decisions.invitation.workflow import INVITATION, TELL
from app.people.access import auditor, office
from app.workflow.mounted import Filter, Mounted

readers = office | auditor | coordinator | deputy_contact | author | partner | industry_lead | industry

INVITATIONS = Mounted(
    INVITATION,
    Invitation,
    "invitations",
    views=((readers, InvitationRead),),
    items=((readers, InvitationItem),),
    needs=TELL,
    root=(TopicStage, Invitation.topic_stage_id),
    filters={"topic_id": Filter(UUID, lambda actor, key: Invitation.topic_id == key)},
)
