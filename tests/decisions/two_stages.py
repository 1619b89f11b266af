"""Builders: a topic in the first of two stages whose list is closed, with industry beside it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.calls.models import Call, Stage, StageState, TopicStage, TopicStageState
from app.calls.rules import instant
from app.consortia.models import Consortium, Partner
from app.core.clock import machine_now
from app.proposals.models import Proposal, SealedVersion
from tests.build import Actor, fresh, person
from tests.conftest import World
from tests.decisions.build import Ranked, organisation, ranked, released

MONEY = {"amount": "5000000.00", "currency": "EUR"}


@dataclass
class TwoStages:
    """The first stage and its list, the second; who leads industry and who else is in it."""

    ranked: Ranked
    second_stage: str
    lead: Actor
    company: Actor
    companies: list[str]

    @property
    def office(self) -> Actor:
        return self.ranked.office

    @property
    def topic(self) -> str:
        return str(self.ranked.made["topic"]["id"])

    async def invitation(self, asks: Actor | None = None) -> dict[str, Any]:
        """The newest one, as the office or somebody else reads it."""
        found = (await self.office.get("/invitations", params={"topic_id": self.topic})).json()["items"]
        sent = [one for one in found if one["state"] == "sent"] or found
        answer = await (asks or self.office).get(f"/invitations/{sent[0]['id']}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


async def two_stages(world: World, *requested: str, below: tuple[str, ...] = ()) -> TwoStages:
    """A closed list of short proposals, each with what was sealed of it; the second stage is open."""
    there = await ranked(world, *requested, below=below)
    made = {name: UUID(each["id"]) for name, each in there.made.items()}
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == made["call"]).values(kind="two_stage"))
        over = {"kind": "short", "closes_at": machine_now() - timedelta(hours=2)}
        await session.execute(update(Stage).where(Stage.id == made["stage"]).values(**over))
        one = {"invited_to_next": 1}
        await session.execute(update(TopicStage).where(TopicStage.id == made["topic_stage"]).values(**one))
        stage = fresh(Stage, StageState.SCHEDULED, call_id=made["call"], number=2)
        stage.kind, stage.opens_at = "full", machine_now() - timedelta(hours=1)
        stage.deadline = "2050-06-30T17:00"
        stage.closes_at = instant(stage.deadline)
        part = fresh(TopicStage, TopicStageState.SCHEDULED, stage=stage, topic_id=made["topic"])
        part.budget, part.expected_grants = 40_000_000, 1
        session.add(part)
        companies = [await organisation(session, f"Company {n} {uuid4().hex[:6]}", None) for n in (1, 2)]
        session.add_all(companies)
        for listed in there.proposals:
            session.add(await _sealed(session, listed.id))
    lead, company = await person(world, "lead"), await person(world, "company")
    for actor, its, leads in ((lead, companies[0], True), (company, companies[1], False)):
        named = {"organisation_id": str(its.id), "name": "A person", "email": actor.email}
        named |= {"leads": leads, "in_kind": MONEY}
        await there.office.make(f"/topics/{made['topic']}/industry_members", named)
    return TwoStages(there, str(part.id), lead, company, [one.legal_name for one in companies])


async def _sealed(session: Any, key: UUID) -> SealedVersion:
    whole = selectinload(Proposal.consortium).selectinload(Consortium.partners)
    wanted = select(Proposal).where(Proposal.id == key).options(whole.selectinload(Partner.organisation))
    found = (await session.scalars(wanted)).one()
    manifest = found.handed_in | {"sections": [], "documents": []}
    manifest["partners"] = [
        {"organisation_id": str(each.organisation_id), "legal_name": each.organisation.legal_name}
        | {"coordinates": each.coordinates}
        for each in found.consortium.partners
    ]
    version = SealedVersion(id=uuid4(), proposal=found, number=1, received_at=machine_now())
    version.manifest, version.digest, version.receipt = manifest, "digest", "receipt"
    version.texts = {"impact": f"The impact of {found.reference}."}
    return version


async def invited(world: World, *requested: str, below: tuple[str, ...] = ()) -> TwoStages:
    """The same once the list is adopted and released: the first rank is invited."""
    there = await two_stages(world, *requested, below=below)
    await released(there.ranked)
    return there
