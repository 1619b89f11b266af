"""Builders: a stage with proposals and experts whose loads, fields and publications differ."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.calls.models import TopicStage
from app.experts.assigning.models import SetSeat
from app.experts.models import Contract, Publication
from app.proposals.models import Proposal, SealedVersion
from tests.conftest import World
from tests.evaluation.build import Expert, Handed, Topic, expert, in_evaluation

TEXTS = (
    ("Asthma in children", "Inhaled steroids and lung function."),
    ("Adaptive trials", "Platform trials of antibiotics against resistant bacteria."),
    ("Imaging of the brain", "Magnetic resonance imaging in dementia."),
)
OFF: dict[str, Any] = {"organisation": None}
"""No rule beside sizes and loads."""


class Stage:
    """A topic in evaluation with its stage's id, proposals with texts, and experts under contract."""

    def __init__(self, topic: Topic, key: str, experts: list[Expert]) -> None:
        self.topic, self.id, self.experts = topic, key, experts

    @property
    def proposals(self) -> list[Handed]:
        return self.topic.proposals

    def seat(self, expert: int, proposal: int, **more: Any) -> dict[str, Any]:
        return {
            "contract_id": self.experts[expert].contract,
            "proposal_id": self.proposals[proposal].id,
            **more,
        }

    async def make(self, *seats: tuple[int, int], title: str = "By hand", **terms: Any) -> dict[str, Any]:
        """A draft set with these seats."""
        body = {"title": title, "terms": given(**terms)}
        made = await self.topic.office.make(f"/stages/{self.id}/assignment_sets", body)
        put = {"put": [self.seat(*pair) for pair in seats]}
        answer = await self.topic.office.patch(f"/assignment_sets/{made['id']}", put, made["version"])
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def given(**terms: Any) -> dict[str, Any]:
    """Terms as they are sent: one seat on each panel, and no rule but loads, unless said otherwise."""
    return {"panel_size": 1, "rules": OFF} | terms


async def stage(world: World, proposals: int = 2, experts: int = 3, **load: int) -> Stage:
    """Everybody has written about one of three things; so have the proposals, in turn."""
    topic = await in_evaluation(world, proposals)
    people = [await expert(topic, f"expert{n}") for n in range(experts)]
    async with world.sessions() as session, session.begin():
        key = await session.scalar(
            select(TopicStage.stage_id).where(TopicStage.id == UUID(topic.topic_stage))
        )
        for number, one in enumerate(people):
            title, abstract = TEXTS[number % len(TEXTS)]
            about = {"expert_id": UUID(one.id), "number": 1, "title": title, "abstract": abstract}
            session.add(Publication(id=uuid4(), **about))
            if load:
                await session.execute(
                    update(Contract).where(Contract.id == UUID(one.contract)).values(**load)
                )
        for number, handed in enumerate(topic.proposals):
            here = select(SealedVersion).where(SealedVersion.proposal_id == UUID(handed.id))
            first = (await session.scalars(here)).one()
            title, abstract = TEXTS[number % len(TEXTS)]
            said = first.manifest | {"title": title, "abstract": abstract}
            about = {"proposal_id": first.proposal_id, "number": 2, "manifest": said, "texts": {}}
            rest = {"digest": first.digest, "receipt": first.receipt, "received_at": first.received_at}
            session.add(SealedVersion(id=uuid4(), **about, **rest))
            (await session.get_one(Proposal, first.proposal_id)).sealed = 2
    return Stage(topic, str(key), people)


async def seats_in(world: World, set_id: str) -> set[tuple[str, str]]:
    """The seats of a set in the database: contract and proposal."""
    async with world.sessions() as session:
        found = await session.scalars(select(SetSeat).where(SetSeat.set_id == UUID(set_id)))
        return {(str(one.contract_id), str(one.proposal_id)) for one in found}
