"""Builders: a topic in evaluation, experts under contract, seats, reports, consensus reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from app.calls.models import TopicStage, TopicStageState
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.core.receipts import Facts, sign
from app.evaluation.consensus.models import Consensus, ConsensusState, Opinion, Point, Statement
from app.evaluation.report.models import Mark, Report, ReportState
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, ExpertState
from app.experts.models import Expert as InPool
from app.people.desk import desk
from app.proposals.models import Proposal, ProposalState, SealedVersion
from app.proposals.sealing import digest_of
from tests.build import Actor, committee, fresh, person, standing_call
from tests.conftest import World

CRITERIA = ("excellence", "impact", "implementation")
GOOD = ("4.5", "4", "4")
Scores = Sequence[str]


@dataclass
class Handed:
    """A proposal in evaluation, its consortium, and the person who coordinates it."""

    id: str
    reference: str
    consortium: str
    coordinator: Actor


@dataclass
class Topic:
    """A topic in evaluation."""

    world: World
    office: Actor
    second: Actor
    members: list[Actor]
    id: UUID
    call: str
    topic_stage: str
    proposals: list[Handed]
    body: UUID | None = None
    experts: list["Expert"] = field(default_factory=list)


@dataclass
class Expert:
    """An expert with a contract for the call."""

    actor: Actor
    id: str
    contract: str


async def in_evaluation(world: World, proposals: int = 1) -> Topic:
    """A published call whose topic is in evaluation with so many proposals."""
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    body, members = await committee(world, "ann", "bob")
    people = [await person(world, f"coordinator{n}") for n in range(proposals)]
    made = await standing_call(world, topic_is=TopicStageState.EVALUATION)
    async with world.sessions() as session, session.begin():
        part = await session.get_one(TopicStage, UUID(made["topic_stage"]["id"]))
        handed = [_handed_in(session, part, who, number) for number, who in enumerate(people, 1)]
    found = (part.topic_id, made["call"]["id"], str(part.id), handed, body)
    return Topic(world, office, second, members, *found)


def _handed_in(session: Any, part: TopicStage, coordinator: Actor, number: int) -> Handed:
    lead = fresh(Organisation, OrganisationState.VALIDATED, legal_name=f"Institute {number}", country="DE")
    lead.kind = "research"
    group = fresh(Consortium, ConsortiumState.ACTIVE, topic_stage=part, topic_id=part.topic_id, name="C")
    partner = fresh(Partner, PartnerState.SIGNED, consortium=group, organisation=lead, coordinates=True)
    contact = Person(id=uuid4(), partner=partner, account_id=coordinator.id, email=coordinator.email)
    contact.name, contact.part = "Cora", "contact"
    proposal = fresh(Proposal, ProposalState.IN_EVALUATION, consortium=group, topic_stage=part)
    proposal.topic_id, proposal.reference = part.topic_id, f"P-{uuid4().hex[:6]}-{number}"
    proposal.acronym, proposal.sealed, proposal.submitted_at = f"ACR{number}", 1, machine_now()
    proposal.title, proposal.abstract = f"Title {number}", f"Abstract {number}."
    manifest = {
        "reference": proposal.reference,
        "acronym": proposal.acronym,
        "title": proposal.title,
        "abstract": proposal.abstract,
        "requested": {"amount": "1.00", "currency": "EUR"},
        "sections": [],
        "documents": [],
        "partners": [
            {"legal_name": "Lead", "country": "DE", "people": [{"name": "Cora", "part": "contact"}]},
            {"legal_name": "Second", "country": "FR", "people": []},
        ],
    }
    proposal.handed_in = {name: manifest[name] for name in ("acronym", "title", "abstract", "requested")}
    version = SealedVersion(id=uuid4(), proposal=proposal, number=1, received_at=machine_now())
    version.manifest, version.texts, version.digest = manifest, {}, digest_of(manifest)
    named = {"reference": proposal.reference, "version": 1, "digest": version.digest}
    version.receipt = sign(desk().tokens.pem, Facts(iss="http://test", received_at="", **named))
    session.add_all([lead, group, partner, contact, proposal, version])
    return Handed(str(proposal.id), proposal.reference, str(group.id), coordinator)


async def expert(topic: Topic, name: str = "expert", *, signs: bool = True, **more: Any) -> Expert:
    """Somebody of the pool with a contract, signed or only offered."""
    who = await person(topic.world, name)
    pooled = fresh(InPool, ExpertState.ACTIVE, account_id=who.id, **more)
    contract = fresh(Contract, ContractState.OFFERED, expert=pooled, call_id=UUID(topic.call), days=5)
    if signs:
        contract.state, contract.signed_at, contract.briefed_at = (
            ContractState.SIGNED,
            machine_now(),
            machine_now(),
        )
    async with topic.world.sessions() as session, session.begin():
        session.add_all([pooled, contract])
    return Expert(who, str(pooled.id), str(contract.id))


SIGNED = {"least": 1, "most": 8, "code_of_conduct": "1"}
BRIEFED = {"briefing": "1"}


async def signed(who: Expert) -> None:
    """The expert signs the contract that was offered, and acknowledges the briefing."""
    await who.actor.make(f"/contracts/{who.contract}/sign", SIGNED)
    await who.actor.make(f"/contracts/{who.contract}/acknowledge_briefing", BRIEFED)


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


async def mark(who: Actor, path: str, scores: Scores = GOOD) -> None:
    """Give every criterion at `path`, still untouched, its score and a comment."""
    for criterion, score in zip(CRITERIA, scores, strict=True):
        said = {"score": score, "comment": f"On {criterion}."}
        answer = await who.patch(f"{path}/{criterion}", said, 1)
        assert answer.status_code == 200, answer.text


async def reported(who: Expert, seat: str, scores: Scores = GOOD) -> str:
    """The expert's sealed report."""
    report = await who.actor.make(f"/assignments/{seat}/reports")
    await mark(who.actor, f"/reports/{report['id']}/marks", scores)
    await who.actor.make(f"/reports/{report['id']}/seal")
    return str(report["id"])


