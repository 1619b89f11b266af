"""Panels of the greatest affinity that keep the rules, with a bound over all pairs that are possible."""

import math
from dataclasses import dataclass
from importlib.metadata import version
from time import monotonic

import numpy as np

from app.experts.matching.groups import Index, Ints
from app.experts.matching.lp import STOPPED, Control, Duals, Goal, Model, Status, relative, run
from app.experts.matching.model import Objective, Problem
from app.experts.matching.relax import Choice, Outcome, Relaxed, first_pairs, relax

LEEWAY = 0.02  # of the worth of a mean seat: how much a pair may cost at the first try
WIDER = 4.0  # how much more a pair may cost at the next try, where nothing was found
SOLVED = 2  # a primal solution that keeps all rows, in HiGHS's numbers
SOLVER = f"HiGHS {version('highspy')}"


@dataclass(frozen=True)
class Result:
    """`value`: the total less the weights of what soft rules miss; `bound`: over all pairs there are."""

    outcome: Outcome
    panels: dict[str, tuple[str, ...]] | None = None
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    total: float | None = None
    worst: float | None = None
    worst_bound: float | None = None
    pairs: int = 0
    pairs_possible: int = 0
    rounds: int = 0
    seconds: float = 0.0
    plain: "Result | None" = None  # the greatest total without a level: what the level costs
    solver: str = SOLVER


@dataclass
class Whole:
    """Seats that are not shared, and what no other seats can exceed."""

    status: Outcome
    pairs: Ints | None = None
    value: float = -math.inf
    bound: float = math.inf
    taken: int = 0


def whole(index: Index, goal: Goal, relaxed: Relaxed, control: Control, gap: float, stage: str) -> Whole:
    """Seats over the pairs that cost little by their price.

    Seats with any other pair are worth at most the relaxed bound less `leeway`: so the bound is one over all
    pairs, and the answer is proved once it is worth more than that.
    """
    if relaxed.duals is None or relaxed.status is not Outcome.OPTIMAL:
        return Whole(relaxed.status, bound=relaxed.bound)
    leeway = LEEWAY * max(abs(relaxed.bound), 1.0) / max(1.0, index.sizes.sum())
    best = Whole(Outcome.STOPPED, bound=relaxed.bound)
    while not control.over:
        pairs = _cheap(index, goal, relaxed.duals, leeway)
        everything = len(pairs) == index.eligible.sum()
        model = Model(index, goal, pairs)
        highs = model.solver(control, whole=True)
        highs.setOptionValue("mip_rel_gap", gap / 2)
        highs.setOptionValue("mip_abs_gap", 1e-9)
        highs.setOptionValue("objective_target", -(relaxed.bound - gap * abs(relaxed.bound)))
        if best.pairs is not None:
            places = np.searchsorted(pairs, best.pairs).astype(np.int32)
            highs.setSolution(len(places), places, np.ones(len(places)))
        status = run(highs, control, stage, relaxed.bound)
        if status in (Status.kInfeasible, Status.kUnboundedOrInfeasible):
            if everything:
                return Whole(Outcome.INFEASIBLE, bound=relaxed.bound)
            leeway *= WIDER
            continue
        info = highs.getInfo()
        if info.primal_solution_status == SOLVED and -info.objective_function_value > best.value:
            values = np.array(highs.getSolution().col_value)[: len(pairs)]
            best.pairs, best.value = pairs[values > 0.5], -info.objective_function_value
        best.taken = len(pairs)
        inside = relaxed.bound if status == Status.kObjectiveTarget else -info.mip_dual_bound
        outside = -math.inf if everything else relaxed.bound - leeway
        best.bound = max(best.value, min(best.bound, relaxed.bound, max(inside, outside)))
        if best.pairs is not None and relative(best.value, best.bound) <= gap + 1e-9:
            best.status = Outcome.OPTIMAL
            return best
        if status in STOPPED:
            return best
        leeway = max((relaxed.bound - best.value) * 1.01, leeway * 2)
    return best


