"""What the rows of a screening bring about."""

from app.topics.screening.models import Screening
from app.workflow.run import Act


async def judge(screening: Screening, act: Act) -> None:
    """Of which idea it is, and by whom."""
    assert act.actor.id is not None
    screening.topic, screening.account_id = act.parent, act.actor.id
