"""Panels of the greatest affinity that keep the rules, with a bound over all pairs that are possible."""

import math
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from time import monotonic

import highspy
import numpy as np

from app.experts.matching.groups import Floats, Index, Ints
from app.experts.matching.lp import STOPPED, Control, Duals, Goal, Model, Status, relative, run
from app.experts.matching.model import Objective, Problem

TOLERANCE = 1e-7
LEEWAY = 0.02  # of the worth of a mean seat: how much a pair may cost at the first try
SOLVER = f"HiGHS {version('highspy')}"
WIDER = 4.0  # how much more a pair may cost at the next try, where nothing was found
SOLVED = 2  # a primal solution that keeps all rows, in HiGHS's numbers
FEW = 4_000  # so many pairs are all taken at once


class Outcome(StrEnum):
    OPTIMAL = "optimal"  # proved, within the gap that was asked for
    STOPPED = "stopped"  # by time or by hand: the best so far, if there is any
    INFEASIBLE = "infeasible"  # proved over all pairs


@dataclass(frozen=True)
class Choice:
    """How many pairs a model begins with: the best of a proposal, of a group asked for, of an expert."""

    proposal: int = 40
    group: int = 12
    expert: int = 10
    more: int = 30  # of each proposal, in each round of pricing


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
class Relaxed:
    """The optimum over all pairs when seats may be shared, or what is known of it."""

    status: Outcome
    model: Model
    duals: Duals | None = None
    bound: float = math.inf
    level: float = math.inf
    rounds: int = 0


def first_pairs(index: Index, goal: Goal, choice: Choice) -> Ints:
    """The pairs that are likely to be needed; which are missing is for the prices to say."""
    count, experts = len(index.proposals), len(index.experts)
    if index.eligible.sum() <= FEW and choice == Choice():
        return _all_pairs(index)
    worth = np.where(index.eligible, index.affinity if goal.raise_level else goal.gain, -np.inf)
    found = [_best(worth, np.arange(count), np.arange(experts), choice.proposal)]
    for group in index.groups[1:]:
        if group.least > 0 and len(group.members) > 1:
            scope = np.arange(count) if group.scope is None else np.array(group.scope, int)
            found.append(_best(worth, scope, np.array(group.members), choice.group))
        elif group.least > 0 and group.scope is not None:
            found += [np.array([p * experts + e for p in group.scope for e in group.members], np.int64)]
    turned = _best(worth.T, np.arange(experts), np.arange(count), choice.expert)
    e, p = np.divmod(turned, count)
    pairs: Ints = np.unique(np.concatenate([*found, p * experts + e]))
    return pairs[index.eligible.ravel()[pairs]]


def _all_pairs(index: Index) -> Ints:
    return np.flatnonzero(index.eligible).astype(np.int64)


def _best(worth: Floats, rows: Ints, columns: Ints, most: int) -> Ints:
    part = worth[np.ix_(rows, columns)] if len(columns) < worth.shape[1] else worth[rows]
    most = min(most, part.shape[1])
    if most == 0 or not len(rows):
        return np.array([], np.int64)
    place = np.argpartition(-part, most - 1, axis=1)[:, :most]
    found: Ints = (rows[:, None] * worth.shape[1] + columns[place]).ravel().astype(np.int64)
    return found


