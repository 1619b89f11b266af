"""Whom and what an observer's report does not name: experts of the call, who applies, what they handed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import LEFT, Stage, TopicStage, TopicStageState
from app.consortia.disclosure import Watch
from app.consortia.models import Consortium, Partner, Person
from app.experts.models import Contract, Expert
from app.people.models import Account
from app.proposals.models import Proposal

OUT = (TopicStageState.RELEASED, *LEFT)


async def watch_of(session: AsyncSession, call_id: UUID) -> Watch:
    """For whoever and whatever is not to be named of a call."""
    return Watch(await _people(session, call_id), references=await _references(session, call_id))


async def _people(session: AsyncSession, call_id: UUID) -> Sequence[str]:
    """Everybody who was under contract for the call as an expert, or is named in a consortium of it."""
    experts = select(Account.name).join(Expert, Expert.account_id == Account.id)
    experts = experts.join(Contract, Contract.expert_id == Expert.id).where(Contract.call_id == call_id)
    applicants = (
        select(Person.name)
        .join(Partner, Partner.id == Person.partner_id)
        .join(Consortium, Consortium.id == Partner.consortium_id)
        .join(TopicStage, TopicStage.id == Consortium.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Stage.call_id == call_id)
    )
    return (await session.scalars(union(experts, applicants))).all()


async def _references(session: AsyncSession, call_id: UUID) -> set[str]:
    """References and acronyms of all that was handed in."""
    wanted = (
        select(Proposal.reference, Proposal.handed_in["acronym"].astext)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Stage.call_id == call_id)
    )
    return {name for row in await session.execute(wanted) for name in row if name}


async def not_released(session: AsyncSession, stage_id: UUID) -> bool:
    """Whether the results of a topic in this stage are still to be released."""
    waits = select(TopicStage.id).where(TopicStage.stage_id == stage_id, TopicStage.state.not_in(OUT))
    return await session.scalar(waits.limit(1)) is not None
