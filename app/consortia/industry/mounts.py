"""How a topic's industry consortium stands on the wire."""

from uuid import UUID

from app.consortia.industry.access import fellow
from app.consortia.industry.models import IndustryMember
from app.consortia.industry.schemas import IndustryMemberItem, IndustryMemberRead
from app.consortia.industry.workflow import INDUSTRY_MEMBER
from app.people.access import auditor, office
from app.workflow.mounted import Filter, Mounted

readers = office | auditor | fellow

INDUSTRY_MEMBERS = Mounted(
    INDUSTRY_MEMBER,
    IndustryMember,
    "industry_members",
    views=((readers, IndustryMemberRead),),
    items=((readers, IndustryMemberItem),),
    needs=("organisation",),
    filters={"topic_id": Filter(UUID, lambda actor, key: IndustryMember.topic_id == key)},
)
