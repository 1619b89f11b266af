"""The optimum is the one that looking at every set of panels finds, and its bound is over all pairs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from app.experts.matching.check import violations
from app.experts.matching.groups import Index
from app.experts.matching.lp import Control, Goal, Progress
from app.experts.matching.model import BadProblem, Expert, Kind, Objective, Problem, Proposal
from app.experts.matching.planted import PLANTED, sound
from app.experts.matching.relax import Choice, Outcome, first_pairs, relax
from app.experts.matching.shapes import call, conference
from app.experts.matching.solve import solve
from tests.experts.matching.tiny import affinity_of, all_hard, all_panels, asked, fitting, problems, value_of

FEWEST = Choice(proposal=1, group=1, expert=0, more=1)  # so that pairs must be priced


@given(problems())
@settings(max_examples=80)
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


@given(problems())
@settings(max_examples=60)
def test_the_worst_panel_is_the_best_there_is_and_the_total_the_greatest_at_it(problem: Problem) -> None:
    tight = asked(all_hard(problem), objective=Objective.WORST)
    problem, kept = fitting(tight)
    if problem is not tight:
        assert solve(tight).outcome is Outcome.INFEASIBLE
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


def test_no_pair_there_is_would_gain_anything_at_the_prices_of_the_bound() -> None:
    index = Index(call(40, 100, seed=4))
    goal = Goal(index.affinity)
    start = first_pairs(index, goal, FEWEST)
    found = relax(index, goal, start, FEWEST, Control(), "")
    assert found.rounds > 1
    assert found.duals is not None
    everything = relax(index, goal, np.flatnonzero(index.eligible), Choice(), Control(), "")
    assert found.bound == pytest.approx(everything.bound)
    chosen, reach = set(found.model.pairs.tolist()), 0.0
    for start_row, worth in found.duals.reduced(index, goal):
        for (p, e), gain in np.ndenumerate(worth):
            if (start_row + p) * 100 + e not in chosen:
                assert gain <= 1e-7
            reach += max(0.0, gain)
    assert found.duals.constant + reach == pytest.approx(found.bound)


def test_the_duals_of_a_price_add_up_as_the_rules_say() -> None:
    """Computed seat by seat: the affinity less the prices of every group that the pair belongs to."""
    index = Index(call(10, 30, seed=4))
    goal = Goal(index.affinity)
    found = relax(index, goal, first_pairs(index, goal, Choice(5, 2, 2)), Choice(), Control(), "")
    assert found.duals is not None
    prices = found.duals.prices.toarray()
    ((_, worth),) = found.duals.reduced(index, goal)
    for (p, e), gain in np.ndenumerate(worth):
        if index.eligible[p, e]:
            of = [g for g, group in enumerate(index.groups) if e in group.members]
            expected = index.affinity[p, e] - sum(prices[p, g] + found.duals.of_all[g] for g in of)
            assert gain == pytest.approx(expected, abs=1e-6)
        else:
            assert gain == -np.inf


@pytest.mark.parametrize("objective", Objective)
def test_a_call_with_every_rule_is_solved_with_proof(objective: Objective) -> None:
    problem = asked(call(60, 160, seed=6), objective=objective)
    result = solve(problem)
    assert result.outcome is Outcome.OPTIMAL
    assert result.panels is not None
    assert result.gap is not None
    assert result.gap <= 1e-4
    assert violations(problem, result.panels) == []
    if objective is Objective.WORST:
        assert result.worst == pytest.approx(result.worst_bound, abs=1e-4)


def test_the_order_of_the_input_changes_nothing() -> None:
    problem = asked(call(15, 40, seed=8), objective=Objective.WORST)
    rows, columns = np.random.default_rng(1).permutation(15), np.random.default_rng(2).permutation(40)
    other = replace(
        problem,
        experts=tuple(problem.experts[n] for n in columns),
        proposals=tuple(problem.proposals[n] for n in rows),
        affinity=problem.affinity[np.ix_(rows, columns)],
    )
    assert solve(problem).panels == solve(problem).panels == solve(other).panels


def test_equal_affinities_are_settled_alike_in_any_order() -> None:
    experts = tuple(Expert(f"E{n}", 1) for n in range(6))
    proposals = tuple(Proposal(f"P{n}", 2) for n in range(2))
    problem = Problem(experts, proposals, np.full((2, 6), 0.5, np.float32))
    turned = replace(problem, experts=experts[::-1], proposals=proposals[::-1])
    assert solve(problem).panels == solve(turned).panels


@pytest.mark.parametrize("name", PLANTED)
def test_the_checker_finds_the_planted_rule_broken_whatever_the_panels(name: str) -> None:
    change, kinds, _ = PLANTED[name]
    problem = change(sound())
    panels = solve(sound()).panels
    assert panels is not None
    assert {one.kind for one in violations(problem, panels)} & kinds


def test_a_run_that_is_cancelled_says_so_and_never_that_nothing_exists() -> None:
    told: list[Progress] = []
    control = Control(60, on_progress=told.append, cancelled=lambda: True)
    result = solve(call(20, 60), control)
    assert result.outcome is Outcome.STOPPED
    assert result.panels is None


def test_a_run_that_is_cancelled_with_seats_in_hand_gives_them() -> None:
    told: list[Progress] = []
    control = Control(
        60,
        on_progress=told.append,
        cancelled=lambda: any(one.stage == "total" and one.incumbent is not None for one in told),
    )
    problem = asked(call(60, 160, seed=6), objective=Objective.WORST)
    result = solve(problem, control)
    assert result.panels is not None
    assert result.bound is not None
    assert result.value is not None
    assert result.bound >= result.value
    assert not violations(problem, result.panels)
    assert told[-1].bound is not None


def test_a_limit_of_time_is_not_called_infeasible() -> None:
    change, _, _ = PLANTED["all are of one organisation"]
    result = solve(change(sound()), Control(1e-9))
    assert result.outcome is Outcome.STOPPED


def broken(**changes: Any) -> Problem:
    return replace(sound(), **changes)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (broken(affinity=np.full((6, 12), np.nan, np.float32)), "72 affinities are not numbers."),
        (broken(affinity=np.zeros((6, 3), np.float32)), "The affinities are (6, 3), not (6, 12)"),
        (broken(experts=(sound().experts[0],) * 12), "The expert E00 is there twice."),
        (broken(proposals=(sound().proposals[0],) * 6), "The proposal P0 is there twice."),
        (broken(conflicts=frozenset({("who", "P0")})), "The expert who (conflicts) is unknown."),
        (broken(fixed=frozenset({("E00", "what")})), "The proposal what (fixed) is unknown."),
        (broken(apart=frozenset({("E00", "who")})), "The expert who (apart) is unknown."),
        (broken(apart=frozenset({("E00", "E00")})), "The expert E00 cannot be kept apart"),
        (broken(experts=(Expert("E00", 1, 2), *sound().experts[1:])), "The load of E00 is from 2 to 1."),
        (broken(proposals=(Proposal("P0", 0), *sound().proposals[1:])), "The panel of P0 has 0 seats."),
    ],
)
def test_data_that_contradict_themselves_are_refused_with_what_is_wrong(problem: Problem, said: str) -> None:
    with pytest.raises(BadProblem) as refused:
        solve(problem)
    assert any(said in fault for fault in refused.value.faults)


def test_no_proposals_need_nobody_and_no_experts_fill_nothing() -> None:
    nothing = Problem(sound().experts, (), np.zeros((0, 12), np.float32))
    assert solve(nothing).panels == {}
    nobody = Problem((), sound().proposals, np.zeros((6, 0), np.float32))
    assert solve(nobody).outcome is Outcome.INFEASIBLE


def test_affinities_below_zero_are_no_trouble() -> None:
    problem = replace(sound(), affinity=sound().affinity - 2)
    for objective in Objective:
        result = solve(asked(problem, objective=objective))
        assert result.outcome is Outcome.OPTIMAL
        assert result.total is not None
        assert result.total < 0


def test_a_conference_promises_everybody_work() -> None:
    problem = conference(30, 25, least=2)
    result = solve(asked(problem, objective=Objective.WORST))
    assert result.outcome is Outcome.OPTIMAL
    assert result.panels is not None
    assert violations(problem, result.panels) == []
    fewer = violations(problem, {**result.panels, "P00000": ()})
    assert Kind.PANEL_SIZE in {one.kind for one in fewer}