def relax(index: Index, goal: Goal, pairs: Ints, choice: Choice, control: Control, stage: str) -> Relaxed:
    """Solve for some pairs, price all, take in those that would gain, until none would."""
    found, basis, bound = Relaxed(Outcome.STOPPED, Model(index, goal, pairs)), None, math.inf
    while not control.over:
        model = found.model = Model(index, goal, pairs)
        highs = model.solver(control)
        if basis is not None:
            highs.setBasis(_carried(basis, model))
        status = run(highs, control)
        found.rounds += 1
        if status in STOPPED:
            break
        ray = status != Status.kOptimal
        duals = _ray(model, highs) if ray else model.duals(np.array(highs.getSolution().row_dual))
        if goal.raise_level and not ray:
            found.level = float(highs.getSolution().col_value[-1])
        if duals is None:
            more = np.setdiff1d(_all_pairs(index), pairs)
        else:
            more, reach = _priced(index, goal, duals, pairs, choice.more)
            bound = min(bound, duals.constant + reach) if not ray else bound
            if ray and duals.constant + reach < -TOLERANCE:
                more = more[:0]
        if not len(more):
            found.status = Outcome.INFEASIBLE if ray else Outcome.OPTIMAL
            found.duals = duals
            break
        if not ray:
            found.duals = duals
        basis = None if ray else (model, highs.getBasis())
        pairs = np.union1d(pairs, more)
        control.tell(stage, None, bound if math.isfinite(bound) else None)
    found.bound = bound
    return found


def _priced(index: Index, goal: Goal, duals: Duals, pairs: Ints, most: int) -> tuple[Ints, float]:
    """The absent pairs that gain, the best of each proposal; and the sum of all gains there are."""
    reach, found, experts = 0.0, [], len(index.experts)
    for start, worth in duals.reduced(index, goal):
        reach += float(worth[worth > 0].sum())
        low, high = np.searchsorted(pairs, [start * experts, (start + len(worth)) * experts])
        flat = worth.ravel()
        flat[pairs[low:high] - start * experts] = -np.inf
        rows = np.flatnonzero((worth > TOLERANCE).any(axis=1))
        if len(rows):
            chosen = _best(worth, rows, np.arange(experts), most)
            found.append(chosen[flat[chosen] > TOLERANCE] + start * experts)
    return (np.unique(np.concatenate(found)) if found else pairs[:0]), reach


def _ray(model: Model, highs: highspy.Highs) -> Duals | None:
    """The proof that these pairs cannot keep the rules, in whichever sign it comes."""
    _, there, ray = highs.getDualRay()  # type: ignore[attr-defined]
    if not there:
        return None
    ray = np.array(ray) / max(1e-12, float(np.abs(ray).max()))
    both = [model.duals(ray, True), model.duals(-ray, True)]
    return min(both, key=lambda one: one.constant + _reach(model, one))


def _reach(model: Model, duals: Duals) -> float:
    p, e = np.divmod(model.pairs, len(model.index.experts))
    total = 0.0
    for start, worth in duals.reduced(model.index, model.goal):
        inside = (p >= start) & (p < start + len(worth))
        here = worth[p[inside] - start, e[inside]]
        total += float(here[here > 0].sum())
    return total


def _carried(before: tuple[Model, highspy.HighsBasis], model: Model) -> highspy.HighsBasis:
    """The basis of the smaller model in the larger one: new rows are basic, new columns are not."""
    old, basis = before
    kind = highspy.HighsBasisStatus
    columns = np.full(model.matrix.shape[1], kind.kLower, object)
    rows = np.full(model.rows, kind.kBasic, object)
    old_columns, old_rows = np.array(basis.col_status, object), np.array(basis.row_status, object)
    columns[np.searchsorted(model.pairs, old.pairs)] = old_columns[: len(old.pairs)]
    place = np.searchsorted(model.keys, old.keys)
    rows[place] = old_rows[: len(old.keys)]
    for mine, theirs, at, length in (
        (model.short, old.short, len(model.pairs), len(old.pairs)),
        (
            model.excess,
            old.excess,
            len(model.pairs) + len(model.short),
            len(old.pairs) + len(old.short),
        ),
    ):
        where = np.searchsorted(mine, place[theirs])
        columns[at + where] = old_columns[length : length + len(theirs)]
    if model.goal.levelled:
        rows[len(model.keys) :] = old_rows[len(old.keys) :]
    if model.goal.raise_level:
        columns[-1] = old_columns[-1]
    carried = highspy.HighsBasis()
    carried.col_status, carried.row_status = list(columns), list(rows)
    carried.valid = True
    return carried


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
