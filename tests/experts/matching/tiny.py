"""Problems so small that every set of panels can be looked at."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from app.experts.matching.check import violations
from app.experts.matching.model import (
    AtLeast,
    AtMost,
    Expert,
    Genders,
    Problem,
    Proposal,
    Rule,
    Settings,
    Share,
)

WEIGHTS = st.sampled_from((None, None, 0.25, 2.0))


def maybe(rule: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | rule


SETTINGS = st.builds(
    Settings,
    panel_size=st.builds(Rule, weight=WEIGHTS),
    least_load=st.builds(Rule, weight=WEIGHTS),
    most_load=st.builds(Rule, weight=WEIGHTS),
    fixed=st.builds(Rule, weight=WEIGHTS),
    expertise=st.builds(Rule, weight=WEIGHTS),
    apart=st.builds(Rule, weight=WEIGHTS),
    organisation=maybe(st.builds(AtMost, most=st.just(1), weight=WEIGHTS)),
    country=maybe(st.builds(AtMost, most=st.integers(1, 2), weight=WEIGHTS)),
    sector=maybe(st.builds(AtMost, most=st.integers(1, 2), weight=WEIGHTS)),
    gender=maybe(
        st.builds(
            Genders,
            gender=st.just("f"),
            least=st.integers(0, 1),
            most=st.none() | st.integers(1, 2),
            weight=WEIGHTS,
        )
    ),
    newcomers=maybe(st.builds(Share, share=st.sampled_from((0.2, 0.5)), weight=WEIGHTS)),
    language=maybe(st.builds(AtLeast, least=st.integers(1, 2), weight=WEIGHTS)),
    continuity=maybe(st.builds(AtLeast, least=st.just(1), weight=WEIGHTS)),
    rotation=maybe(st.builds(AtMost, most=st.just(1), weight=WEIGHTS)),
    gap=st.just(0.0),
)


def subset(things: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(things))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    experts = tuple(
        draw(
            st.builds(
                Expert,
                id=st.just(f"E{n}"),
                most=st.integers(1, 3),
                least=st.sampled_from((0, 0, 0, 1)),
                organisation=st.sampled_from("ABC") | st.none(),
                country=st.sampled_from("XY"),
                sector=st.sampled_from("UV"),
                gender=st.sampled_from("fm") | st.none(),
                languages=subset("de"),
                expertise=subset("pr"),
                newcomer=st.booleans(),
            )
        )
        for n in range(draw(st.integers(2, 5)))
    )
    proposals = tuple(
        draw(
            st.builds(
                Proposal,
                id=st.just(f"P{n}"),
                size=st.integers(1, 2),
                expertise=subset("pr"),
                language=st.sampled_from("de") | st.none(),
            )
        )
        for n in range(draw(st.integers(1, 3)))
    )
    values = st.integers(0, 16).map(lambda one: one / 16)  # exact in every arithmetic
    shape = (len(proposals), len(experts))
    affinity = np.array([[draw(values) for _ in experts] for _ in proposals], np.float32).reshape(shape)
    pair = st.tuples(st.sampled_from([e.id for e in experts]), st.sampled_from([p.id for p in proposals]))
    two = st.tuples(st.just("E0"), st.just("E1"))
    few = st.frozensets(pair, max_size=2)
    return Problem(
        experts,
        proposals,
        affinity,
        draw(SETTINGS),
        conflicts=draw(few),
        forbidden=draw(few),
        fixed=draw(st.frozensets(pair, max_size=1)),
        apart=draw(st.frozensets(two, max_size=1)),
        earlier=draw(few),
    )


def all_panels(problem: Problem) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every set of panels; of other sizes only where the size is a soft rule."""
    ids = [one.id for one in problem.experts]
    choices = []
    for proposal in problem.proposals:
        soft = problem.settings.panel_size.weight is not None
        sizes = range(len(ids) + 1) if soft else (proposal.size,)
        barred = {e for e, p in problem.conflicts | problem.forbidden if p == proposal.id}
        free = [one for one in ids if one not in barred]
        choices.append([panel for size in sizes for panel in combinations(free, size)])
    for panels in product(*choices):
        yield {one.id: panel for one, panel in zip(problem.proposals, panels, strict=True)}


def affinity_of(problem: Problem, panels: dict[str, tuple[str, ...]]) -> list[float]:
    column = {one.id: n for n, one in enumerate(problem.experts)}
    return [
        float(sum(problem.affinity[n, column[e]] for e in panels[one.id]))
        for n, one in enumerate(problem.proposals)
    ]


def value_of(problem: Problem, panels: dict[str, tuple[str, ...]]) -> float | None:
    """The total less what broken soft rules cost, or None if a hard one is broken."""
    value = sum(affinity_of(problem, panels))
    for one in violations(problem, panels):
        rule = getattr(problem.settings, one.kind.value, None)
        if rule is None or rule.weight is None:
            return None
        value -= rule.weight * one.amount
    return value


def asked(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, settings=problem.settings.model_copy(update=changes))


def all_hard(problem: Problem) -> Problem:
    rules = dict(problem.settings)
    return asked(
        problem,
        **{
            name: rule.model_copy(update={"weight": None})
            for name, rule in rules.items()
            if isinstance(rule, Rule)
        },
    )


def kept_by(problem: Problem) -> list[dict[str, tuple[str, ...]]]:
    """Every set of panels that breaks no hard rule."""
    return [panels for panels in all_panels(problem) if value_of(problem, panels) is not None]


def loosened(problem: Problem) -> Iterator[Problem]:
    """The problem, then with one rule less at a time: most drawn sets of hard rules fit no panels at all.

    The last one always has panels: a seat each, and experts who may take them all.
    """
    yield problem
    for pairs in ("fixed", "conflicts", "forbidden", "apart"):
        problem = replace(problem, **{pairs: frozenset()})
        yield problem
    for name, rule in dict(problem.settings).items():
        if isinstance(rule, Rule) and type(problem.settings).model_fields[name].default is None:
            problem = asked(problem, **{name: None})
            yield problem
    yield replace(
        problem,
        proposals=tuple(replace(one, size=1, expertise=frozenset()) for one in problem.proposals),
        experts=tuple(replace(one, most=3, least=0) for one in problem.experts),
    )


def fitting(problem: Problem) -> tuple[Problem, list[dict[str, tuple[str, ...]]]]:
    """The first of these that some panels satisfy, with all of them."""
    return next((one, kept) for one in loosened(problem) if (kept := kept_by(one)))
