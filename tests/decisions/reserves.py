"""Builders: a released list with some on reserve, and what two officers do with it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select, update

from app.calls.models import Stage
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.decisions.queries import closed_panel
from app.decisions.reserve.models import ReserveList
from app.evaluation.panel.effects import digest, lines
from app.evaluation.panel.models import Panel, Place
from app.proposals.models import Proposal
from tests.build import Actor
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, released

THREE = ("30000000.00", "20000000.00", "5000000.00")
"""Of 45 million the first is funded; the second and a cheaper third are on reserve."""


async def on_reserve(world: World, *requested: str) -> Ranked:
    """A list that is released; what the envelope of 45 million does not reach is on reserve."""
    there = await ranked(world, *(requested or THREE))
    await closed(world, there)
    await released(there)
    return there


async def closed(world: World, there: Ranked, at: datetime | None = None) -> None:
    """The deadline of the stage was then, or a while ago."""
    at = at or machine_now() - timedelta(hours=2)
    over = {"opens_at": at - timedelta(hours=1), "closes_at": at}
    async with world.sessions() as session, session.begin():
        key = UUID(there.made["stage"]["id"])
        await session.execute(update(Stage).where(Stage.id == key).values(**over))


async def level(world: World, there: Ranked, *ranks: int) -> None:
    """The panel has given these ranks, instead of one to each; before the vote."""
    part = UUID(there.topic_stage)
    async with world.sessions() as session, session.begin():
        for one, rank in zip(there.proposals, ranks, strict=True):
            await session.execute(update(Place).where(Place.proposal_id == one.id).values(rank=rank))
    async with world.sessions() as session, session.begin():
        panel: Panel | None = await closed_panel(session, part)
        assert panel is not None
        panel.digest = panel.lists[-1].digest = digest(panel)
        panel.lists[-1].places = lines(panel.places)


async def reserve_of(there: Ranked, who: Actor | None = None) -> dict[str, Any]:
    """The reserve list of the topic, as the office or somebody else reads it."""
    found = await (who or there.office).get("/reserve_lists", params={"topic_stage_id": there.topic_stage})
    (one,) = found.json()["items"]
    answer = await (who or there.office).get(f"/reserve_lists/{one['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def named(there: Ranked, *numbers: int) -> dict[str, Any]:
    return {"proposal_ids": [str(there.proposals[number].id) for number in numbers]}


async def promoted(there: Ranked, *numbers: int) -> httpx2.Response:
    """Both officers promote these; what the second is answered, or the first if that is refused."""
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/promote"
    first = await there.office.post(path, named(there, *numbers))
    return first if first.status_code != 202 else await there.second.post(path, named(there, *numbers))


async def withdrawn(there: Ranked, number: int) -> None:
    """A consortium withdraws after the deadline."""
    one = there.proposals[number]
    await one.coordinator.make(f"/proposals/{one.id}/request_withdrawal", {"text": "We cannot go on."})


async def states(there: Ranked) -> list[str]:
    found = [(await there.office.get(f"/proposals/{one.id}")).json() for one in there.proposals]
    return [f"{one['state']} {one['reason']}" if one["reason"] else one["state"] for one in found]


async def mails(world: World, to: Actor, kind: str = "outcome") -> list[str]:
    async with world.sessions() as session:
        wanted = select(Mail.text).where(Mail.recipient == to.email, Mail.kind == kind)
        return list(await session.scalars(wanted.order_by(Mail.written_at)))


async def set_reserve(world: World, there: Ranked, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        here = update(ReserveList).where(ReserveList.topic_stage_id == UUID(there.topic_stage))
        await session.execute(here.values(**values))


async def set_proposal(world: World, there: Ranked, number: int, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        here = update(Proposal).where(Proposal.id == there.proposals[number].id)
        await session.execute(here.values(**values))
