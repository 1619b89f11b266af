"""What cannot be, and what is missing: each is named, nothing breaks off, nothing is left half done."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.experts.affinity.measuring import measure
from app.experts.affinity.models import Affinity
from app.experts.assigning import solving
from app.experts.assigning.models import AssignmentRun, RunState
from app.experts.conflicts.models import Conflict, ConflictState
from app.experts.models import Publication
from app.proposals.models import Proposal, SealedVersion
from tests.build import fresh
from tests.conftest import World
from tests.experts.assigning.build import Stage, seats_in, stage
from tests.experts.assigning.test_runs import ended, start

pytestmark = pytest.mark.anyio
RING = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0))


async def fixed_ring(here: Stage) -> str:
    """A set in which each of three experts has two proposals, fixed, and each proposal two of them."""
    made = await here.make()
    put = {"put": [here.seat(*pair, fixed=True) for pair in RING]}
    answer = await here.topic.office.patch(f"/assignment_sets/{made['id']}", put, made["version"])
    assert answer.status_code == 200
    return str(made["id"])


def said(read: dict[str, Any]) -> str:
    return " ".join(read["sentences"])


async def test_fewer_seats_than_are_demanded_are_counted(live: World) -> None:
    here = await stage(live, proposals=3, experts=2, least=1, most=2)
    read = await ended(here, await start(here, panel_size=2))
    assert (read["state"], read["set_ids"]) == ("infeasible", [])
    assert "3 proposals need 6 seats" in said(read)
    assert "2 experts may have 4 proposals at most." in read["sentences"]


async def test_seats_fixed_in_a_ring_are_kept_if_loads_allow_it_and_named_if_they_do_not(live: World) -> None:
    here = await stage(live, proposals=3, least=1, most=2)
    ring = await fixed_ring(here)
    read = await ended(here, await start(here, keep=ring, panel_size=2))
    assert read["state"] == "solved"
    assert await seats_in(live, read["set_ids"][0]) == await seats_in(live, ring)
    tight = await stage(live, proposals=3, experts=6, least=1, most=1)
    read = await ended(tight, await start(tight, keep=await fixed_ring(tight), panel_size=2))
    assert read["state"] == "infeasible"
    assert "Seats are fixed for" in said(read)
    assert "expert0" in said(read)


async def test_a_proposal_with_which_everybody_has_a_conflict_is_named(live: World) -> None:
    here = await stage(live)
    async with live.sessions() as session, session.begin():
        for one in here.experts:
            barring = fresh(Conflict, ConflictState.BLOCKING, situation="D2", path="told", reason="r")
            barring.account_id, barring.expert_id = one.actor.id, UUID(one.id)
            barring.proposal_id, barring.topic_id = UUID(here.proposals[0].id), here.topic.id
            session.add(barring)
    read = await ended(here, await start(here))
    assert read["state"] == "infeasible"
    assert "Conflicts of interest keep 3 experts from 1 proposal." in read["sentences"]
    assert f"{here.proposals[0].reference} has 0 experts, not 1." in said(read)


async def test_where_there_is_no_text_nothing_is_alike_and_seats_are_found_all_the_same(live: World) -> None:
    here = await stage(live)
    async with live.sessions() as session, session.begin():
        await session.execute(delete(Publication))
        for handed in here.proposals:
            sealed = select(SealedVersion).where(SealedVersion.proposal_id == UUID(handed.id))
            last = (await session.scalars(sealed.where(SealedVersion.number == 2))).one()
            about = {"proposal_id": last.proposal_id, "number": 3, "texts": {}, "digest": last.digest}
            nothing = last.manifest | {"title": "", "abstract": ""}
            rest = {"receipt": last.receipt, "received_at": last.received_at}
            session.add(SealedVersion(id=uuid4(), manifest=nothing, **about, **rest))
            (await session.get_one(Proposal, last.proposal_id)).sealed = 3
    read = await ended(here, await start(here))
    assert (read["state"], read["figures"]["total"]["total"]) == ("solved", 0.0)
    assert len(await seats_in(live, read["set_ids"][0])) == 2


async def test_no_affinity_is_kept_that_is_not_a_number(world: World) -> None:
    here = await stage(world)
    await measure(world.sessions, UUID(here.id))
    with pytest.raises(IntegrityError, match="ck_affinity_score_is_a_share"):
        async with world.sessions() as session, session.begin():
            await session.execute(update(Affinity).values(score=float("nan")))


async def test_a_run_whose_worker_died_begins_anew_and_one_that_was_cancelled_is_started_again(
    live: World,
) -> None:
    here = await stage(live)
    run = await start(here)
    async with live.sessions() as session, session.begin():
        (await session.get_one(AssignmentRun, UUID(run))).state = RunState.RUNNING
    read = await ended(here, run)
    assert (read["state"], len(read["set_ids"])) == ("solved", 1)
    await solving.carry_out(live.sessions, UUID(run))
    assert (await ended(here, run))["set_ids"] == read["set_ids"]
    other = await start(here)
    await here.topic.office.make(f"/assignment_runs/{other}/cancel")
    again = await ended(here, await start(here))
    assert await seats_in(live, again["set_ids"][0]) == await seats_in(live, read["set_ids"][0])


async def test_a_promise_of_more_than_there_is_is_named(live: World) -> None:
    here = await stage(live, proposals=1, least=2, most=3)
    read = await ended(here, await start(here))
    assert read["state"] == "infeasible"
    assert "is promised" in said(read)
