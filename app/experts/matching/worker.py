"""Solves one problem in a process of its own: `python -m app.experts.matching.worker MEMORY`, in bytes.

The first line of its input is the job; a line `stop` asks for the best so far; when the input ends it ends at
once, however the other side has ended. Each line of its output says how far it is; the last is the answer.
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import IO, Any

from app.experts.matching.explain import blocked
from app.experts.matching.lp import Control, Progress
from app.experts.matching.model import BadProblem, Pair, Problem, Rule
from app.experts.matching.relax import Outcome
from app.experts.matching.replace import replaced, without
from app.experts.matching.solve import solve
from app.experts.matching.wire import ANSWER, JOB, PROGRESS, Answer, Job, plain

MORE = 60  # seconds of work beyond the limit on the wall, for reading, building and writing


def answer(job: Job, control: Control) -> Answer:
    """Panels, or why there are none."""
    if job.replacing is None:
        problem, result = job.problem, solve(job.problem, control)
        found = Answer(result)
    else:
        it = job.replacing
        problem = without(job.problem, it.gone, it.barred)
        new = replaced(job.problem, it.panels, it.gone, it.barred, it.frozen, control)
        result, since = new.result, None
        if new.moved:
            stood = {(e, p) for p, panel in it.panels.items() for e in panel} - {*new.lost}
            since = blocked(_held(problem, stood), control, mend=False)
        found = Answer(result, None, new.lost, new.moved, new.proved, since.sentences if since else ())
        problem = _held(problem, it.frozen)
    if result.outcome is not Outcome.INFEASIBLE:
        return found
    return replace(found, blocked=blocked(problem, control))


def _held(problem: Problem, seats: Iterable[Pair]) -> Problem:
    """The problem with these seats fixed, beyond dispute."""
    settings = problem.settings.model_copy(update={"fixed": Rule()})
    return replace(problem, settings=settings, fixed=problem.fixed | frozenset(seats))


def main(given: IO[bytes], out: IO[str]) -> None:
    stopped = threading.Event()

    def tell(what: str, content: Any) -> None:
        out.write(json.dumps({what: content}) + "\n")
        out.flush()

    def listen() -> None:
        while line := given.readline():
            if line == b"stop\n":
                stopped.set()
        os._exit(1)

    try:
        job = JOB.validate_json(given.readline())
        threading.Thread(target=listen, daemon=True).start()
        rules = job.problem.settings
        resource.setrlimit(resource.RLIMIT_CPU, (int(rules.seconds) + MORE,) * 2)

        def progress(one: Progress) -> None:
            tell("progress", plain(PROGRESS, one))

        control = Control(rules.seconds, rules.seed, progress, stopped.is_set)
        tell("answer", plain(ANSWER, answer(job, control)))
    except BadProblem as bad:
        tell("faults", bad.faults)
    except ValueError as bad:
        tell("faults", [str(bad)])
    except MemoryError:
        tell("failed", "Solving it takes too much memory.")


if __name__ == "__main__":
    os.nice(5)  # whoever is served goes first
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the solver prints is no answer
    main(sys.stdin.buffer, told)
    told.close()
    os._exit(0)  # the thread that listens is not waited for
