"""`imi bench matching`: generated calls and conferences, with ratios to bounds and to the plain flow."""

import json as jsons
import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from app.core.fault import Fault
from app.experts.matching.check import violations
from app.experts.matching.explain import blocked
from app.experts.matching.model import (
    BadProblem,
    Expert,
    Kind,
    Objective,
    Problem,
    Proposal,
    Settings,
    checked,
)
from app.experts.matching.planted import PLANTED, sound
from app.experts.matching.replace import replaced, without
from app.experts.matching.shapes import call, conference
from app.experts.matching.solve import solve

Row = dict[str, Any]


@dataclass(frozen=True)
class Given:
    """Any matrix of scores, from files of NumPy."""

    scores: Path
    loads: Path
    coverage: Path
    experts_in_rows: bool = False


def main(*, quick: bool, json: Path | None, given: Given | None = None) -> int:
    """Print a row per case; code 1 if a figure that is asked for is not reached. Raises Fault."""
    problem = None if given is None else read(given)
    rows, console = [], Console()
    table = Table("case", "result", "s", "MB", "reached")
    for name, case in _given(problem) if problem is not None else _cases(quick):
        row = _apart(case)
        rows.append({"case": name, **row})
        reached = {True: "yes", False: "NO"}.get(row.get("reached", ""), "")
        told = ", ".join(f"{key} {_short(value)}" for key, value in row.items() if key not in SHOWN)
        table.add_row(name, told, _short(row["seconds"]), str(row["megabytes"]), reached)
    console.print(table)
    if json is not None:
        json.write_text(jsons.dumps(rows, indent=2) + "\n")
    return 1 if any(row.get("reached") is False for row in rows) else 0


