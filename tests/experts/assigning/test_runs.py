"""Runs: queued, carried out by a job in a process of its own, followed, cancelled, ended in every way."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from app.core import jobs
from app.experts.affinity.rules import weights
from app.experts.assigning import solving
from app.experts.assigning.models import AssignmentRun, RunState
from app.workflow import following
from tests.build import person
from tests.conftest import World
from tests.experts.assigning.build import Stage, given, seats_in, stage
from tests.experts.test_conflicts import joined
from tests.experts.test_experts import codes
from tests.experts.test_identities import called

pytestmark = pytest.mark.anyio


async def start(here: Stage, keep: str | None = None, **terms: Any) -> str:
    body = {"terms": given(**terms)} | ({"keep": keep} if keep else {})
    return str((await here.topic.office.make(f"/stages/{here.id}/assignment_runs", body))["id"])


async def ended(here: Stage, run: str) -> dict[str, Any]:
    """The run as it is read once the queue is empty."""
    await jobs.drain(jobs.Tools(here.topic.world.settings, here.topic.world.sessions))
    return dict((await here.topic.office.get(f"/assignment_runs/{run}")).json())


async def test_a_run_makes_a_draft_set_of_whom_fits_best_with_its_bound(live: World) -> None:
    here = await stage(live, most=1, least=1)
    run = await start(here)
    assert (await here.topic.office.get(f"/assignment_runs/{run}")).json()["state"] == "queued"
    infeasible = await ended(here, run)
    assert infeasible["state"] == "infeasible"  # three experts are promised a proposal, and there are two
    assert any("at least" in one or "least" in one for one in infeasible["sentences"])
    assert infeasible["set_ids"] == []
    run = await start(here, rules={"organisation": None, "least_load": {"weight": 0.01}})
    read = await ended(here, run)
    assert (read["state"], len(read["set_ids"])) == ("solved", 1)
    assert read["figures"]["total"]["gap"] <= 1e-4
    assert read["figures"]["total"]["bound"] >= read["figures"]["total"]["value"]
    assert read["models"]["solver"].startswith("HiGHS ")
    assert read["models"]["affinity"].startswith("tf-idf")
    assert read["models"]["affinity_weights"].keys() == weights().keys()
    made = (await here.topic.office.get(f"/assignment_sets/{read['set_ids'][0]}")).json()
    assert (made["state"], made["run_id"], made["goal"]) == ("draft", run, "total")
    found = {(seat["contract_id"], seat["proposal_id"]) for seat in made["seats"]}
    assert found == {(here.experts[n].contract, here.proposals[n].id) for n in (0, 1)}
    assert [one["hard"] for one in made["broken"]] == [False]
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")


async def test_the_same_terms_and_seed_make_the_same_panels(live: World) -> None:
    here = await stage(live, proposals=6, experts=5, most=2, least=1)
    sets = []
    for _ in range(2):
        read = await ended(here, await start(here))
        assert read["state"] == "solved", read["sentences"]
        sets.append(await seats_in(live, read["set_ids"][0]))
    assert sets[0] == sets[1]


async def test_both_ends_are_shown_where_the_worst_panel_is_asked_for(live: World) -> None:
    here = await stage(live, most=1, least=1)
    rules = {"organisation": None, "objective": "worst", "least_load": {"weight": 0.01}}
    read = await ended(here, await start(here, rules=rules))
    assert read["state"] == "solved"
    total, worst = read["figures"]["total"], read["figures"]["worst"]
    assert worst["worst"] >= total["worst"]
    assert total["total"] >= worst["total"]
    assert worst["worst_bound"] >= worst["worst"]
    sets = [(await here.topic.office.get(f"/assignment_sets/{key}")).json() for key in read["set_ids"]]
    assert [one["goal"] for one in sets] == ["total", "worst"]


async def test_fixed_seats_of_a_set_are_kept(live: World) -> None:
    here = await stage(live)
    made = await here.make()
    put = {"put": [here.seat(2, 0, fixed=True)]}
    await here.topic.office.patch(f"/assignment_sets/{made['id']}", put, made["version"])
    read = await ended(here, await start(here, keep=made["id"]))
    assert (here.experts[2].contract, here.proposals[0].id) in await seats_in(live, read["set_ids"][0])


async def test_what_cannot_be_is_said_in_plain_sentences(live: World) -> None:
    here = await stage(live)
    read = await ended(here, await start(here, expertise=["patient_representative"]))
    assert (read["state"], read["set_ids"]) == ("infeasible", [])
    assert "patient_representative" in " ".join(read["sentences"])
    nobody = await stage(live, experts=0)
    assert (await ended(nobody, await start(nobody)))["state"] == "infeasible"


async def test_a_run_is_cancelled_before_it_begins_and_while_it_runs(live: World) -> None:
    here = await stage(live, proposals=6, experts=5, most=2, least=1)
    run = await start(here)
    cancelled = await here.topic.office.make(f"/assignment_runs/{run}/cancel")
    assert cancelled["state"] == "stopped"
    assert (await ended(here, run))["state"] == "stopped"
    run = await start(here)
    async with live.sessions() as session, session.begin():
        found = await session.get_one(AssignmentRun, UUID(run))
        found.state = RunState.RUNNING  # as if its worker had died
    await here.topic.office.make(f"/assignment_runs/{run}/cancel")
    read = await ended(here, run)
    assert read["state"] in ("stopped", "solved")
    again = await here.topic.office.post(f"/assignment_runs/{run}/cancel")
    assert again.status_code == 409


async def test_two_runs_at_once_both_end(live: World) -> None:
    here = await stage(live)
    runs = [await start(here), await start(here)]
    await asyncio.gather(*(solving.carry_out(live.sessions, UUID(run)) for run in runs))
    assert [(await ended(here, run))["state"] for run in runs] == ["solved", "solved"]


async def test_of_two_sets_released_at_once_the_second_finds_the_seats_of_the_first(live: World) -> None:
    here = await stage(live)
    sets = [await here.make((0, 0), (1, 1)), await here.make((1, 0), (2, 1))]
    answers = await asyncio.gather(
        *(here.topic.office.post(f"/assignment_sets/{one['id']}/release") for one in sets)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len((await here.topic.office.get("/assignments")).json()["items"]) == 2


async def test_what_breaks_off_is_told_and_leaves_no_run_open(live: World, monkeypatch: Any) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError

    here = await stage(live)
    run = await start(here)
    monkeypatch.setattr(solving, "measure", broken)
    read = await ended(here, run)
    assert (read["state"], read["sentences"]) == ("failed", [solving.BROKE_OFF])


async def test_while_an_identity_is_open_nothing_is_run_or_released(live: World) -> None:
    here = await stage(live)
    made, run = await here.make((0, 0), (1, 1)), await start(here)
    await joined(here.topic, legal_name="Institut Curie")
    await called(here.topic, here.experts[2], "ROUX, Pía")
    told = "ROUX, Pía has the name of Pia Roux of Institut Curie. The office is to settle it."
    refused = await here.topic.office.post(f"/stages/{here.id}/assignment_runs", {"terms": given()})
    assert codes(refused) == ["open"]
    read = await ended(here, run)
    assert (read["state"], read["sentences"]) == ("failed", [told])
    assert codes(await here.topic.office.post(f"/assignment_sets/{made['id']}/release")) == ["open"]


async def test_progress_is_sent_as_events_until_the_run_is_over(live: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(following, "EVERY", 0.01)
    here = await stage(live)
    run = await start(here)
    heard, _ = await asyncio.gather(
        here.topic.office.get(f"/assignment_runs/{run}/progress"),
        solving.carry_out(live.sessions, UUID(run)),
    )
    assert heard.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[6:])["state"] for line in heard.text.splitlines() if line.startswith("data: ")]
    assert (told[0] in ("queued", "running"), told[-1]) == (True, "solved")
    stranger = await person(live, "stranger")
    assert (await stranger.get(f"/assignment_runs/{run}/progress")).status_code == 404
    assert (await here.experts[0].actor.get(f"/assignment_runs/{run}")).status_code == 404


async def test_terms_that_cannot_be_are_refused(live: World) -> None:
    here = await stage(live, proposals=0)
    path = f"/stages/{here.id}/assignment_runs"
    for wrong in ({"panel_size": 0}, {"rules": {"seconds": 1e9}}, {"rules": {"colour": 1}}):
        assert (await here.topic.office.post(path, {"terms": given(**wrong)})).status_code == 422
    assert codes(await here.topic.office.post(path, {"terms": given()})) == ["no-proposals"]
