"""The model of some pairs in HiGHS, and the price of every other pair by its duals."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.experts.matching.groups import Floats, Index, Ints

BLOCK = 256  # proposals priced at a time, so that memory stays small
THREADS = 1  # HiGHS wants it the same for the life of a process

EVERY = 0.2  # seconds between two words on how far it is
INFINITE = 1e30
LOGGED = highspy.cb.HighsCallbackType.kCallbackMipLogging

Status = highspy.HighsModelStatus
STOPPED = {Status.kTimeLimit, Status.kInterrupt}


@dataclass(frozen=True)
class Progress:
    stage: str
    incumbent: float | None
    bound: float | None
    gap: float | None
    seconds: float


@dataclass
class Control:
    """How long, and what is told meanwhile; `cancelled` is asked between and during steps."""

    seconds: float = 60.0
    seed: int = 0
    on_progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False
    began: float = field(default_factory=monotonic)

    @property
    def left(self) -> float:
        return self.began + self.seconds - monotonic()

    @property
    def over(self) -> bool:
        return self.left <= 0 or self.cancelled()

    def tell(self, stage: str, incumbent: float | None = None, bound: float | None = None) -> None:
        gap = None if incumbent is None or bound is None else relative(incumbent, bound)
        self.on_progress(Progress(stage, incumbent, bound, gap, monotonic() - self.began))


def relative(value: float, bound: float) -> float:
    return max(0.0, bound - value) / max(1e-9, abs(bound)) if bound != value else 0.0


@dataclass
class Goal:
    """What is maximised: the sum of `gain`, every panel at the level if there is one; or the level."""

    gain: NDArray[np.float32]
    level: float | None = None
    raise_level: bool = False

    @property
    def levelled(self) -> bool:
        return self.raise_level or self.level is not None


@dataclass
class Duals:
    """A price per group and proposal, of which some is together, and per level of a panel."""

    prices: sparse.csr_array  # proposals x groups
    of_all: Floats  # by group: the price of what is asked of all panels together
    together: Floats  # by expert: the sum of those
    level: Floats
    constant: float  # the part of the bound that no pair has

    ray: bool = False  # of a proof that nothing keeps the rules: then no pair gains anything

    def reduced(self, index: Index, goal: Goal) -> Iterator[tuple[int, Floats]]:
        """What each pair would add, by blocks of proposals; minus infinity where it cannot be."""
        for start in range(0, len(index.proposals), BLOCK):
            rows = slice(start, min(start + BLOCK, len(index.proposals)))
            worth = -(self.prices[rows] @ index.members).toarray() - self.together
            if not self.ray and not goal.raise_level:
                worth += goal.gain[rows]
            if goal.levelled:
                worth += self.level[rows, None] * index.affinity[rows]
            worth[~index.eligible[rows]] = -math.inf
            yield start, worth


class Model:
    """The rows and columns of a choice of pairs (sorted places p x experts + e)."""

    def __init__(self, index: Index, goal: Goal, pairs: Ints) -> None:
        self.index, self.goal, self.pairs = index, goal, pairs
        p, e = np.divmod(pairs, max(1, len(index.experts)))
        of = index.groups_of
        starts = of.indptr.astype(np.int64)
        degree = starts[e + 1] - starts[e]
        column = np.repeat(np.arange(len(pairs)), degree)
        within = np.arange(len(column)) - np.repeat(np.cumsum(degree) - degree, degree)
        group = of.indices[np.repeat(starts[e], degree) + within].astype(np.int64)
        proposal = p[column]
        scope, inside = index.scopes
        keep = scope[group] < 0
        if len(inside):
            keep |= inside[scope[group], proposal]
        column, group, proposal = column[keep], group[keep], proposal[keep]
        key = group * index.width + np.where(index.together[group], index.width - 1, proposal)
        found, count = np.unique(key, return_counts=True)
        _, most = index.bounds(found)
        self.keys = np.union1d(found[count > most], index.needs)
        row = np.searchsorted(self.keys, key)
        row[row == len(self.keys)] = 0
        keep = self.keys[row] == key if len(self.keys) else np.zeros(len(row), bool)
        column, row = column[keep], row[keep]
        self.least, self.most = index.bounds(self.keys)
        self.row_weight = index.weight[self.keys // index.width]
        self._assemble(p, e, column, row)

    def _assemble(self, p: Ints, e: Ints, column: Ints, row: Ints) -> None:
        """Pairs first, then seats missing and seats too many of soft rows, then the level."""
        index, goal, n, m = self.index, self.goal, len(self.pairs), len(self.keys)
        gain = np.zeros(n) if goal.raise_level else goal.gain[p, e].astype(float)
        value = np.ones(len(row))
        soft = np.isfinite(self.row_weight)
        self.short = np.flatnonzero(soft & (self.least > 0))
        self.excess = np.flatnonzero(soft & np.isfinite(self.most))
        columns = [column, n + np.arange(len(self.short)), n + len(self.short) + np.arange(len(self.excess))]
        rows, values = (
            [row, self.short, self.excess],
            [value, np.ones(len(self.short)), -np.ones(len(self.excess))],
        )
        cost = [-gain, self.row_weight[self.short], self.row_weight[self.excess]]
        self.lower, self.upper = [self.least], [self.most]
        size = n + len(self.short) + len(self.excess)
        if goal.levelled:
            columns.append(np.arange(n))
            rows.append(m + p)
            values.append(index.affinity[p, e].astype(float))
            floor = 0.0 if goal.level is None else goal.level
            self.lower.append(np.full(len(index.proposals), floor))
            self.upper.append(np.full(len(index.proposals), math.inf))
        if goal.raise_level:
            columns.append(np.full(len(index.proposals), size))
            rows.append(m + np.arange(len(index.proposals)))
            values.append(-np.ones(len(index.proposals)))
            cost.append(np.array([-float(len(index.proposals))]))
            size += 1
        self.cost = np.concatenate(cost)
        self.rows = m + (len(index.proposals) if goal.levelled else 0)
        self.matrix = sparse.csc_array(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (self.rows, size)
        )
        self.column_upper = np.concatenate([np.ones(n), np.full(size - n, math.inf)])
        self.column_lower = np.zeros(size)
        if goal.raise_level:
            self.column_lower[-1] = -math.inf

    def solver(self, control: Control, whole: bool = False) -> highspy.Highs:
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, Any] = {
            "output_flag": False,
            "threads": THREADS,
            "parallel": "off",
            "random_seed": control.seed,
            "time_limit": max(0.01, control.left),
        }
        for name, value in options.items():
            highs.setOptionValue(name, value)
        size = self.matrix.shape[1]
        whole_columns = np.zeros(size, np.int32)
        if whole:
            whole_columns[: len(self.pairs)] = 1
        highs.passModel(
            size,
            self.rows,
            self.matrix.nnz,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            self.cost,
            self.column_lower,
            self.column_upper,
            np.concatenate(self.lower),
            np.concatenate(self.upper),
            self.matrix.indptr.astype(np.int32),
            self.matrix.indices.astype(np.int32),
            self.matrix.data,
            whole_columns,
        )
        return highs

    def duals(self, given: Floats, ray: bool = False) -> Duals:
        """Prices from HiGHS, clipped to what they may be, so that the bound they give is one."""
        index, m = self.index, len(self.keys)
        y = given[:m].copy()
        y[~np.isfinite(self.most)] = np.maximum(y[~np.isfinite(self.most)], 0)
        y[self.least <= 0] = np.minimum(y[self.least <= 0], 0)
        weight = np.where(np.isfinite(self.row_weight), 0.0, math.inf) if ray else self.row_weight
        y = np.clip(y, -weight, weight)
        bound = np.where(y > 0, self.least, np.where(y < 0, self.most, 0.0))
        constant = -float((y * bound).sum())
        group, p = np.divmod(self.keys, index.width)
        apart = p < index.width - 1
        prices = sparse.csr_array(
            (-y[apart], (p[apart], group[apart])), (len(index.proposals), len(index.groups))
        )
        prices.eliminate_zeros()
        whole = np.zeros(len(index.groups))
        whole[group[~apart]] = -y[~apart]
        level = np.zeros(len(index.proposals))
        if self.goal.levelled:
            level = np.maximum(given[m:], 0)
            if self.goal.raise_level and ray:
                level *= 0
            elif self.goal.raise_level:
                level *= len(level) / max(1e-12, level.sum())
            else:
                constant -= float((level * (self.goal.level or 0)).sum())
        return Duals(prices, whole, index.groups_of @ whole, level, constant, ray)


def run(highs: highspy.Highs, control: Control, stage: str = "", reach: float = math.inf) -> Any:
    """Solve, interruptible; the status of the model. `reach` bounds what is told of a whole solution."""
    told = monotonic()

    def ask(event: Any) -> None:
        if control.cancelled():
            event.interrupt()

    def tell(event: Any) -> None:
        nonlocal told
        if event.callback_type == LOGGED and monotonic() < told + EVERY:
            return
        told = monotonic()
        value, bound = -event.data_out.mip_primal_bound, -event.data_out.mip_dual_bound
        control.tell(stage, value if value > -INFINITE else None, min(bound, reach))

    highs.cbSimplexInterrupt += ask
    highs.cbMipInterrupt += ask
    if stage:
        highs.cbMipLogging += tell
        highs.cbMipImprovingSolution += tell
    highs.run()
    highs.clearCallbacks()  # type: ignore[no-untyped-call]
    return highs.getModelStatus()
