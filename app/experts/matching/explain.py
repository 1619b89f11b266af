"""Why a seat is as it is and what it is worth; which rules cannot be kept together, and what mends it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.experts.matching.check import Violation, violations
from app.experts.matching.groups import Index
from app.experts.matching.lp import Control, Duals, Goal
from app.experts.matching.model import Kind, Objective, Panels, Problem, Rule
from app.experts.matching.relax import Choice, Outcome, first_pairs, relax
from app.experts.matching.solve import panels_of, solve, whole

SOFTEST_FIRST = (
    Kind.NEWCOMERS,
    Kind.ROTATION,
    Kind.CONTINUITY,
    Kind.COUNTRY,
    Kind.SECTOR,
    Kind.GENDER,
    Kind.LANGUAGE,
    Kind.EXPERTISE,
    Kind.APART,
    Kind.ORGANISATION,
    Kind.FIXED,
    Kind.LEAST_LOAD,
    Kind.MOST_LOAD,
    Kind.PANEL_SIZE,
)
"""Of two repairs with as many seats, the one of the earlier kind."""
TINY = 1e-6


@dataclass(frozen=True)
class Seat:
    """`rank` is by affinity among those who may have the proposal; `kept_out` is about the next best."""

    expert: str
    proposal: str
    affinity: float
    rank: int
    eligible: int
    words: tuple[str, ...]
    next_best: str | None
    next_affinity: float | None
    kept_out: tuple[str, ...]
    kinds: tuple[Kind, ...]


def seat(problem: Problem, panels: Panels, expert: str, proposal: str, words: Sequence[str] = ()) -> Seat:
    """Why this expert sits here, and what kept out the best of those who do not."""
    row = next(n for n, one in enumerate(problem.proposals) if one.id == proposal)
    barred = {e for e, p in problem.conflicts | problem.forbidden if p == proposal}
    of = {one.id: float(problem.affinity[row, n]) for n, one in enumerate(problem.experts)}
    order = sorted((one for one in of if one not in barred), key=lambda one: (-of[one], one))
    rank = order.index(expert) + 1 if expert in order else len(order) + 1
    others = [one for one in order if one not in panels[proposal]]
    if not others:
        return Seat(expert, proposal, of[expert], rank, len(order), tuple(words), None, None, (), ())
    best = others[0]
    why = list(_kept_out(problem, panels, expert, proposal, best, of[best] - of[expert]))
    texts, kinds = tuple(text for text, _ in why), tuple(kind for _, kind in why if kind is not None)
    return Seat(expert, proposal, of[expert], rank, len(order), tuple(words), best, of[best], texts, kinds)


def _kept_out(
    problem: Problem, panels: Panels, expert: str, proposal: str, other: str, more: float
) -> Iterator[tuple[str, Kind | None]]:
    if more <= 0:
        yield f"{other} has {-more:.3f} less affinity.", None
        return
    if (expert, proposal) in problem.fixed:
        yield f"The seat of {expert} is fixed.", Kind.FIXED
    swapped = tuple(sorted({*panels[proposal], other} - {expert}))
    before = {(one.kind, one.proposal, one.experts) for one in violations(problem, panels)}
    for one in violations(problem, {**panels, proposal: swapped}):
        if (one.kind, one.proposal, one.experts) in before:
            continue
        if one.kind is Kind.MOST_LOAD and one.experts == (other,):
            has = ", ".join(sorted(p for p, panel in panels.items() if other in panel))
            yield f"The load of {other} is filled by {has}.", one.kind
        else:
            yield f"In the place of {expert}: {one.text}", one.kind


def loss(
    problem: Problem, value: float, expert: str, proposal: str, control: Control | None = None
) -> float | None:
    """What all panels together lose without this seat, by solving again; None if there are none without."""
    without = replace(problem, forbidden=problem.forbidden | {(expert, proposal)})
    result = solve(without, control)
    return None if result.value is None else value - result.value


@dataclass(frozen=True)
class Blocked:
    """`kinds`: none of them can be left out of the proof. `repair`: what the fewest broken seats are."""

    proved: bool
    kinds: tuple[Kind, ...]
    sentences: tuple[str, ...]
    repair: tuple[Violation, ...] = ()
    smallest: bool = False  # the repair is proved to be
    panels: dict[str, tuple[str, ...]] | None = None


def blocked(problem: Problem, control: Control | None = None, mend: bool = True) -> Blocked | None:
    """Which rules cannot be kept together, by a proof if there is one; None if they can or time ran out."""
    control = control or Control(problem.settings.seconds, problem.settings.seed)
    hard = _hard_only(problem)
    ray = _proof(Index(hard), control)
    kinds: tuple[Kind, ...] = ()
    sentences: tuple[str, ...] = ()
    if ray is not None:
        left = _irreducible(hard, _named(*ray), control)
        kinds = tuple(one for one in Kind if one in left)
        ray = _proof(Index(hard, frozenset(Kind) - left), control) or ray
        sentences = tuple(_sentences(*ray, left))
    repair, smallest, panels = _repair(hard, control) if mend or ray is None else ((), False, None)
    if ray is None:
        if not repair:
            return None
        broken = {one.kind for one in repair}
        kinds = tuple(one for one in Kind if one in broken)
        sentences = ("No seats as a whole keep all rules, although shared seats would.",)
    return Blocked(ray is not None or smallest, kinds, sentences, repair, smallest, panels)


def _hard_only(problem: Problem) -> Problem:
    off: dict[str, Any] = {}
    for name, rule in problem.settings:
        if isinstance(rule, Rule) and rule.weight is not None:
            off[name] = rule.model_copy(update={"weight": 1e-3}) if name in BASIC else None
    settings = problem.settings.model_copy(update={**off, "objective": Objective.TOTAL})
    return replace(problem, settings=settings)


BASIC = {"panel_size", "least_load", "most_load", "fixed", "expertise", "apart"}


def _proof(index: Index, control: Control) -> tuple[Index, Duals] | None:
    goal = Goal(np.zeros_like(index.affinity))
    found = relax(index, goal, first_pairs(index, Goal(index.affinity), Choice()), Choice(), control, "why")
    if found.status is not Outcome.INFEASIBLE or found.duals is None:
        return None
    return index, found.duals


def _named(index: Index, duals: Duals) -> frozenset[Kind]:
    groups = np.unique(np.concatenate([duals.prices.indices, np.flatnonzero(np.abs(duals.of_all) > TINY)]))
    kinds = {index.groups[int(one)].kind for one in groups}
    return frozenset(kinds | {Kind.CONFLICT, Kind.FORBIDDEN})


def _irreducible(problem: Problem, kinds: frozenset[Kind], control: Control) -> frozenset[Kind]:
    for kind in sorted(kinds, key=lambda one: (one not in (Kind.CONFLICT, Kind.FORBIDDEN), one.value)):
        fewer = kinds - {kind}
        if _proof(Index(problem, frozenset(Kind) - fewer), control) is not None:
            kinds = fewer
    return kinds


def _repair(
    problem: Problem, control: Control
) -> tuple[tuple[Violation, ...], bool, dict[str, tuple[str, ...]] | None]:
    """Every rule made soft, the softest kind cheapest by a hair: what is broken then is the repair."""
    update: dict[str, Any] = {}
    for place, kind in enumerate(SOFTEST_FIRST):
        rule = getattr(problem.settings, kind.value)
        if rule is not None and rule.weight is None:
            update[kind.value] = rule.model_copy(update={"weight": 1 + place / 1000})
    index = Index(replace(problem, settings=problem.settings.model_copy(update=update)))
    goal = Goal(np.zeros_like(index.affinity))
    start = first_pairs(index, Goal(index.affinity), Choice())
    relaxed = relax(index, goal, start, Choice(), control, "repair")
    found = whole(index, goal, relaxed, control, 0.0, "repair")
    if found.pairs is None:
        return (), False, None
    panels = panels_of(index, found.pairs)
    broken = tuple(one for one in violations(problem, panels) if one.hard)
    return broken, found.status is Outcome.OPTIMAL, panels


def _sentences(index: Index, duals: Duals, kinds: frozenset[Kind]) -> Iterator[str]:
    """What the proof says, rule by rule."""
    rows: dict[int, set[int]] = defaultdict(set)
    prices = duals.prices.tocoo()
    for p, group in zip(*prices.coords, strict=True):
        rows[int(group)].add(int(p))
    for group in np.flatnonzero(np.abs(duals.of_all) > TINY):
        rows[int(group)] |= set()
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for group in sorted(rows):
        by_kind[index.groups[group].kind].append(group)
    for kind in (one for one in Kind if one in kinds):
        if kind in (Kind.CONFLICT, Kind.FORBIDDEN):
            yield _barred(index, kind, set().union(*rows.values()))
        elif kind is Kind.MOST_LOAD:
            groups = by_kind[kind]
            total = int(sum(index.groups[one].most for one in groups))
            yield f"{_count(len(groups), 'expert')} may have {_count(total, 'proposal')} at most."
        elif kind is Kind.LEAST_LOAD:
            groups = by_kind[kind]
            total = int(sum(index.groups[one].least for one in groups))
            yield f"{_count(len(groups), 'expert')} {_are(len(groups))} promised {_count(total, 'proposal')}."
        elif kind in (Kind.FIXED, Kind.APART, Kind.ORGANISATION, Kind.COUNTRY, Kind.SECTOR, Kind.ROTATION):
            yield _limits(index, kind, by_kind[kind], rows)
        else:
            for group in by_kind[kind]:
                yield _need(index, group, sorted(rows[group]))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _need(index: Index, number: int, where: list[int]) -> str:
    """How many seats are asked for, and how many such experts could fill."""
    group = index.groups[number]
    asked = where or list(range(len(index.proposals)))
    free = index.eligible[np.ix_(asked, group.members)].sum(axis=0) if group.members else []
    seats = int(sum(min(index.experts[e].most, int(n)) for e, n in zip(group.members, free, strict=True)))
    exist = f"{_count(seats, 'seat')} {'exists' if seats == 1 else 'exist'}"
    who, need = _count(len(asked), "proposal"), "needs" if len(asked) == 1 else "need"
    match group.kind:
        case Kind.EXPERTISE:
            return f"{who} {need} the expertise {group.label}; {exist}."
        case Kind.GENDER if group.least > 0:
            return f"{who} {need} {int(group.least)} of gender {group.label}; {exist}."
        case Kind.GENDER:
            return f"{who} may have {int(group.most)} of gender {group.label} at most."
        case Kind.LANGUAGE:
            return f"{who} {need} {int(group.least)} who read {group.label}; {exist}."
        case Kind.CONTINUITY:
            return f"{group.label} needs {int(group.least)} of its earlier experts; {exist}."
        case Kind.NEWCOMERS:
            return f"{_count(int(group.least), 'seat')} must go to newcomers; {exist} for them."
    return f"{who} {need} {_count(int(index.sizes[asked].sum()), 'seat')}; {exist}."


def _limits(index: Index, kind: Kind, groups: list[int], rows: dict[int, set[int]]) -> str:
    where = sorted({p for one in groups for p in rows[one]})
    on = f"on {_some([index.proposals[p].id for p in where])}"
    labels = _some([index.groups[one].label for one in groups])
    match kind:
        case Kind.FIXED:
            return f"Seats are fixed for {labels} {on}."
        case Kind.APART:
            return f"{labels} are kept apart {on}."
        case Kind.ROTATION:
            return f"At most {int(index.groups[groups[0]].most)} of the earlier experts may return {on}."
    most = int(index.groups[groups[0]].most)
    return f"At most {most} of the same {kind.value} may sit {on}; that limits {labels}."


def _barred(index: Index, kind: Kind, where: set[int]) -> str:
    of = index.problem.conflicts if kind is Kind.CONFLICT else index.problem.forbidden
    here = {index.proposals[p].id for p in where}
    pairs = [(e, p) for e, p in of if not here or p in here]
    experts, proposals = {e for e, _ in pairs}, {p for _, p in pairs}
    word = "Conflicts of interest keep" if kind is Kind.CONFLICT else "Forbidden seats keep"
    return f"{word} {_count(len(experts), 'expert')} from {_count(len(proposals), 'proposal')}."
