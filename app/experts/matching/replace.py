"""Experts drop out or are in conflict: every other seat is kept if it can be, then affinity counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from app.experts.matching.groups import Index, Ints
from app.experts.matching.lp import Control, Goal
from app.experts.matching.model import Pair, Panels, Problem, Rule
from app.experts.matching.relax import Choice, Outcome, Relaxed, first_pairs, relax
from app.experts.matching.solve import Result, Whole, result_of, whole


@dataclass(frozen=True)
class Replaced:
    """`moved`: seats that were neither lost nor could be kept; `proved`: fewer cannot be moved."""

    result: Result
    lost: tuple[Pair, ...]
    moved: tuple[Pair, ...]
    proved: bool


def replaced(
    problem: Problem,
    panels: Panels,
    gone: Iterable[str] = (),
    barred: Iterable[Pair] = (),
    frozen: Iterable[Pair] = (),
    control: Control | None = None,
) -> Replaced:
    """Panels without who is gone and what is now barred; a frozen seat is held whatever it costs."""
    control = control or Control(problem.settings.seconds, problem.settings.seed)
    left = without(problem, gone, barred)
    blocked = left.conflicts | left.forbidden
    seats = {(e, p) for p, panel in panels.items() for e in panel}
    lost, kept, frozen = seats & blocked, seats - blocked, frozenset(frozen)
    if not frozen <= kept:
        raise ValueError("A frozen seat is lost, or was none.")
    index = Index(left, held=kept)
    relaxed, best = _beside(index, kept, control)
    proved = best.status is Outcome.OPTIMAL
    if best.status is Outcome.INFEASIBLE:
        index = Index(left, held=frozen)
        relaxed, best = _fewest_moves(index, kept, len(lost), control)
        proved = best.status is not Outcome.STOPPED and not _soft(left)
    result = result_of(index, control, relaxed, best)
    if result.panels is None:
        return Replaced(result, tuple(sorted(lost)), (), proved)
    now = {(e, p) for p, panel in result.panels.items() for e in panel}
    return Replaced(result, tuple(sorted(lost)), tuple(sorted(kept - now)), proved or kept <= now)


def _soft(problem: Problem) -> bool:
    rules = (rule for _, rule in problem.settings if isinstance(rule, Rule))
    return any(rule.weight is not None for rule in rules)


def without(problem: Problem, gone: Iterable[str], barred: Iterable[Pair] = ()) -> Problem:
    """The problem that is left: who is gone has no load and keeps no promise, their fixed seats are none."""
    gone, barred = frozenset(gone), frozenset(barred)
    forbidden = {(e, one.id) for e in gone for one in problem.proposals} | barred
    return replace(
        problem,
        experts=tuple(replace(one, least=0) if one.id in gone else one for one in problem.experts),
        forbidden=problem.forbidden | forbidden,
        fixed=problem.fixed - forbidden,
    )


def _places(index: Index, pairs: Iterable[Pair]) -> Ints:
    n = len(index.experts)
    return np.array(sorted(index.p_of[p] * n + index.e_of[e] for e, p in pairs), np.int64)


def _beside(index: Index, kept: frozenset[Pair] | set[Pair], control: Control) -> tuple[Relaxed, Whole]:
    """The best with every kept seat held; where sizes are hard, only panels that are short take another."""
    places = _places(index, kept)
    if index.problem.settings.panel_size.weight is None:
        n = len(index.experts)
        filled = np.bincount(places // n, minlength=len(index.proposals))
        possible = np.zeros_like(index.eligible)
        possible[filled < index.sizes] = True
        possible.ravel()[places] = True
        index.eligible &= possible
    goal, gap = Goal(index.affinity), index.problem.settings.gap
    pairs = np.union1d(first_pairs(index, goal, Choice()), places)
    relaxed = relax(index, goal, pairs, Choice(), control, "replace: bound")
    return relaxed, whole(index, goal, relaxed, control, gap, "replace")


def _fewest_moves(
    index: Index, kept: frozenset[Pair] | set[Pair], lost: int, control: Control
) -> tuple[Relaxed, Whole]:
    """Each kept seat is worth more than all that moving it could bring.

    With m moves, at most lost + 2 m + 1 seats differ from those of an answer with one move less: so many
    seats' affinity is a kept seat worth, for a guess of m that is raised until no more are moved.
    """
    places, moves = _places(index, kept), max(1, lost)
    while True:
        span = float(np.abs(index.affinity).max(initial=1.0))
        bonus = np.float32(1.01 * (lost + 2 * moves + 1) * 2 * span)
        gain = index.affinity.astype(np.float32, copy=True)
        gain.ravel()[places] += bonus
        goal, gap = Goal(gain), index.problem.settings.gap / float(bonus)
        pairs = np.union1d(first_pairs(index, goal, Choice()), places)
        relaxed = relax(index, goal, pairs, Choice(), control, "replace: bound")
        best = whole(index, goal, relaxed, control, gap, "replace")
        if best.pairs is None:
            return relaxed, best
        still = len(np.intersect1d(best.pairs, places))
        if len(places) - still <= moves or control.over:
            best.value -= float(bonus) * still
            best.bound -= float(bonus) * still
            return relaxed, best
        moves *= 4
