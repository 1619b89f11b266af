"""What the rows of employments and collaborations bring about."""

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.queries import standing
from app.experts.facts.models import Collaboration, Employment
from app.workflow.rows import look
from app.workflow.run import Act

Fact = Employment | Collaboration


async def of_expert(fact: Fact, act: Act) -> None:
    fact.expert = act.parent


async def organisation_known(fact: Fact, act: Act) -> None:
    """It stands in the register, and was not merged into another. Raises NotFound or Unmet."""
    if act.data.organisation_id is not None:
        await look(act.session, Organisation, act.data.organisation_id, act.actor)
        await standing(act.session, act.data.organisation_id, "/body/organisation_id")


async def follow(fact: Fact, act: Act) -> None:
    """The organisation is the one that it was merged into."""
    act.note(merged=str(fact.organisation_id))
    fact.organisation = act.parent
