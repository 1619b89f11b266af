"""A worker answers as the solver does, stops when asked, and leaves no process behind, however it ends."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import psutil
import pytest

from app.experts.matching.check import violations
from app.experts.matching.lp import Progress
from app.experts.matching.model import BadProblem, Objective, Problem
from app.experts.matching.planted import PLANTED, sound
from app.experts.matching.relax import Outcome
from app.experts.matching.running import ENVIRONMENT, Unanswered, run
from app.experts.matching.shapes import call
from app.experts.matching.solve import solve
from app.experts.matching.wire import ANSWER, JOB, Answer, Job, Replacing
from tests.experts.matching.tiny import asked

pytestmark = pytest.mark.anyio


def workers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "app.experts.matching.worker" in one.cmdline()]


def test_a_job_and_an_answer_survive_the_wire() -> None:
    job = Job(call(4, 12), Replacing({"P0": ("E0",)}, frozenset({"E1"})))
    back = JOB.validate_json(JOB.dump_json(job))
    assert np.array_equal(back.problem.affinity, job.problem.affinity)
    assert replace(back.problem, affinity=job.problem.affinity).__dict__ == job.problem.__dict__
    assert back.replacing == job.replacing
    answer = Answer(solve(asked(call(4, 12), objective=Objective.WORST)))
    assert ANSWER.validate_json(ANSWER.dump_json(answer)) == answer


async def test_it_answers_as_the_solver_does_and_tells_how_far_it_is() -> None:
    problem = asked(call(20, 60), objective=Objective.WORST)
    told: list[Progress] = []
    one, other = await asyncio.gather(run(problem, told.append), run(problem))
    direct = solve(problem)
    assert one.result.panels == other.result.panels == direct.panels
    assert one.result.bound == direct.bound
    assert told
    assert workers() == []


async def test_it_says_why_there_are_no_panels() -> None:
    change, kinds, _ = PLANTED["one has the expertise for more than their load"]
    found = await run(change(sound()))
    assert found.result.outcome is Outcome.INFEASIBLE
    assert found.blocked is not None
    assert set(found.blocked.kinds) == kinds
    assert "6 proposals need the expertise patient; 3 seats exist." in found.blocked.sentences


async def test_it_replaces() -> None:
    before = solve(sound()).panels
    assert before is not None
    gone = before["P0"][0]
    found = await run(sound(), replacing=Replacing(before, frozenset({gone})))
    assert found.moved == ()
    assert found.proved
    assert found.result.panels is not None
    assert all(gone not in panel for panel in found.result.panels.values())


async def test_a_problem_that_contradicts_itself_is_refused_before_anything_is_started() -> None:
    with pytest.raises(BadProblem):
        await run(replace(sound(), affinity=np.full((6, 12), np.nan, np.float32)))


def large() -> Problem:
    return asked(call(400, 1_000, seed=3), objective=Objective.WORST, gap=0.0, seconds=120)


async def test_stopped_it_gives_the_best_so_far() -> None:
    problem, stop = large(), asyncio.Event()

    def tell(progress: Progress) -> None:
        if progress.incumbent is not None:
            stop.set()

    found = await run(problem, tell, stop)
    assert found.result.panels is not None
    assert violations(problem, found.result.panels) == []
    assert workers() == []


async def test_killed_it_is_said_to_have_ended_without_an_answer() -> None:
    def kill(_: Progress) -> None:
        for one in workers():
            one.kill()

    with pytest.raises(Unanswered, match="without an answer"):
        await run(large(), kill)
    assert workers() == []


async def test_it_ends_with_the_task_that_waits_for_it() -> None:
    began = asyncio.Event()
    task = asyncio.create_task(run(large(), lambda _: began.set()))
    await began.wait()
    assert len(workers()) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert workers() == []


async def test_it_has_only_so_much_memory() -> None:
    with pytest.raises(Unanswered):
        await run(large(), memory=100 * 1024**2)


async def test_who_does_not_answer_is_not_waited_for() -> None:
    slow = asked(call(20, 60), seconds=0.01)
    with pytest.raises(Unanswered, match="longer"):
        await run(slow, grace=0.0)
    assert workers() == []


def test_it_ends_when_whoever_started_it_has_ended() -> None:
    """Its input ends then, whether it is solving or not."""
    command = [sys.executable, "-m", "app.experts.matching.worker", str(2**32)]
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=ENVIRONMENT, **pipe) as process:  # type: ignore[call-overload]
        process.stdin.write(JOB.dump_json(Job(large())) + b"\n")
        process.stdin.flush()
        assert "progress" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(10) == 1
