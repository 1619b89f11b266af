"""What the rows of partner search bring about."""

from app.calls.models import TopicStage
from app.consortia.organisations.queries import standing
from app.consortia.search.models import PartnerSearch
from app.workflow.run import Act


async def publish(search: PartnerSearch, act: Act) -> None:
    """For the organisation that its author names and stands for, on a topic in the stage that is open."""
    part: TopicStage = act.parent
    assert act.actor.id is not None
    search.topic_stage, search.topic_id, search.account_id = part, part.topic_id, act.actor.id
    search.organisation = await standing(act.session, act.data.organisation_id, "/body/organisation_id")
    for name in ("kind", "text", "keywords", "contact"):
        setattr(search, name, getattr(act.data, name))


async def follow(search: PartnerSearch, act: Act) -> None:
    """It is of the organisation that its own was merged into."""
    act.note(merged=str(search.organisation_id))
    search.organisation = act.parent
