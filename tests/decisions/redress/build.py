"""Builders: a released topic, a request for a review on it, and whoever weighs and evaluates anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.core.clock import machine_now
from app.core.outbox import Mail
from app.evaluation.panel.effects import digest, lines
from app.evaluation.panel.models import Panel, PanelState, Place
from app.experts.models import Contract, ContractState, Expert, ExpertState
from tests.build import Actor, fresh, person
from tests.conftest import World
from tests.decisions.build import Listed, Ranked, ranked, released

ASKED = {
    "grounds": ["factual_error"],
    "text": "The report says that we have no clinical partner; we have two.",
}
BECAUSE = {"text": "It was filed in time, on a ground that is reviewed."}
GOOD, MIDDLING = ("4.5", "4", "4"), ("4", "4", "3.5")
CRITERIA = ("excellence", "impact", "implementation")


@dataclass
class Contested:
    """A topic whose results are released, an officer, a signatory, and who is on the committee."""

    world: World
    there: Ranked
    signatory: Actor
    members: list[Actor] = field(default_factory=list)
    experts: list[Actor] = field(default_factory=list)

    @property
    def office(self) -> Actor:
        return self.there.office

    def one(self, number: int) -> Listed:
        return self.there.proposals[number]

    async def state(self, number: int) -> str:
        """The state of a proposal as its coordinator reads it."""
        one = self.one(number)
        return str((await one.coordinator.get(f"/proposals/{one.id}")).json()["state"])

    async def file(self, number: int, **more: Any) -> str:
        """File a request about a proposal; its path."""
        one = self.one(number)
        made = await one.coordinator.make(f"/proposals/{one.id}/redresses", ASKED | more)
        return f"/redresses/{made['id']}"

    async def admitted(self, number: int) -> str:
        path = await self.file(number)
        await self.office.make(f"{path}/admit", BECAUSE)
        return path

    async def sitting(self, number: int) -> str:
        """Its committee of three has declared."""
        path = await self.admitted(number)
        for count in range(3):
            member = await person(self.world, f"member{count}")
            await self.office.make(f"{path}/name_member", {"account_id": str(member.id)})
            await member.make(f"{path}/declare_free")
            self.members.append(member)
        return path

    async def recommended(
        self, number: int, advice: str = "re_evaluate", criteria: Sequence[str] = CRITERIA
    ) -> str:
        path = await self.sitting(number)
        said = {"advice": advice, "text": "The clinical partners were overlooked."}
        said |= {"criteria": list(criteria)} if advice == "re_evaluate" else {}
        await self.members[-1].make(f"{path}/recommend", said)
        return path

    async def upheld(self, number: int, criteria: Sequence[str] = CRITERIA) -> tuple[str, str]:
        """The request, and the new evaluation that has begun."""
        path = await self.recommended(number, criteria=criteria)
        await self.signatory.make(f"{path}/uphold", {"text": "The error may have changed the outcome."})
        return path, await self.anew(path)

    async def anew(self, path: str) -> str:
        """The path of the new evaluation of a request."""
        of = (await self.office.get(path)).json()["proposal_id"]
        listed = (await self.office.get("/re_evaluations", params={"proposal_id": of})).json()["items"]
        return f"/re_evaluations/{listed[0]['id']}"

    async def expert(self, name: str = "fresh") -> tuple[Actor, str]:
        """An expert under contract for the call, who judges nothing; and the contract."""
        who = await person(self.world, name)
        call = UUID(self.there.made["call"]["id"])
        async with self.world.sessions() as session, session.begin():
            expert = fresh(Expert, ExpertState.ACTIVE, account_id=who.id)
            signed = {"signed_at": machine_now(), "briefed_at": machine_now(), "days": 5}
            contract = fresh(Contract, ContractState.SIGNED, expert=expert, call_id=call, **signed)
            session.add(contract)
        return who, str(contract.id)

    async def seated(self, again: str, number: int = 3) -> list[Actor]:
        found = []
        for count in range(number):
            who, contract = await self.expert(f"fresh{count}")
            await self.office.make(f"{again}/seat_expert", {"contract_id": contract})
            await who.make(f"{again}/declare_free")
            found.append(who)
        self.experts = found
        return found

    async def final(self, number: int, *scores: str, criteria: Sequence[str] = CRITERIA) -> str:
        """A request whose new evaluation has come to these scores."""
        path, again = await self.upheld(number, criteria)
        await self.seated(again)
        return await self.agreed(path, *scores, criteria=criteria)

    async def agreed(self, path: str, *scores: str, criteria: Sequence[str] = CRITERIA) -> str:
        """Those who evaluate anew come to these scores."""
        again, given = await self.anew(path), marks(dict(zip(criteria, scores, strict=True)))
        for who in self.experts:
            await who.make(f"{again}/seal_marks", given)
        await self.experts[0].make(f"{again}/draft", given)
        for who in self.experts[1:]:
            await who.make(f"{again}/approve")
        return path

    async def settled(self, path: str) -> dict[str, Any]:
        return await self.signatory.make(f"{path}/settle")


def marks(scores: dict[str, str]) -> dict[str, Any]:
    return {"marks": {code: {"score": score, "comment": f"Now {score}."} for code, score in scores.items()}}


async def contested(
    world: World, *requested: str, below: Sequence[str] = (), release: bool = True
) -> Contested:
    """A released list whose proposals stand apart: the first with 12.5 points, each other with one less."""
    there = await ranked(world, *requested, below=below)
    async with world.sessions() as session, session.begin():
        whole = selectinload(Panel.places).joinedload(Place.proposal)
        wanted = select(Panel).where(Panel.topic_stage_id == UUID(there.topic_stage))
        panel = (await session.scalars(wanted.options(whole, selectinload(Panel.lists)))).one()
        assert panel.state == PanelState.CLOSED
        for place in panel.places:
            if place.rank is not None:
                given = GOOD if place.rank == 1 else MIDDLING
                place.scores = dict(zip(CRITERIA, given, strict=True))
                place.total = place.weighted = sum(map(Decimal, given), Decimal(0)) - (
                    Decimal(0) if place.rank < 3 else Decimal(place.rank) / 10
                )
        panel.digest = panel.lists[-1].digest = digest(panel)
        panel.lists[-1].places = lines(panel.places)
    if release:
        await released(there)
    return Contested(world, there, await person(world, "signatory", "signatory"))


async def judged(
    world: World, *requested: str, number: int, below: Sequence[str] = ()
) -> tuple[Contested, str]:
    """The same; the request of this proposal is upheld, and three experts are about to evaluate it anew."""
    here = await contested(world, *requested, below=below)
    path, again = await here.upheld(number)
    await here.seated(again)
    return here, path


def codes(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [reason["code"] for reason in answer.json()["reasons"]]


async def sent_on(world: World, at: Any) -> None:
    """Every mail so far has left at this instant."""
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mail).values(sent_at=at))
