"""What the rows of a screening bring about."""

from app.topics.screening.models import Screening
from app.workflow.run import Act


async def judge(screening: Screening, act: Act) -> None:
    """Of which idea it is, and by whom."""
    assert act.actor.id is not None
    screening.topic, screening.account_id = act.parent, act.actor.id
    await of_this_version(screening, act)


async def of_this_version(screening: Screening, act: Act) -> None:
    """Its proposer may change the idea until the vote."""
    screening.of_version = screening.topic.version
