"""How notices of partner search stand on the wire."""

from uuid import UUID

from sqlalchemy import exists

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.mounts import Code
from app.consortia.search.access import author, reader
from app.consortia.search.models import PartnerSearch, Seeks
from app.consortia.search.schemas import SearchItem, SearchRead
from app.consortia.search.workflow import PARTNER_SEARCH
from app.people.access import office
from app.workflow.mounted import Filter, Mounted

who = author | reader | office

PARTNER_SEARCHES = Mounted(
    PARTNER_SEARCH,
    PartnerSearch,
    "partner_searches",
    views=((who, SearchRead),),
    items=((who, SearchItem),),
    needs=("organisation", "topic_stage.stage"),
    filters={
        "topic_id": Filter(UUID, lambda actor, key: PartnerSearch.topic_id == key),
        "kind": Filter(Seeks, lambda actor, kind: PartnerSearch.kind == kind),
        "country": Filter(
            Code,
            lambda actor, code: exists().where(
                Organisation.id == PartnerSearch.organisation_id, Organisation.country == code
            ),
        ),
    },
)
