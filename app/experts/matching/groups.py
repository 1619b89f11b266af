"""The rules as groups of experts, of whom each panel, or all together, have so many seats.

Every rule is of this one form: the model is built from any choice of pairs, and any other pair is priced.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.experts.matching.model import Kind, Pair, Problem, Rule, checked

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Experts by their places. Per panel: a row for each proposal in `scope`, or for each there is."""

    kind: Kind
    label: str
    members: tuple[int, ...]
    least: float = 0
    most: float = math.inf
    weight: float = math.inf  # infinite: hard
    together: bool = False
    scope: tuple[int, ...] | None = None


class Index:
    """A problem in the order of ids, which settles ties, with its groups; the order given plays no part."""

    def __init__(
        self, problem: Problem, without: frozenset[Kind] = frozenset(), held: Iterable[Pair] = ()
    ) -> None:
        """`without`: kinds of rules that are left aside. `held`: seats fixed whatever the settings."""
        self.problem = checked(problem)
        self.without, self.held = without, sorted(held)
        self.experts = sorted(problem.experts, key=lambda one: one.id)
        self.proposals = sorted(problem.proposals, key=lambda one: one.id)
        self.e_of = {one.id: place for place, one in enumerate(self.experts)}
        self.p_of = {one.id: place for place, one in enumerate(self.proposals)}
        columns = np.argsort([self.e_of[one.id] for one in problem.experts])
        rows = np.argsort([self.p_of[one.id] for one in problem.proposals])
        self.affinity = problem.affinity[np.ix_(rows, columns)] if problem.affinity.size else problem.affinity
        self.sizes = np.array([one.size for one in self.proposals], float)
        self.eligible = np.ones((len(self.proposals), len(self.experts)), bool)
        for kind, barred in ((Kind.CONFLICT, problem.conflicts), (Kind.FORBIDDEN, problem.forbidden)):
            for expert, proposal in barred if kind not in without else ():
                self.eligible[self.p_of[proposal], self.e_of[expert]] = False
        first, *others = self._groups()
        self.groups = [first, *(one for one in others if one.kind not in without)]

    def _groups(self) -> Iterator[Group]:
        rules, everyone = self.problem.settings, tuple(range(len(self.experts)))
        yield Group(Kind.PANEL_SIZE, "", everyone, 0, 0, _weight(rules.panel_size))  # bounds: self.sizes
        for e, expert in enumerate(self.experts):
            yield Group(Kind.MOST_LOAD, expert.id, (e,), 0, expert.most, _weight(rules.most_load), True)
            if expert.least:
                weight = _weight(rules.least_load)
                yield Group(Kind.LEAST_LOAD, expert.id, (e,), expert.least, math.inf, weight, True)
        for kind, rule in (
            (Kind.ORGANISATION, rules.organisation),
            (Kind.COUNTRY, rules.country),
            (Kind.SECTOR, rules.sector),
        ):
            if rule is not None:
                for label, members in _by(getattr(one, kind) for one in self.experts).items():
                    if len(members) > rule.most:
                        yield Group(kind, label, members, 0, rule.most, _weight(rule))
        if rules.gender is not None:
            of = tuple(e for e, one in enumerate(self.experts) if one.gender == rules.gender.gender)
            most = math.inf if rules.gender.most is None else rules.gender.most
            yield Group(Kind.GENDER, rules.gender.gender, of, rules.gender.least, most, _weight(rules.gender))
        if rules.newcomers is not None:
            of = tuple(e for e, one in enumerate(self.experts) if one.newcomer)
            least = math.ceil(rules.newcomers.share * self.sizes.sum() - 1e-9)
            yield Group(Kind.NEWCOMERS, "", of, least, math.inf, _weight(rules.newcomers), True)
        asking = defaultdict(list)
        for p, proposal in enumerate(self.proposals):
            for flag in proposal.expertise:
                asking[flag].append(p)
        for flag, scope in sorted(asking.items()):
            of = tuple(e for e, one in enumerate(self.experts) if flag in one.expertise)
            yield Group(Kind.EXPERTISE, flag, of, 1, math.inf, _weight(rules.expertise), scope=tuple(scope))
        if rules.language is not None:
            for language, scope_ in _by(one.language for one in self.proposals).items():
                of = tuple(e for e, one in enumerate(self.experts) if language in one.languages)
                least = rules.language.least
                yield Group(
                    Kind.LANGUAGE, language, of, least, math.inf, _weight(rules.language), scope=scope_
                )
        yield from self._pairs()

    def _pairs(self) -> Iterator[Group]:
        rules, problem = self.problem.settings, self.problem
        known = defaultdict(list)
        for expert, proposal in sorted(problem.earlier):
            known[proposal].append(self.e_of[expert])
        for proposal, members in sorted(known.items()):
            scope = (self.p_of[proposal],)
            if rules.continuity is not None:
                least, weight = min(rules.continuity.least, len(members)), _weight(rules.continuity)
                yield Group(Kind.CONTINUITY, proposal, tuple(members), least, math.inf, weight, scope=scope)
            if rules.rotation is not None:
                most, weight = rules.rotation.most, _weight(rules.rotation)
                yield Group(Kind.ROTATION, proposal, tuple(members), 0, most, weight, scope=scope)
        for one, other in sorted({(min(pair), max(pair)) for pair in problem.apart}):
            members = [self.e_of[one], self.e_of[other]]
            yield Group(Kind.APART, f"{one} and {other}", tuple(members), 0, 1, _weight(rules.apart))
        for expert, proposal in sorted(problem.fixed):
            e, scope = self.e_of[expert], (self.p_of[proposal],)
            yield Group(Kind.FIXED, expert, (e,), 1, math.inf, _weight(rules.fixed), scope=scope)
        for expert, proposal in self.held:
            e, scope = self.e_of[expert], (self.p_of[proposal],)
            yield Group(Kind.FIXED, expert, (e,), 1, scope=scope)

    @cached_property
    def members(self) -> sparse.csr_array:
        """Groups in rows, experts in columns, 1 where one is of the other."""
        starts = np.cumsum([0, *(len(one.members) for one in self.groups)])
        found = np.concatenate([np.asarray(one.members, np.int32) for one in self.groups])
        shape = (len(self.groups), len(self.experts))
        return sparse.csr_array((np.ones(len(found)), found, starts), shape)

    @cached_property
    def groups_of(self) -> sparse.csr_array:
        return self.members.T.tocsr()

    @cached_property
    def together(self) -> NDArray[np.bool_]:
        return np.array([one.together for one in self.groups], bool)

    @cached_property
    def weight(self) -> Floats:
        return np.array([one.weight for one in self.groups])

    @cached_property
    def scopes(self) -> tuple[Ints, NDArray[np.bool_]]:
        """For each group its row in the second, or -1 where it is about every proposal."""
        partial = [g for g, one in enumerate(self.groups) if one.scope is not None]
        row, inside = np.full(len(self.groups), -1), np.zeros((len(partial), len(self.proposals)), bool)
        for place, g in enumerate(partial):
            row[g] = place
            inside[place, list(self.groups[g].scope or ())] = True
        return row, inside

    @cached_property
    def needs(self) -> Ints:
        """The keys of the rows that ask for seats; they are there although no pair is in them."""
        width, keys = self.width, []
        for g, one in enumerate(self.groups):
            if g == 0:
                keys += list(range(width - 1))
            elif one.least > 0 and one.together:
                keys.append(g * width + width - 1)
            elif one.least > 0:
                keys += [g * width + p for p in (range(width - 1) if one.scope is None else one.scope)]
        return np.array(sorted(keys), np.int64)

    @property
    def width(self) -> int:
        """A key is group x width + proposal; the last proposal is all of them together."""
        return len(self.proposals) + 1

    def bounds(self, keys: Ints) -> tuple[Floats, Floats]:
        group, p = np.divmod(keys, self.width)
        least = np.array([one.least for one in self.groups], float)[group]
        most = np.array([one.most for one in self.groups], float)[group]
        panel = group == 0
        if Kind.PANEL_SIZE in self.without:
            least[panel], most[panel] = 0, math.inf
        else:
            least[panel] = most[panel] = self.sizes[p[panel]]
        return least, most


def _weight(rule: Rule) -> float:
    return math.inf if rule.weight is None else rule.weight


def _by(labels: Iterable[str | None]) -> dict[str, tuple[int, ...]]:
    found = defaultdict(list)
    for place, label in enumerate(labels):
        if label is not None:
            found[label].append(place)
    return {label: tuple(places) for label, places in sorted(found.items())}
