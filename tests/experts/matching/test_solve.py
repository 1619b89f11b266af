"""The optimum is the one that looking at every set of panels finds, and its bound is over all pairs."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from app.experts.matching.check import violations
from app.experts.matching.model import Objective, Problem, Rule
from app.experts.matching.solve import Choice, Outcome, solve
from tests.experts.matching.tiny import affinity_of, all_panels, problems, value_of

FEWEST = Choice(proposal=1, group=1, expert=0, more=1)  # so that pairs must be priced


def asked(problem: Problem, **changes: object) -> Problem:
    return replace(problem, settings=problem.settings.model_copy(update=changes))


@given(problems())
@settings(max_examples=150, deadline=None)
def test_the_total_is_the_greatest_there_is(problem: Problem) -> None:
    values = [value_of(problem, panels) for panels in all_panels(problem)]
    best = max((one for one in values if one is not None), default=None)
    for choice in (Choice(), FEWEST):
        result = solve(problem, choice=choice)
        if best is None:
            assert result.outcome is Outcome.INFEASIBLE
            continue
        assert result.outcome is Outcome.OPTIMAL
        assert result.panels is not None
        assert result.value == pytest.approx(best, abs=1e-5)
        assert value_of(problem, result.panels) == pytest.approx(best, abs=1e-5)
        assert result.bound == pytest.approx(best, abs=1e-5)
        assert not any(one.hard for one in violations(problem, result.panels))


HARD = {name: Rule() for name in ("panel_size", "least_load", "most_load", "fixed", "expertise", "apart")}


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


@given(problems())
@settings(max_examples=120, deadline=None)
def test_the_worst_panel_is_the_best_there_is_and_the_total_the_greatest_at_it(problem: Problem) -> None:
    problem = asked(all_hard(problem), objective=Objective.WORST)
    kept = [panels for panels in all_panels(problem) if value_of(problem, panels) is not None]
    assume(kept)
    worst = max(min(affinity_of(problem, panels)) for panels in kept)
    total = max(
        sum(affinity_of(problem, panels)) for panels in kept if min(affinity_of(problem, panels)) >= worst
    )
    for choice in (Choice(), FEWEST):
        result = solve(problem, choice=choice)
        assert result.outcome is Outcome.OPTIMAL
        assert result.worst == pytest.approx(worst, abs=1e-4)
        assert result.total == pytest.approx(total, abs=1e-4)
        assert result.worst_bound is not None
        assert result.worst_bound >= worst - 1e-6
        assert result.plain is not None
        assert result.plain.total is not None
        assert result.plain.total >= total - 1e-5
