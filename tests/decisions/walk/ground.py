"""Builders: two topics of one stage whose panels have closed their lists, and everybody whom a walk needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from app.calls.models import Call, CallState, Stage, TopicStage
from app.consortia.models import Partner
from app.core.clock import machine_now
from app.experts.models import Contract
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, person
from tests.conftest import World
from tests.evaluation.build import Topic, evaluated, expert

SCORES = ("5", "5", "5"), ("5", "5", "4.5"), ("5", "4.5", "4.5"), ("4.5", "4.5", "4.5")
BELOW = ("2.5", "4", "4")
FIRST, SECOND = (*SCORES, BELOW, BELOW), (*SCORES[:2], BELOW)
"""What experts agree on of each proposal; the last of the first topic is found ineligible."""


@dataclass
class Ground:
    """Two topics with one envelope each, out of one call; `experts` and `judges` have judged nothing yet."""

    world: World
    topics: tuple[Topic, Topic]
    panels: tuple[str, str]
    session: str
    signatory: Actor
    judges: list[Actor]
    experts: list[tuple[Actor, str]]

    @property
    def office(self) -> Actor:
        return self.topics[0].office

    @property
    def second(self) -> Actor:
        return self.topics[0].second

    @property
    def members(self) -> list[Actor]:
        return self.topics[0].members


async def ground(world: World) -> Ground:
    """Both lists are closed by their panels; the stage has closed, and a session is open."""
    one, other = await evaluated(world, *FIRST), await evaluated(world, *SECOND)
    out = UUID(one.proposals[-1].id)
    over = machine_now() - timedelta(hours=2)
    async with world.sessions() as session, session.begin():
        here = (await session.get_one(TopicStage, UUID(one.topic_stage))).stage_id
        beside = update(TopicStage).where(TopicStage.id == UUID(other.topic_stage))
        await session.execute(beside.values(stage_id=here))
        contracts = [UUID(each.contract) for each in other.experts]
        seats = update(Contract).where(Contract.id.in_(contracts))
        await session.execute(seats.values(call_id=UUID(one.call)))
        times = {"opens_at": over - timedelta(hours=1), "closes_at": over}
        await session.execute(update(Stage).where(Stage.id == here).values(**times))
        running = update(Call).where(Call.id == UUID(one.call))
        await session.execute(running.values(state=CallState.RUNNING))
        found = {"state": ProposalState.INELIGIBLE, "reason": "INELIGIBLE"}
        found |= {"finding_rule": "E-02", "finding_text": "Two countries take part where three are needed."}
        await session.execute(update(Proposal).where(Proposal.id == out).values(**found))
    panels = [await _closed(topic) for topic in (one, other)]
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    meeting = await one.office.make(f"/bodies/{one.body}/sessions", held)
    await one.office.make(f"/sessions/{meeting['id']}/open")
    other.office, other.second, other.members = one.office, one.second, one.members
    fresh = [await expert(one, f"fresh{number}") for number in range(3)]
    return Ground(
        world,
        (one, other),
        (panels[0], panels[1]),
        f"/sessions/{meeting['id']}",
        await person(world, "signatory", "signatory"),
        [await person(world, f"judge{number}") for number in range(3)],
        [(each.actor, each.contract) for each in fresh],
    )


async def _closed(topic: Topic) -> str:
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    return f"/panels/{panel['id']}"


async def give(there: Ground, asked: Sequence[Sequence[int]], envelopes: Sequence[int]) -> None:
    """What each proposal asks for and what each topic has, in cents; the call has no more than both."""
    async with there.world.sessions() as session, session.begin():
        for topic, amounts, envelope in zip(there.topics, asked, envelopes, strict=True):
            for one, cents in zip(topic.proposals, amounts, strict=True):
                amount = Decimal(cents) / 100
                mine = select(Proposal.consortium_id).where(Proposal.id == UUID(one.id)).scalar_subquery()
                await session.execute(
                    update(Partner).where(Partner.consortium_id == mine).values(requested=amount)
                )
                await session.execute(
                    update(Proposal).where(Proposal.id == UUID(one.id)).values(requested=amount)
                )
            here = update(TopicStage).where(TopicStage.id == UUID(topic.topic_stage))
            await session.execute(here.values(budget=Decimal(envelope) / 100))
        call = update(Call).where(Call.id == UUID(there.topics[0].call))
        await session.execute(call.values(budget=Decimal(sum(envelopes)) / 100))
