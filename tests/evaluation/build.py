"""Builders: a topic in evaluation, experts under contract, seats, reports, consensus reports, a ranked panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from app.calls.models import TopicStage, TopicStageState
from app.consortia.models import Consortium
from app.core.clock import machine_now
from app.proposals.models import Proposal, ProposalState, SealedVersion
from tests.build import Actor, committee, person, published_call
from tests.conftest import World
from tests.consortia.build import consortium

CRITERIA = ("excellence", "impact", "implementation")
GOOD = ("4.5", "4", "4")


@dataclass
class Handed:
    """A proposal in evaluation, the consortium behind it, and the person who coordinates it."""

    id: str
    reference: str
    consortium: dict[str, Any]
    coordinator: Actor


@dataclass
class Topic:
    """A topic in evaluation."""

    world: World
    office: Actor
    second: Actor
    members: list[Actor]
    made: dict[str, Any]
    proposals: list[Handed]

    @property
    def topic_stage(self) -> str:
        return str(self.made["topic_stage"]["id"])

    @property
    def call(self) -> str:
        return str(self.made["call"]["id"])


async def _hand_in(world: World, made: dict[str, Any], coordinator: Actor, number: int) -> Handed:
    formed = await consortium(coordinator, made["topic_stage"]["id"])
    reference = f"{made['topic']['reference']}-{number:04}"
    async with world.sessions() as session, session.begin():
        group = await session.get_one(Consortium, UUID(formed["id"]))
        proposal = Proposal(id=uuid4(), created_at=machine_now(), state=ProposalState.IN_EVALUATION)
        proposal.consortium, proposal.topic_id = group, group.topic_id
        proposal.topic_stage_id, proposal.reference = group.topic_stage_id, reference
        proposal.acronym, proposal.sealed, proposal.submitted_at = f"ACR{number}", 1, machine_now()
        proposal.title, proposal.abstract = "The draft's title", "The draft's abstract."
        manifest = {
            "reference": reference,
            "acronym": f"ACR{number}",
            "title": f"Title {number}",
            "abstract": f"Abstract {number}.",
            "requested": {"amount": "1.00", "currency": "EUR"},
            "partners": [
                {"legal_name": "Lead", "country": "DE", "people": [{"name": "Cora", "part": "contact"}]},
                {"legal_name": "Second", "country": "FR", "people": []},
            ],
        }
        proposal.handed_in = {name: manifest[name] for name in ("acronym", "title", "abstract", "requested")}
        version = SealedVersion(id=uuid4(), proposal=proposal, number=1, received_at=machine_now())
        version.manifest, version.texts, version.digest, version.receipt = manifest, {}, "", ""
        session.add_all([proposal, version])
    return Handed(str(proposal.id), reference, formed, coordinator)


async def in_evaluation(world: World, proposals: int = 1) -> Topic:
    """A published call whose topic is in evaluation with so many proposals."""
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    body, members = await committee(world, "ann", "bob")
    made = await published_call(office, body, members)
    people = [await person(world, f"coordinator{n}") for n in range(proposals)]
    handed = [await _hand_in(world, made, who, number) for number, who in enumerate(people, 1)]
    async with world.sessions() as session, session.begin():
        part = update(TopicStage).where(TopicStage.id == UUID(made["topic_stage"]["id"]))
        await session.execute(part.values(state=TopicStageState.EVALUATION))
    return Topic(world, office, second, members, made, handed)


@dataclass
class Expert:
    """An expert with a contract for the call."""

    actor: Actor
    id: str
    contract: str


async def expert(topic: Topic, name: str = "expert", *, signs: bool = True, **more: Any) -> Expert:
    """Somebody of the pool with a contract, signed or only offered."""
    who = await person(topic.world, name)
    made = await topic.office.make("/experts", {"account_id": str(who.id), "expertise": ["biology"]} | more)
    offered = {"expert_id": made["id"], "days": 5}
    contract = await topic.office.make(f"/calls/{topic.call}/contracts", offered)
    if signs:
        await who.make(f"/contracts/{contract['id']}/sign")
    return Expert(who, made["id"], contract["id"])


async def invited(topic: Topic, who: Expert, proposal: Handed) -> str:
    """The expert is asked to declare; the assignment."""
    asked = {"proposal_id": proposal.id}
    seat = await topic.office.make(f"/contracts/{who.contract}/assignments", asked)
    await topic.office.make(f"/assignments/{seat['id']}/invite")
    return str(seat["id"])


async def seated(topic: Topic, who: Expert, proposal: Handed) -> str:
    """The expert has declared to be free of conflict; the assignment."""
    seat = await invited(topic, who, proposal)
    await who.actor.make(f"/assignments/{seat}/accept", {"clear": True})
    return seat


async def mark(who: Actor, path: str, scores: Sequence[str]) -> None:
    """Give every criterion at `path` its score and a comment."""
    for criterion, score in zip(CRITERIA, scores, strict=True):
        now = (await who.get(f"{path}/{criterion}")).json()
        said = {"score": score, "comment": f"On {criterion}."}
        answer = await who.patch(f"{path}/{criterion}", said, now["version"])
        assert answer.status_code == 200, answer.text


async def reported(who: Expert, seat: str, scores: Sequence[str] = GOOD) -> str:
    """The expert's sealed report."""
    report = await who.actor.make(f"/assignments/{seat}/reports")
    await mark(who.actor, f"/reports/{report['id']}/marks", scores)
    await who.actor.make(f"/reports/{report['id']}/seal")
    return str(report["id"])


async def group(topic: Topic, proposal: Handed, names: Sequence[str] = "abc") -> list[tuple[Expert, str]]:
    """Experts who have sealed their reports on a proposal, each with the seat."""
    found = []
    for name in names:
        who = await expert(topic, name)
        seat = await seated(topic, who, proposal)
        await reported(who, seat)
        found.append((who, seat))
    return found


async def put_to_approval(
    topic: Topic, proposal: Handed, rapporteur: Expert, seat: str, scores: Sequence[str] = GOOD
) -> str:
    """A consensus report that the rapporteur has drafted and put to the group."""
    opened = {"rapporteur_id": seat}
    consensus = await topic.office.make(f"/proposals/{proposal.id}/consensuses", opened)
    await mark(rapporteur.actor, f"/consensuses/{consensus['id']}/points", scores)
    await rapporteur.actor.make(f"/consensuses/{consensus['id']}/put_to_approval")
    return str(consensus["id"])


async def agreed(
    topic: Topic, proposal: Handed, experts: Sequence[Expert], scores: Sequence[str] = GOOD
) -> str:
    """A final consensus report of these experts, with these scores."""
    seats = [await seated(topic, who, proposal) for who in experts]
    for who, seat in zip(experts, seats, strict=True):
        await reported(who, seat)
    consensus = await put_to_approval(topic, proposal, experts[0], seats[0], scores)
    for who in experts:
        await who.actor.make(f"/consensuses/{consensus}/approve")
    await topic.office.make(f"/consensuses/{consensus}/finish")
    return consensus
