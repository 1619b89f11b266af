"""What a merge sets off among organisations themselves."""

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.workflow import ORGANISATION
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all


async def hand_over(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: its names, and those merged into it, go to the other."""
    into = merged.merged_into
    assert into is not None  # a merge has named it
    await fire(ORGANISATION, "take_names", into, act.given(None, merged))
    earlier = await lock_all(act.session, Organisation, [one.id for one in merged.merged_from])
    await fire_all(ORGANISATION, "follow_merge", earlier, act.given(None, into))
