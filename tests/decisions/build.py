"""Builders: a topic whose panel has closed its list, with the consortia behind each place."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import update

from app.calls.models import Call, CallState, TopicStage, TopicStageState
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.decisions.queries import closed_panel
from app.evaluation.panel.effects import digest, lines
from app.evaluation.panel.models import FrozenList, Panel, PanelState, Place
from app.evaluation.summary.content import digest_of
from app.evaluation.summary.models import Summary, SummaryState, SummaryVersion
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, committee, fresh, person, published_call, standing_call
from tests.conftest import World

GOOD = {"excellence": "4.5", "impact": "4", "implementation": "4"}
FINDINGS = {
    ProposalState.INADMISSIBLE: ("M-05", "The plan for exploitation is missing."),
    ProposalState.INELIGIBLE: ("E-02", "Two countries take part where three are needed."),
}
WEAK = {"excellence": "2.5", "impact": "4", "implementation": "4"}


@dataclass
class Listed:
    """A proposal on the list, and the person who coordinates it."""

    id: UUID
    consortium_id: UUID
    reference: str
    coordinator: Actor


@dataclass
class Ranked:
    """A topic in a stage whose panel has closed its list."""

    office: Actor
    second: Actor
    body: UUID
    members: list[Actor]
    made: dict[str, Any]
    proposals: list[Listed]

    @property
    def topic_stage(self) -> str:
        return str(self.made["topic_stage"]["id"])


async def organisation(session: Any, name: str, pic: str | None, country: str = "BE") -> Organisation:
    found = Organisation(
        id=uuid4(), created_at=machine_now(), state=OrganisationState.VALIDATED, kind="research"
    )
    found.legal_name, found.short_name, found.country, found.pic = name, name[:12], country, pic
    session.add(found)
    return found


async def proposal(
    world: World,
    made: dict[str, Any],
    requested: str,
    coordinator: Actor,
    state: ProposalState = ProposalState.EVALUATED,
    pics: Sequence[str | None] = ("", "", ""),
) -> Listed:
    """A submitted proposal of three partners, the first coordinating; an empty PIC becomes a random one."""
    now, word = machine_now(), uuid4().hex[:6]
    part, topic = UUID(made["topic_stage"]["id"]), UUID(made["topic"]["id"])
    async with world.sessions() as session, session.begin():
        group = Consortium(
            id=uuid4(), created_at=now, state=ConsortiumState.ACTIVE, name=f"Consortium {word}"
        )
        group.topic_stage_id, group.topic_id = part, topic
        for number, pic in enumerate(pics):
            made_up = str(uuid4().int)[:9].rjust(9, "0") if pic == "" else pic
            held = await organisation(
                session, f"Institute {number} {word}", made_up, "BE DE FR".split()[number]
            )
            partner = Partner(id=uuid4(), created_at=now, state=PartnerState.SIGNED, consortium=group)
            partner.organisation, partner.coordinates = held, number == 0
            if number == 0:
                partner.requested = Decimal(requested)
                contact = Person(
                    id=uuid4(), partner=partner, account_id=coordinator.id, email=coordinator.email
                )
                contact.name, contact.part = "Coordinator", "contact"
                session.add(contact)
            session.add(partner)
        found = Proposal(
            id=uuid4(), created_at=now, state=state, consortium=group, sealed=1, submitted_at=now
        )
        found.reference, found.acronym, found.title = f"P-{word}", f"ACR{word}", f"The title {word}"
        found.abstract, found.requested = f"The abstract {word}.", Decimal(requested)
        found.topic_stage_id, found.topic_id = part, topic
        names = ("acronym", "title", "abstract")
        money = {"amount": requested, "currency": "EUR"}
        found.handed_in = {name: getattr(found, name) for name in names} | {"requested": money}
        if state in (ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE):
            found.reason = str(state).upper()
            found.finding_rule, found.finding_text = FINDINGS[state]
        session.add(found)
    return Listed(found.id, group.id, found.reference, coordinator)


async def ranked(
    world: World,
    *requested: str,
    below: Sequence[str] = (),
    names: Sequence[str] = ("ann", "bob", "cas"),
    by_vote: bool = False,
) -> Ranked:
    """Proposals that ask for so much, in their rank; then those below a threshold.

    `by_vote`: the topic and the call were made and adopted by the acts of the process.
    """
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    body, members = await committee(world, *names)
    made = await (published_call(office, body, members) if by_vote else standing_call(world))
    everyone = [await person(world, f"coordinator{n}") for n in range(len(requested) + len(below))]
    asked = [*requested, *below]
    listed = [await proposal(world, made, sum_, who) for sum_, who in zip(asked, everyone, strict=True)]
    now, part = machine_now(), UUID(made["topic_stage"]["id"])
    async with world.sessions() as session, session.begin():
        panel = Panel(id=uuid4(), created_at=now, state=PanelState.CLOSED, topic_stage_id=part, closed_at=now)
        panel.digest = "to be computed"
        panel.topic_id = UUID(made["topic"]["id"])
        places = []
        for number, one in enumerate(listed, 1):
            above = number <= len(requested)
            place = Place(
                id=uuid4(), panel=panel, proposal_id=one.id, above=above, rank=number if above else None
            )
            place.scores = GOOD if above else WEAK
            place.total = sum((Decimal(score) for score in place.scores.values()), Decimal(0))
            place.weighted = place.total
            places.append(place)
        frozen = FrozenList(id=uuid4(), panel=panel, number=1, closed_at=now, digest="to be computed")
        frozen.inputs, frozen.places = {}, []
        session.add_all([panel, *places, frozen])
    async with world.sessions() as session, session.begin():
        panel = await closed_panel(session, part)
        panel.digest = panel.lists[-1].digest = digest(panel)
        panel.lists[-1].places = lines(panel.places)
        await session.execute(
            update(TopicStage).where(TopicStage.id == part).values(state=TopicStageState.RANKED)
        )
        running = update(Call).where(Call.id == UUID(made["call"]["id"])).values(state=CallState.RUNNING)
        await session.execute(running)
    return Ranked(office, second, body, members, made, listed)


async def motion_on(there: Ranked) -> dict[str, Any]:
    """A motion on the list, prepared for an open session."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await there.office.make(f"/bodies/{there.body}/sessions", held)
    await there.office.make(f"/sessions/{session['id']}/open")
    asked = {"purpose": "adopt_list", "subject_id": there.topic_stage, "text": "Adopt it."}
    return await there.office.make(f"/sessions/{session['id']}/motions", asked)


