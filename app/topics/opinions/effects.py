"""What the rows of an opinion bring about."""

from sqlalchemy import exists, select

from app.committee.access import in_force
from app.committee.models import Body, BodyState, Mandate
from app.core.errors import Malformed
from app.core.reason import Reason
from app.people.access import office
from app.topics.opinions.models import TopicOpinion
from app.workflow.run import Act


async def give(opinion: TopicOpinion, act: Act) -> None:
    """Place it: on which version, of which body; a chair speaks for no other body than the own."""
    topic = act.parent
    wanted = select(Body).where(
        Body.id == opinion.body_id, Body.kind == "advisory", Body.state == BodyState.ACTIVE
    )
    if not office(act.ask.held):
        seat = (Mandate.body_id == Body.id, Mandate.account_id == act.actor.id, Mandate.seat == "chair")
        wanted = wanted.where(exists().where(*seat, in_force(act.now)))
    if await act.session.scalar(wanted) is None:
        told = "There is no advisory body with this id for which you may speak."
        raise Malformed(reasons=[Reason("no-such-body", told, "/body/body_id", "sender")])
    opinion.number, opinion.of_version = len(topic.opinions) + 1, topic.version
    opinion.topic, opinion.given_at = topic, act.now