SHOWN = ("seconds", "megabytes", "reached")


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _apart(case: "Case") -> Row:
    """In a process of its own, so that the memory is that of the case alone."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measured, case).result()


@dataclass(frozen=True)
class Case:
    what: Callable[..., Row]
    about: tuple[Any, ...] = ()


def measured(case: Case) -> Row:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the solver greets
    began = perf_counter()
    row = case.what(*case.about)
    row.setdefault("seconds", perf_counter() - began)
    row["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


def _cases(quick: bool) -> Iterator[tuple[str, Case]]:
    yield "150 x 400, every rule", Case(with_rules, (150, 400))
    yield "150 x 400, every rule, worst panel first", Case(worst_first, (call(150, 400),))
    for name, shape in SHAPES.items():
        if not quick or name in QUICK:
            yield f"{name}, worst panel first", Case(worst_first, (shaped(*shape),))
    if not quick:
        yield "2,623 x 1,373, total", Case(total, (shaped(2_623, 1_373, 3, 0, 9),))
        yield "2,000 x 5,000, every rule", Case(large, (2_000, 5_000))
    yield "150 x 400, 12 drop-outs, one at a time", Case(drop_outs, (150, 400, 12, 1))
    yield "150 x 400, 5 drop out at once", Case(drop_outs, (150, 400, 1, 5))
    yield f"{len(PLANTED)} planted infeasibilities", Case(planted)
    yield "150 x 400, too few with an expertise", Case(too_few, (150, 400))


SHAPES: dict[str, tuple[int, int, int, int, int]] = {
    "118 x 177": (118, 177, 3, 0, 4),
    "118 x 177, at least 2 each": (118, 177, 3, 2, 4),
    "613 x 201": (613, 201, 3, 2, 12),
    "442 x 161": (442, 161, 3, 2, 12),
    "73 x 189": (73, 189, 3, 1, 2),
}
"""Proposals, experts, seats of a panel, least and most load: as conferences have them."""
QUICK = ("118 x 177", "613 x 201", "73 x 189")


def shaped(proposals: int, experts: int, size: int, least: int, most: int) -> Problem:
    problem = conference(proposals, experts, size=size)
    pool = tuple(replace(one, least=least, most=most) for one in problem.experts)
    return replace(problem, experts=pool)


def aiming(problem: Problem, objective: Objective, seconds: float = 150) -> Problem:
    update = {"objective": objective, "seconds": seconds}
    return replace(problem, settings=problem.settings.model_copy(update=update))


def with_rules(proposals: int, experts: int) -> Row:
    """All rules, beside the plain flow: loads, panels and conflicts alone."""
    problem = call(proposals, experts)
    solve(call(5, 20))  # so that neither pays for what is loaded first
    flow = replace(
        problem,
        proposals=tuple(Proposal(one.id, one.size) for one in problem.proposals),
        settings=Settings(organisation=None),
    )
    plain, ruled = solve(flow), solve(problem)
    broken = len(violations(problem, ruled.panels or {}))
    gap = 1.0 if ruled.gap is None else ruled.gap
    reached = gap <= 1e-4 and broken == 0 and ruled.seconds <= 5 * plain.seconds + 2
    return {
        "total": ruled.total,
        "bound": ruled.bound,
        "gap": gap,
        "violations": broken,
        "of the plain flow's total": (ruled.total or 0) / (plain.total or 1),
        "of its time": ruled.seconds / plain.seconds,
        "seconds": ruled.seconds,
        "reached": reached,
    }


def worst_first(problem: Problem) -> Row:
    result = solve(aiming(problem, Objective.WORST))
    if result.worst is None or result.worst_bound is None or result.plain is None:
        return {"outcome": result.outcome.value, "reached": False}
    return {
        "worst": result.worst,
        "bound": result.worst_bound,
        "worst of the greatest total": result.plain.worst,
        "total of the greatest": (result.total or 0) / (result.plain.total or 1),
        "gap": result.gap,
        "reached": result.worst >= result.worst_bound - 1e-4,
    }


def total(problem: Problem) -> Row:
    result = solve(aiming(problem, Objective.TOTAL))
    ratio = (result.value or 0) / (result.bound or 1)
    return {
        "outcome": result.outcome.value,
        "total": result.total,
        "bound": result.bound,
        "ratio": ratio,
        "worst": result.worst,
        "reached": ratio >= 0.9999,
    }


def large(proposals: int, experts: int) -> Row:
    problem = aiming(call(proposals, experts), Objective.TOTAL)
    result = solve(problem)
    broken = len(violations(problem, result.panels or {}))
    gap = 1.0 if result.gap is None else result.gap
    return {
        "total": result.total,
        "bound": result.bound,
        "gap": gap,
        "violations": broken,
        "pairs taken": result.pairs,
        "pairs": result.pairs_possible,
        "seconds": result.seconds,
        "reached": gap <= 1e-3 and broken == 0 and result.seconds <= 150,
    }


def drop_outs(proposals: int, experts: int, times: int, many: int) -> Row:
    """Who drops out is drawn with a fixed seed; beside each a solution from the beginning."""
    problem = call(proposals, experts)
    before = solve(problem)
    if before.panels is None:
        return {"outcome": before.outcome.value, "reached": False}
    seated = sorted({one for panel in before.panels.values() for one in panel})
    drawn = np.random.default_rng(1)
    moved, ratios, quick, slow, proved = 0, [], 0.0, 0.0, True
    for _ in range(times):
        gone = [str(one) for one in drawn.choice(seated, many, replace=False)]
        found, again = replaced(problem, before.panels, gone), solve(without(problem, gone))
        moved, proved = moved + len(found.moved), proved and found.proved
        ratios.append((found.result.total or 0) / (again.total or 1))
        quick, slow = quick + found.result.seconds, slow + again.seconds
    return {
        "moved": moved,
        "proved": proved,
        "least of a solution from the beginning": min(ratios),
        "of its time": quick / slow,
        "seconds": quick / times,
        "reached": moved == 0 and min(ratios) >= 0.998 and quick <= 0.5 * slow,
    }


def planted() -> Row:
    named = mended = 0
    for change, kinds, excess in PLANTED.values():
        found = blocked(change(sound()))
        named += found is not None and set(found.kinds) == kinds
        mended += found is not None and sum(one.amount for one in found.repair) == excess
    return {"named": named, "smallest repair": mended, "reached": named == mended == len(PLANTED)}


def too_few(proposals: int, experts: int) -> Row:
    """Every proposal asks for what a tenth of the pool has."""
    problem = call(proposals, experts)
    flag = "patient representative"
    rare = {one.id for one in problem.experts[::10]}
    pool = tuple(
        replace(one, expertise=(one.expertise - {flag}) | ({flag} if one.id in rare else frozenset()))
        for one in problem.experts
    )
    seats = sum(one.most for one in pool if one.id in rare)
    asked = tuple(replace(one, expertise=frozenset({flag})) for one in problem.proposals)
    problem = replace(problem, experts=pool, proposals=asked)
    began = perf_counter()
    first = blocked(problem, mend=False)
    seconds = perf_counter() - began
    found = blocked(problem)
    if first is None or found is None:
        return {"reached": False}
    excess = sum(one.amount for one in found.repair)
    return {
        "named": " and ".join(first.kinds),
        "repair": excess,
        "planted": proposals - seats,
        "seconds": seconds,
        "reached": set(first.kinds) == {Kind.EXPERTISE, Kind.MOST_LOAD} and excess == proposals - seats,
    }


def read(given: Given) -> Problem:
    """A problem of scores, loads and seats alone. Raises Fault."""
    try:
        scores, loads, coverage = (
            np.load(path, allow_pickle=False) for path in (given.scores, given.loads, given.coverage)
        )
    except (OSError, ValueError, EOFError) as bad:
        raise Fault(f"The files cannot be read: {bad}.") from None
    if scores.ndim != 2:
        raise Fault("The scores are no matrix.")
    scores = scores.T if given.experts_in_rows else scores
    proposals, experts = scores.shape
    least, most = loads if loads.ndim == 2 else (np.zeros(len(loads)), loads)
    if len(most) != experts or coverage.shape != (proposals,):
        raise Fault(
            f"{proposals} proposals and {experts} experts are scored, but there are {len(most)} loads and "
            f"{coverage.size} panels; proposals are in rows unless --experts-in-rows is given."
        )
    problem = Problem(
        tuple(Expert(f"E{n:06d}", int(most[n]), int(least[n])) for n in range(experts)),
        tuple(Proposal(f"P{n:06d}", int(coverage[n])) for n in range(proposals)),
        np.asarray(scores, np.float32),
        Settings(organisation=None),
    )
    try:
        return checked(problem)
    except BadProblem as bad:
        raise Fault(f"The matrices contradict themselves: {bad}") from None


def _given(problem: Problem) -> Iterator[tuple[str, Case]]:
    size = f"{len(problem.proposals)} x {len(problem.experts)}"
    yield f"{size}, total", Case(total, (problem,))
    yield f"{size}, worst panel first", Case(worst_first, (problem,))