def _cheap(index: Index, goal: Goal, duals: Duals, leeway: float) -> Ints:
    experts = len(index.experts)
    return np.concatenate(
        [np.flatnonzero(worth >= -leeway) + start * experts for start, worth in duals.reduced(index, goal)]
    ).astype(np.int64)


def maximum(
    index: Index, goal: Goal, control: Control, gap: float, choice: Choice, stage: str
) -> tuple[Relaxed, Whole]:
    """The greatest sum of gains: shared seats first, for the bound and the prices, then whole ones."""
    relaxed = relax(index, goal, first_pairs(index, goal, choice), choice, control, f"{stage}: bound")
    return relaxed, whole(index, goal, relaxed, control, gap, stage)


def solve(problem: Problem, control: Control | None = None, choice: Choice | None = None) -> Result:
    """Panels for a problem. Raises BadProblem; a limit of time is never called infeasible."""
    rules, choice = problem.settings, choice or Choice()
    control = control or Control(rules.seconds, rules.seed)
    index = Index(problem)
    if not index.proposals:
        return Result(Outcome.OPTIMAL, {}, 0.0, 0.0, 0.0, 0.0)
    relaxed, best = maximum(index, Goal(index.affinity), control, rules.gap, choice, "total")
    if rules.objective is Objective.TOTAL or best.pairs is None:
        return result_of(index, control, relaxed, best)
    plain = result_of(index, control, relaxed, best)
    raised = Goal(index.affinity, raise_level=True)
    top = relax(index, raised, first_pairs(index, raised, choice), choice, control, "level")
    low, high = worst_of(index, best.pairs), top.level
    if top.status is not Outcome.OPTIMAL:
        return result_of(index, control, relaxed, best, plain=plain)
    near = max(1e-5, rules.gap * abs(high))
    level = high
    while high - low > near and not control.over:
        goal = Goal(index.affinity, level - 1e-6 * max(1.0, abs(level)))
        held, found = maximum(index, goal, control, rules.gap, choice, "worst")
        if found.pairs is not None:
            relaxed, best, low = held, found, worst_of(index, found.pairs)
        elif found.status is Outcome.INFEASIBLE:
            high = level
        else:
            break
        level = (low + high) / 2
    return result_of(index, control, relaxed, best, high, plain)


def panels_of(index: Index, pairs: Ints) -> dict[str, tuple[str, ...]]:
    panels: dict[str, list[str]] = {one.id: [] for one in index.proposals}
    for place in pairs:
        p, e = divmod(int(place), len(index.experts))
        panels[index.proposals[p].id].append(index.experts[e].id)
    return {proposal: tuple(panel) for proposal, panel in panels.items()}


def worst_of(index: Index, pairs: Ints) -> float:
    p, e = np.divmod(pairs, len(index.experts))
    return float(np.bincount(p, index.affinity[p, e], len(index.proposals)).min())


def result_of(
    index: Index,
    control: Control,
    relaxed: Relaxed,
    best: Whole,
    worst_bound: float | None = None,
    plain: Result | None = None,
) -> Result:
    seconds, possible = monotonic() - control.began, int(index.eligible.sum())
    bound = float(best.bound) if math.isfinite(best.bound) else None
    if best.pairs is None:
        return Result(
            best.status, bound=bound, pairs_possible=possible, rounds=relaxed.rounds, seconds=seconds
        )
    p, e = np.divmod(best.pairs, len(index.experts))
    worst = worst_of(index, best.pairs)
    return Result(
        best.status,
        panels_of(index, best.pairs),
        best.value,
        bound,
        None if bound is None else float(relative(best.value, bound)),
        float(index.affinity[p, e].astype(float).sum()),
        worst,
        None if worst_bound is None else max(worst, worst_bound),
        best.taken,
        possible,
        relaxed.rounds,
        seconds,
        plain=plain,
    )