async def decided(there: Ranked, *, without: Sequence[Actor] = ()) -> dict[str, Any]:
    """Every member but those left out says yes; the decision, as the office reads it."""
    motion = await motion_on(there)
    await there.office.make(f"/motions/{motion['id']}/put_to_vote")
    for member in there.members:
        if member not in without:
            await member.make(f"/motions/{motion['id']}/vote", {"choice": "yes"})
    await there.office.make(f"/motions/{motion['id']}/adopt")
    listed = (await there.office.get("/decisions", params={"topic_stage_id": there.topic_stage})).json()
    answer = await there.office.get(f"/decisions/{listed['items'][0]['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def released(there: Ranked) -> dict[str, Any]:
    """The decision, after both officers have released it."""
    decision = await decided(there)
    return await release(there.office, there.second, decision["id"])


async def release_by(who: Actor, key: str) -> httpx2.Response:
    """One officer looks at the preview and releases what it shows; without one, what nobody has seen."""
    seen = (await who.get(f"/decisions/{key}/preview")).json()
    return await who.post(f"/decisions/{key}/release", {"digest": seen.get("digest", "0" * 64)})


async def release(first: Actor, second: Actor, key: str) -> dict[str, Any]:
    """Both officers release a decision; how it reads then."""
    asked = await release_by(first, key)
    assert asked.status_code == 202, asked.text
    done = await release_by(second, key)
    assert done.status_code == 200, done.text
    return dict(done.json())


async def summarised(world: World, there: Ranked, state: SummaryState = SummaryState.CLEARED) -> list[UUID]:
    """A summary report of every proposal of the list, in their order."""
    part = UUID(there.topic_stage)
    async with world.sessions() as session, session.begin():
        panel = await closed_panel(session, part)
        assert panel is not None
        above = {place.proposal_id: place.above for place in panel.places}
        made = []
        for one in there.proposals:
            about = {"list_id": panel.lists[-1].id, "proposal_id": one.id, "topic_id": panel.topic_id}
            summary = fresh(Summary, state, panel_id=panel.id, above=above[one.id], **about)
            content = content_of(one.reference)
            version = SummaryVersion(summary=summary, number=1, content=content, made_at=machine_now())
            version.digest = digest_of(content)
            session.add(version)
            made.append(summary.id)
    return made


def content_of(reference: str) -> dict[str, Any]:
    """What a summary report says of a proposal that is good throughout."""
    titles = {"excellence": "Excellence", "impact": "Impact", "implementation": "Implementation"}
    reached = {"threshold": "3", "reached": True, "panel": None, "shortcomings": [], "comments": []}
    return {
        "version": 1,
        "proposal": {"reference": reference, "acronym": "ACRONYM", "title": "Title"},
        "topic": {"reference": "T-1", "title": "Topic"},
        "call": {"reference": "C-1", "title": "Call", "programme": "Programme"},
        "scale": {"least": "0", "most": "5", "step": "0.5"},
        "criteria": [
            {"code": code, "title": title, "score": "4", "strengths": [f"Good {title}."], **reached}
            for code, title in titles.items()
        ],
        "total": "12",
        "overall_threshold": "10",
        "overall_reached": True,
        "disagreement": None,
    }
