"""The optimum when seats may be shared: solved for some pairs, with every other pair priced by its duals."""

import math
from dataclasses import dataclass
from enum import StrEnum

import highspy
import numpy as np

from app.experts.matching.groups import Floats, Index, Ints
from app.experts.matching.lp import STOPPED, Control, Duals, Goal, Model, Status, run

TOLERANCE = 1e-7
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
