"""Runs a problem in a worker process: with limits, progress, a way to stop it, and nothing left behind."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import app
from app.experts.matching.lp import Progress
from app.experts.matching.model import BadProblem, Problem, checked
from app.experts.matching.wire import ANSWER, JOB, PROGRESS, Answer, Job, Replacing

MEMORY = 4 * 1024**3  # bytes of address space
GRACE = 60.0  # seconds after its own limit when it is no longer waited for
LONGEST = 64 * 1024**2  # bytes of one line
ENVIRONMENT = {
    "PYTHONPATH": str(Path(app.__file__).parents[1]),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class Unanswered(Exception):
    """The worker ended without an answer; the text is one plain sentence."""


async def run(
    problem: Problem,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancel: asyncio.Event | None = None,
    replacing: Replacing | None = None,
    memory: int = MEMORY,
    grace: float = GRACE,
) -> Answer:
    """The answer of a worker; once `cancel` is set, its best so far. Raises BadProblem and Unanswered."""
    job = Job(checked(problem), replacing)
    line = await asyncio.to_thread(JOB.dump_json, job) + b"\n"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.experts.matching.worker", str(memory)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=ENVIRONMENT,
        limit=LONGEST,
        # A session of its own: an interrupt from the terminal is for who waits for the answer.
        start_new_session=True,
    )
    talking = asyncio.create_task(_talk(process, line, cancel))
    try:
        async with asyncio.timeout(problem.settings.seconds + grace):
            return await _answer(process, on_progress)
    except TimeoutError:
        raise Unanswered("It took much longer than it was given.") from None
    finally:
        talking.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await talking
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _talk(process: asyncio.subprocess.Process, line: bytes, cancel: asyncio.Event | None) -> None:
    """Hand in the job, and the wish to stop; the input stays open, for its end would end the worker."""
    assert process.stdin is not None
    process.stdin.write(line)
    await process.stdin.drain()
    if cancel is not None:
        await cancel.wait()
        process.stdin.write(b"stop\n")
        await process.stdin.drain()


async def _answer(process: asyncio.subprocess.Process, on_progress: Callable[[Progress], None]) -> Answer:
    assert process.stdout is not None
    while told := await process.stdout.readline():
        for what, content in json.loads(told).items():
            match what:
                case "progress":
                    on_progress(PROGRESS.validate_python(content))
                case "answer":
                    return await asyncio.to_thread(ANSWER.validate_python, content)
                case "faults":
                    raise BadProblem(content)
                case "failed":
                    raise Unanswered(content)
    raise Unanswered("It ended without an answer, killed or out of memory.")