async def group(topic: Topic, proposal: Handed, names: Sequence[str] = "abc") -> list[tuple[Expert, str]]:
    """Experts who have sealed their reports on a proposal, each with the seat."""
    experts = [await expert(topic, name) for name in names]
    async with topic.world.sessions() as session, session.begin():
        return [(who, _sealed(session, topic, proposal, who)) for who in experts]


async def joining(topic: Topic, proposal: Handed, name: str) -> tuple[Expert, str]:
    """An expert who seals a report while the group is at work, with the seat."""
    who = await expert(topic, name)
    seat = await seated(topic, who, proposal)
    await reported(who, seat)
    return who, seat


def _sealed(session: Any, topic: Topic, proposal: Handed, who: Expert) -> str:
    ids = {"proposal_id": UUID(proposal.id), "topic_id": topic.id}
    seat = fresh(Assignment, AssignmentState.REPORTED, **ids, declared_at=machine_now())
    seat.contract_id, seat.expert_id = UUID(who.contract), UUID(who.id)
    seat.label = f"Expert {uuid4().hex[:6]}"
    report = fresh(Report, ReportState.SEALED, **ids, assignment=seat, sealed_at=machine_now())
    for code, score in zip(CRITERIA, GOOD, strict=True):
        session.add(Mark(report=report, criterion=code, score=Decimal(score), comment="Well."))
    session.add_all([seat, report])
    return str(seat.id)


async def draft(
    who: Actor,
    path: str,
    scores: Scores = GOOD,
    version: int = 1,
    criteria: Sequence[str] = CRITERIA,
) -> None:
    """Give these criteria at `path` their scores and one statement of the group's own each."""
    for criterion, score in zip(criteria, scores, strict=False):
        said = {"kind": "strength", "text": f"The group on {criterion}.", "new": True}
        given = {"score": score, "range_reason": "As the group sees it.", "statements": [said]}
        answer = await who.patch(f"{path}/{criterion}", given, version)
        assert answer.status_code == 200, answer.text


async def approve(consensus: str, *experts: Expert) -> None:
    """These approve the round that is before the group."""
    for who in experts:
        read = (await who.actor.get(f"/consensus_reports/{consensus}")).json()
        await who.actor.make(f"/consensus_reports/{consensus}/approve", {"round": read["round"]})


async def put_to_approval(
    topic: Topic, proposal: Handed, rapporteur: Expert, seat: str, scores: Scores = GOOD
) -> str:
    """A consensus report that the rapporteur has drafted and put to the group."""
    opened = {"rapporteur_id": seat}
    consensus = await topic.office.make(f"/proposals/{proposal.id}/consensus_reports", opened)
    await draft(rapporteur.actor, f"/consensus_reports/{consensus['id']}/points", scores)
    await rapporteur.actor.make(f"/consensus_reports/{consensus['id']}/put_to_approval")
    return str(consensus["id"])


async def evaluated(world: World, *scores: Scores) -> Topic:
    """A topic whose proposals have final consensus reports with these scores."""
    topic = await in_evaluation(world, len(scores))
    topic.experts = [await expert(topic, name) for name in "abc"]
    async with world.sessions() as session, session.begin():
        for proposal, given in zip(topic.proposals, scores, strict=True):
            seats = [_sealed(session, topic, proposal, who) for who in topic.experts]
            await session.flush()
            ids = {"proposal_id": UUID(proposal.id), "topic_id": topic.id, "round": 1}
            agreed = fresh(Consensus, ConsensusState.FINAL, **ids, final_at=machine_now())
            agreed.rapporteur_id = UUID(seats[0])
            session.add(agreed)
            for code, score in zip(CRITERIA, given, strict=True):
                point = Point(consensus=agreed, criterion=code, score=Decimal(score))
                point.statements = [Statement(number=0, kind="strength", text="Well.", new=True)]
                session.add(point)
            for seat in seats:
                said = Opinion(consensus=agreed, assignment_id=UUID(seat), round=1, kind="approval")
                said.at = machine_now()
                session.add(said)
            (await session.get_one(Proposal, UUID(proposal.id))).state = ProposalState.EVALUATED
    return topic
