"""What follows for notices of partner search."""

from sqlalchemy import select

from app.consortia.organisations.models import Organisation
from app.consortia.search.models import PartnerSearch
from app.consortia.search.workflow import PARTNER_SEARCH
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all


async def follow_the_merge(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: its notices are those of the one that stays."""
    keys = await act.session.scalars(
        select(PartnerSearch.id).where(PartnerSearch.organisation_id == merged.id)
    )
    notices = await lock_all(act.session, PartnerSearch, keys)
    await fire_all(PARTNER_SEARCH, "follow_merge", notices, act.given(None, merged.merged_into))
