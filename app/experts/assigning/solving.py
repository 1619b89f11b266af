"""The job that carries out a run: in a process of its own, with progress, until whatever end."""

import asyncio
import math
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import procrastinate
import structlog
from sqlalchemy import update

from app.core import jobs
from app.core.clock import process_now
from app.core.db import Sessions
from app.experts.affinity.measuring import measure
from app.experts.affinity.queries import model_of
from app.experts.assigning.effects import Ended, Found, rapporteurs_of
from app.experts.assigning.models import AssignmentRun, AssignmentSet, RunState
from app.experts.assigning.queries import ground_of, scores_on
from app.experts.assigning.replacing import Plan, plan_of, told
from app.experts.assigning.rules import Ground, Pair, Terms, affinity_matrix, pairs_in, problem_of
from app.experts.assigning.workflow import ASSIGNMENT_RUN, ASSIGNMENT_SET
from app.experts.matching.model import BadProblem, Objective, Problem
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire, system_act

if TYPE_CHECKING:
    from app.experts.matching.lp import Progress
    from app.experts.matching.solve import Result
    from app.experts.matching.wire import Answer, Replacing

log = structlog.get_logger(__name__)
EVERY = 1.0  # seconds between two looks at whether it is to stop
ENDS = {"optimal": "solve", "infeasible": "find_infeasible", "stopped": "stop"}
TITLES = {"total": "Greatest total affinity", "worst": "Best worst panel"}
REPLACED = "Who is gone is replaced"
BROKE_OFF = "It broke off; the log of the server says why."


# One at a time: two would share the memory that one is given.
@jobs.app.task(name="solve_assignment", pass_context=True, lock="solve_assignment")
async def solve_assignment(context: procrastinate.JobContext, run_id: str) -> None:
    """Carry out one run; one whose worker has died begins anew."""
    await carry_out(jobs.tools(context).sessions, UUID(run_id))


async def carry_out(sessions: Sessions, run_id: UUID) -> None:
    """From its beginning to whatever end; nothing for a run that is over. A run is never left half told."""
    run = await _begun(sessions, run_id)
    if run is None:
        return
    try:
        await _carry_out(sessions, run)
    except Exception as fault:
        log.error("assignment.failed", run=str(run_id), exc_info=fault)
        await _fail(sessions, run_id, [BROKE_OFF])


async def _begun(sessions: Sessions, run_id: UUID) -> AssignmentRun | None:
    async with sessions() as session, session.begin():
        act = await _act(session, run_id)
        found: list[AssignmentRun] = await lock_all(session, AssignmentRun, [run_id])
        for run in found:
            if run.state == RunState.QUEUED:
                await fire(ASSIGNMENT_RUN, "begin", run, act)
            if run.state == RunState.RUNNING:
                return run
    return None


async def _act(session: Any, run_id: UUID) -> Act:
    return system_act(session, await process_now(session), f"assignment run {run_id}")


async def _carry_out(sessions: Sessions, run: AssignmentRun) -> None:
    from app.experts.matching.running import Unanswered

    await measure(sessions, run.stage_id)
    async with sessions() as session:
        ground = await ground_of(session, run.stage_id, await process_now(session))
        score = await scores_on(session, ground)
        model = await model_of(session, [one.proposal_id for one in ground.proposals])
    if ground.barred.open:
        await _fail(sessions, run.id, list(ground.barred.open))
        return
    terms = Terms.model_validate(run.terms)
    fixed = {(UUID(contract), UUID(proposal)) for contract, proposal in run.fixed}
    matrix = await asyncio.to_thread(affinity_matrix, ground, score)
    problem = problem_of(ground, terms, fixed, matrix, ground.refused, replaces=run.replaces)
    plan = plan_of(ground, terms) if run.replaces else None
    try:
        answer = await _solved(sessions, run.id, problem, plan)
    except BadProblem as bad:
        await _fail(sessions, run.id, bad.faults)
    except Unanswered as fault:
        await _fail(sessions, run.id, [str(fault)])
    else:
        kept = frozenset(fixed) if plan is None else plan.stays
        results = {"total": answer.result} if plan is not None else _by_goal(terms, answer.result)
        sets = [_found(goal, one, ground, score, kept, plan) for goal, one in results.items() if one.panels]
        ended = Ended(
            {goal: _figures(result) for goal, result in results.items()},
            {"solver": answer.result.solver, **model},
            (*_of_replacing(plan, ground, answer), *_mending(answer)),
            None if plan is None else _replaced(plan, answer),
        )
        await _end(sessions, run.id, ENDS[answer.result.outcome.value], sets, ended)


def _found(
    goal: str,
    result: "Result",
    ground: Ground,
    score: dict[Pair, float],
    kept: frozenset[Pair],
    plan: Plan | None,
) -> Found:
    seats = tuple(sorted(pairs_in(result.panels or {}), key=str))
    drafts = rapporteurs_of(seats, score, ground.rapporteurs)
    return Found(goal, TITLES[goal] if plan is None else REPLACED, seats, drafts, kept)


