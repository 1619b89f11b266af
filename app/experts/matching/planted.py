"""A problem that has panels, and changes after which it has none, each with the rules that are to blame."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from app.experts.matching.model import (
    AtLeast,
    AtMost,
    Expert,
    Genders,
    Kind,
    Problem,
    Proposal,
    Settings,
    Share,
)

EXPERTS, PROPOSALS = 12, 6


def sound() -> Problem:
    """Every rule is on, none is hard to keep."""
    random = np.random.default_rng(7)
    experts = tuple(
        Expert(
            id=f"E{n:02d}",
            most=3,
            organisation=f"O{n}",
            country=("BE", "DK", "ES")[n % 3],
            sector=("academia", "SME", "industry")[n % 3],
            gender="fm"[n % 2],
            languages=frozenset({"en", "fr"}),
            expertise=frozenset({"statistics"}),
            newcomer=n % 2 == 0,
        )
        for n in range(EXPERTS)
    )
    proposals = tuple(Proposal(f"P{n}", 2, frozenset({"statistics"}), "en") for n in range(PROPOSALS))
    settings = Settings(
        country=AtMost(most=2),
        sector=AtMost(most=2),
        gender=Genders(gender="f", least=0, most=2),
        newcomers=Share(share=0.25),
        language=AtLeast(least=1),
        continuity=AtLeast(least=1),
        rotation=AtMost(most=2),
    )
    affinity = random.random((PROPOSALS, EXPERTS), np.float32)
    return Problem(experts, proposals, affinity, settings)


def everyone(problem: Problem, **facts: Any) -> Problem:
    return replace(problem, experts=tuple(replace(one, **facts) for one in problem.experts))


def one(problem: Problem, place: int, **facts: Any) -> Problem:
    experts = list(problem.experts)
    experts[place] = replace(experts[place], **facts)
    return replace(problem, experts=tuple(experts))


def asking(problem: Problem, flags: set[str], where: int = PROPOSALS) -> Problem:
    proposals = tuple(
        replace(it, expertise=frozenset(flags)) if n < where else it for n, it in enumerate(problem.proposals)
    )
    return replace(problem, proposals=proposals)


def undemanding(problem: Problem) -> Problem:
    """P0 asks for seats alone."""
    first, *others = problem.proposals
    return replace(problem, proposals=(Proposal(first.id, first.size), *others))


def ruled(problem: Problem, **rules: Any) -> Problem:
    return replace(problem, settings=problem.settings.model_copy(update=rules))


def holding(problem: Problem, **flags: str) -> Problem:
    for name, flag in flags.items():
        problem = one(problem, int(name[1:]), expertise=frozenset({"statistics", flag}))
    return problem


ALL_ON_P0 = frozenset((f"E{n:02d}", "P0") for n in range(EXPERTS))
E0_ON_P0 = frozenset({("E00", "P0")})
TWO_ON_P0 = frozenset({("E00", "P0"), ("E01", "P0")})
K = Kind
PLANTED: dict[str, tuple[Callable[[Problem], Problem], set[Kind], int]] = {
    "nobody has the expertise": (lambda it: asking(it, {"patient"}, 4), {K.EXPERTISE}, 4),
    "one has the expertise for more than their load": (
        lambda it: holding(asking(it, {"patient"}), E0="patient"),
        {K.EXPERTISE, K.MOST_LOAD},
        3,
    ),
    "who has the expertise is in conflict": (
        lambda it: replace(holding(asking(it, {"patient"}, 1), E0="patient"), conflicts=E0_ON_P0),
        {K.EXPERTISE, K.CONFLICT},
        1,
    ),
    "who has the expertise is kept off": (
        lambda it: replace(holding(asking(it, {"patient"}, 1), E0="patient"), forbidden=E0_ON_P0),
        {K.EXPERTISE, K.FORBIDDEN},
        1,
    ),
    "the two who have it are of one organisation": (
        lambda it: one(
            one(holding(asking(it, {"a", "b"}, 1), E0="a", E1="b"), 0, organisation="O"), 1, organisation="O"
        ),
        {K.EXPERTISE, K.ORGANISATION},
        1,
    ),
    "the two who have it are of one country": (
        lambda it: ruled(holding(asking(it, {"a", "b"}, 1), E0="a", E3="b"), country=AtMost(most=1)),
        {K.EXPERTISE, K.COUNTRY},
        1,
    ),
    "the two who have it are kept apart": (
        lambda it: replace(
            holding(asking(it, {"a", "b"}, 1), E0="a", E1="b"), apart=frozenset({("E00", "E01")})
        ),
        {K.EXPERTISE, K.APART},
        1,
    ),
    "more expertise than seats": (
        lambda it: holding(asking(it, {"a", "b", "c"}, 1), E0="a", E1="b", E2="c"),
        {K.EXPERTISE, K.PANEL_SIZE},
        1,
    ),
    "fewer seats than are asked for": (
        lambda it: one(one(everyone(it, most=1), 0, most=0), 2, most=0),
        {K.PANEL_SIZE, K.MOST_LOAD},
        2,
    ),
    "more is promised than there is": (
        lambda it: one(everyone(it, least=1), 0, least=2),
        {K.PANEL_SIZE, K.LEAST_LOAD},
        1,
    ),
    "all are in conflict with one": (
        lambda it: replace(undemanding(it), conflicts=ALL_ON_P0),
        {K.PANEL_SIZE, K.CONFLICT},
        2,
    ),
    "all are kept off one": (
        lambda it: replace(undemanding(it), forbidden=ALL_ON_P0),
        {K.PANEL_SIZE, K.FORBIDDEN},
        2,
    ),
    "all are of one organisation": (
        lambda it: everyone(it, organisation="O"),
        {K.PANEL_SIZE, K.ORGANISATION},
        6,
    ),
    "all are of one country": (
        lambda it: ruled(everyone(it, country="BE"), country=AtMost(most=1)),
        {K.PANEL_SIZE, K.COUNTRY},
        6,
    ),
    "all are of one sector": (
        lambda it: ruled(everyone(it, sector="SME"), sector=AtMost(most=1)),
        {K.PANEL_SIZE, K.SECTOR},
        6,
    ),
    "no women": (
        lambda it: ruled(everyone(it, gender="m"), gender=Genders(gender="f", least=1)),
        {K.GENDER},
        6,
    ),
    "one woman for six panels": (
        lambda it: ruled(one(everyone(it, gender="m"), 0, gender="f"), gender=Genders(gender="f", least=1)),
        {K.GENDER, K.MOST_LOAD},
        3,
    ),
    "women alone, one a panel": (
        lambda it: ruled(everyone(it, gender="f"), gender=Genders(gender="f", most=1)),
        {K.PANEL_SIZE, K.GENDER},
        6,
    ),
    "no newcomers": (lambda it: everyone(it, newcomer=False), {K.NEWCOMERS}, 3),
    "newcomers with little time": (
        lambda it: ruled(one(everyone(it, newcomer=False), 0, newcomer=True), newcomers=Share(share=0.5)),
        {K.NEWCOMERS, K.MOST_LOAD},
        3,
    ),
    "nobody reads it": (lambda it: everyone(it, languages=frozenset({"fr"})), {K.LANGUAGE}, 6),
    "one reads it": (
        lambda it: one(everyone(it, languages=frozenset({"fr"})), 0, languages=frozenset({"en"})),
        {K.LANGUAGE, K.MOST_LOAD},
        3,
    ),
    "who was there before is in conflict": (
        lambda it: replace(it, earlier=E0_ON_P0, conflicts=E0_ON_P0),
        {K.CONTINUITY, K.CONFLICT},
        1,
    ),
    "stay and go": (
        lambda it: ruled(replace(it, earlier=E0_ON_P0), rotation=AtMost(most=0)),
        {K.CONTINUITY, K.ROTATION},
        1,
    ),
    "all were there before": (
        lambda it: ruled(replace(it, earlier=ALL_ON_P0), continuity=None, rotation=AtMost(most=1)),
        {K.PANEL_SIZE, K.ROTATION},
        1,
    ),
    "fixed in conflict": (
        lambda it: replace(it, fixed=E0_ON_P0, conflicts=E0_ON_P0),
        {K.FIXED, K.CONFLICT},
        1,
    ),
    "fixed and forbidden": (
        lambda it: replace(it, fixed=E0_ON_P0, forbidden=E0_ON_P0),
        {K.FIXED, K.FORBIDDEN},
        1,
    ),
    "fixed beyond the load": (
        lambda it: replace(it, fixed=frozenset(("E00", f"P{n}") for n in range(5))),
        {K.FIXED, K.MOST_LOAD},
        2,
    ),
    "fixed beyond the panel": (
        lambda it: replace(it, fixed=frozenset((f"E{n:02d}", "P0") for n in range(3))),
        {K.FIXED, K.PANEL_SIZE},
        1,
    ),
    "fixed and apart": (
        lambda it: replace(it, fixed=TWO_ON_P0, apart=frozenset({("E00", "E01")})),
        {K.FIXED, K.APART},
        1,
    ),
    "fixed of one organisation": (
        lambda it: replace(one(one(it, 0, organisation="O"), 1, organisation="O"), fixed=TWO_ON_P0),
        {K.FIXED, K.ORGANISATION},
        1,
    ),
    "fixed of one sector": (
        lambda it: ruled(replace(it, fixed=frozenset({("E00", "P0"), ("E03", "P0")})), sector=AtMost(most=1)),
        {K.FIXED, K.SECTOR},
        1,
    ),
}
"""What is done, which rules are named, and of how many seats the smallest repair is."""
