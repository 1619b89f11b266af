"""The list by rule: where the thresholds lie, what ranks before what, by which step (5.3-5.5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.evaluation.rules import Scheme, Scores, passes, reaches_each, total, weighted

OTHER = "other"
"""The last step of every scheme: other factors, that the panel decides on and writes down (5.5, step 5)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal to be ranked. `figures` are those of computed steps, as far as they are known."""

    key: str
    scores: Scores
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    requested: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Parting:
    """What the panel decided under one step of those who were equal: groups, the best first.

    One group alone: the step parts nothing.
    """

    step: str
    groups: tuple[frozenset[str], ...]

    @property
    def about(self) -> frozenset[str]:
        return frozenset().union(*self.groups)


@dataclass(frozen=True, slots=True)
class Cut:
    """An overall threshold that follows from the money (V-02): what passes asks for `requested`, in euro."""

    threshold: Decimal
    requested: Decimal
    passing: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A proposal's place: `rank` is None below a threshold; who shares a rank is ex aequo.

    `parted_by` is the step that told it from those with an equal weighted sum; `awaits` the step under
    which the panel is asked.
    """

    key: str
    rank: int | None
    total: Decimal
    weighted: Decimal
    parted_by: str | None = None
    awaits: str | None = None

    @property
    def above(self) -> bool:
        return self.rank is not None


def cut(entries: Iterable[Entry], scheme: Scheme, budget: Decimal) -> Cut | None:
    """The overall threshold where the scheme lets it follow from the money (V-02), else None.

    What passes asks for as near as possible to `aim` times the budget in euro, never for less than `least`
    times, if there is so much; the lowest such threshold, and never one below the scheme's own. Every sum
    of the scale is tried, so that a better score does not change what may be chosen.
    """
    rule = scheme.budget_cut
    if rule is None:
        return None
    near = [entry for entry in entries if reaches_each(entry.scores, scheme)]
    tried = [_cut_at(threshold, near) for threshold in _sums(scheme)]
    enough = [one for one in tried if one.requested >= rule.least * budget]
    if not enough:
        return tried[0]
    return min(enough, key=lambda one: (abs(one.requested - rule.aim * budget), one.threshold))


def _sums(scheme: Scheme) -> Iterator[Decimal]:
    """Every sum of scores there may be, from the scheme's overall threshold on."""
    here, best = scheme.overall_threshold, scheme.most * len(scheme.criteria)
    while here <= best:
        yield here
        here += scheme.step


def _cut_at(threshold: Decimal, entries: Iterable[Entry]) -> Cut:
    passing = [entry for entry in entries if total(entry.scores) >= threshold]
    return Cut(threshold, sum((entry.requested for entry in passing), Decimal(0)), len(passing))


def rank(
    entries: Sequence[Entry],
    scheme: Scheme,
    partings: Sequence[Parting] = (),
    overall: Decimal | None = None,
) -> list[Ranked]:
    """The list, best first, then those below a threshold; in no way dependent on the order of `entries`.

    Equal weighted sums are parted by the scheme's steps in order. A step whose figure is known of all who
    are equal is computed, higher first; under any other the panel is asked, and what it recorded about
    exactly these (the latest of `partings`) counts. Who is still equal shares a rank.
    """
    strength = {entry.key: weighted(entry.scores, scheme) for entry in entries}
    above: dict[Decimal, list[Entry]] = {}
    places: list[Ranked] = []
    for entry in entries:
        if passes(entry.scores, scheme, overall):
            above.setdefault(strength[entry.key], []).append(entry)
        else:
            places.append(Ranked(entry.key, None, total(entry.scores), strength[entry.key]))
    next_rank = 1
    for weight in sorted(above, reverse=True):
        steps = (*(step for step in scheme.tie_break if step != OTHER), OTHER)
        for group, by, awaits in _parted(above[weight], steps, partings, None):
            places += [Ranked(e.key, next_rank, total(e.scores), weight, by, awaits) for e in group]
            next_rank += len(group)
    return sorted(places, key=lambda p: (not p.above, p.rank or 0, -p.total, p.key))


Group = tuple[list[Entry], str | None, str | None]


def _parted(
    equal: list[Entry], steps: Sequence[str], partings: Sequence[Parting], by: str | None
) -> Iterator[Group]:
    """Groups in order, each with the step that parted it last and the one under which the panel is asked."""
    if len(equal) == 1:
        yield equal, by, None
        return
    for number, step in enumerate(steps, 1):
        parts = _by_step(equal, step, partings)
        if parts is None:
            yield equal, by, step
            return
        if len(parts) > 1:
            for part in parts:
                yield from _parted(part, steps[number:], partings, step)
            return
    yield equal, by, OTHER


def _by_step(equal: list[Entry], step: str, partings: Sequence[Parting]) -> list[list[Entry]] | None:
    """Those who are equal as one step parts them; None while the panel has not said."""
    known = {entry.key: entry.scores.get(step, entry.figures.get(step)) for entry in equal}
    figures = [figure for figure in known.values() if figure is not None]
    if len(figures) == len(equal):
        return [[e for e in equal if known[e.key] == one] for one in sorted(set(figures), reverse=True)]
    said = [one for one in partings if one.step == step and one.about == known.keys()]
    return [[e for e in equal if e.key in group] for group in said[-1].groups] if said else None


def ex_aequo(ranks: Iterable[int | None]) -> list[int]:
    """The ranks that more than one proposal holds."""
    held = [r for r in ranks if r is not None]
    return sorted({r for r in held if held.count(r) > 1})