def _mending(answer: "Answer") -> tuple[str, ...]:
    if answer.blocked is None:
        return ()
    return (*answer.blocked.sentences, *(f"To mend it: {one.text}" for one in answer.blocked.repair))


def _of_replacing(plan: Plan | None, ground: Ground, answer: "Answer") -> tuple[str, ...]:
    if plan is None:
        return ()
    found, moved = answer.result.panels is not None, _pairs(answer.moved)
    return tuple(told(plan, ground, moved, answer.proved, found, answer.since))


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Pair]:
    return [(UUID(contract), UUID(proposal)) for contract, proposal in pairs]


def _replaced(plan: Plan, answer: "Answer") -> dict[str, object]:
    def seats(pairs: Iterable[Pair]) -> list[dict[str, str]]:
        return [{"contract_id": str(contract), "proposal_id": str(proposal)} for contract, proposal in pairs]

    return {
        "stood": len(plan.stays),
        "frozen": len(plan.frozen),
        "lost": seats(pair for pair, _ in plan.lost),
        "moved": seats(_pairs(answer.moved)),
        "proved": answer.proved,
    }


def _replacing(plan: Plan) -> "Replacing":
    from app.experts.matching.wire import Replacing

    panels: dict[str, list[str]] = {}
    for contract, proposal in sorted(plan.stays, key=str):
        panels.setdefault(str(proposal), []).append(str(contract))
    frozen = frozenset((str(contract), str(proposal)) for contract, proposal in plan.frozen)
    return Replacing({proposal: tuple(panel) for proposal, panel in panels.items()}, frozen=frozen)


async def _solved(sessions: Sessions, run_id: UUID, problem: Problem, plan: Plan | None) -> "Answer":
    """The worker's answer; meanwhile its progress is written, and whether to stop is asked."""
    from app.experts.matching.running import run

    latest: list[Progress] = []
    cancel = asyncio.Event()

    def heard(progress: "Progress") -> None:
        latest[:] = [progress]

    async def watch() -> None:
        while True:
            # A database that is away for a moment ends no run.
            with suppress(Exception):
                if await _tell(sessions, run_id, latest):
                    cancel.set()
            await asyncio.sleep(EVERY)

    watching = asyncio.create_task(watch())
    try:
        return await run(problem, heard, cancel, _replacing(plan) if plan is not None else None)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _tell(sessions: Sessions, run_id: UUID, latest: "list[Progress]") -> bool:
    """Write how far it is, and learn whether to stop: by hand, or since somebody else has ended it."""
    async with sessions() as session, session.begin():
        here = update(AssignmentRun).where(
            AssignmentRun.id == run_id, AssignmentRun.state == RunState.RUNNING
        )
        progress = finite(asdict(latest[0])) if latest else {}
        asked = here.values(progress=progress).returning(AssignmentRun.cancel_asked_at)
        found = (await session.execute(asked.execution_options(synchronize_session=False))).one_or_none()
        return found is None or found[0] is not None


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """What JSON can say: no number that is not finite."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


async def _fail(sessions: Sessions, run_id: UUID, sentences: list[str]) -> None:
    async with sessions() as session, session.begin():
        act = await _act(session, run_id)
        for run in await lock_all(session, AssignmentRun, [run_id]):
            if run.state == RunState.RUNNING:
                await fire(ASSIGNMENT_RUN, "fail", run, act.given(Ended({}, {}, tuple(sentences))))


async def _end(sessions: Sessions, run_id: UUID, row: str, sets: list[Found], ended: Ended) -> None:
    """The sets that it has found, the best of each goal, and the end itself, in one transaction."""
    async with sessions() as session, session.begin():
        act = await _act(session, run_id)
        for run in await lock_all(session, AssignmentRun, [run_id]):
            if run.state != RunState.RUNNING:
                continue
            for found in sets:
                await create(ASSIGNMENT_SET, "take_result", AssignmentSet(), act.given(found, run))
            await fire(ASSIGNMENT_RUN, row, run, act.given(ended))


def _by_goal(terms: Terms, result: "Result") -> "dict[str, Result]":
    """Both ends where the worst panel was asked for: the greatest total says what the level costs."""
    if terms.rules.objective is Objective.TOTAL:
        return {"total": result}
    if result.plain is None:
        return {"worst": result}
    return {"total": result.plain, "worst": result}


def _figures(result: "Result") -> dict[str, object]:
    names = (
        "value",
        "bound",
        "gap",
        "total",
        "worst",
        "worst_bound",
        "seconds",
        "pairs",
        "pairs_possible",
        "rounds",
    )
    told = {name: getattr(result, name) for name in names}
    return {"outcome": result.outcome.value, **finite(told)}
