"""What follows for employments and collaborations from the register of organisations."""

from typing import Any

from sqlalchemy import select

from app.consortia.organisations.models import Organisation
from app.experts.facts.models import Collaboration, Employment, FactState
from app.experts.facts.workflow import COLLABORATION, EMPLOYMENT
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all
from app.workflow.table import Workflow


async def follow_the_merge(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: what names it names the one that stays."""
    facts: tuple[tuple[Workflow, type[Any]], ...] = (
        (EMPLOYMENT, Employment),
        (COLLABORATION, Collaboration),
    )
    for table, model in facts:
        here = select(model.id).where(model.organisation_id == merged.id, model.state == FactState.STATED)
        found = await lock_all(act.session, model, await act.session.scalars(here))
        await fire_all(table, "follow_merge", found, act.given(None, merged.merged_into))
