"""Who stays keeps their seat wherever that is possible; where it is not, as few as possible move."""

import numpy as np
import pytest
from hypothesis import given, settings

from app.experts.matching.check import violations
from app.experts.matching.model import Expert, Objective, Problem, Proposal, Settings
from app.experts.matching.relax import Outcome
from app.experts.matching.replace import replaced, without
from app.experts.matching.shapes import call
from app.experts.matching.solve import solve
from tests.experts.matching.tiny import all_hard, all_panels, asked, fitting, problems, value_of


@given(problems())
@settings(max_examples=60)
def test_as_few_move_as_can_and_then_affinity_counts(problem: Problem) -> None:
    problem, _ = fitting(all_hard(problem))
    before = solve(problem)
    assert before.panels is not None
    left = without(problem, {"E0"})
    seats = {(e, p) for p, panel in before.panels.items() for e in panel}
    kept = {one for one in seats if one[0] != "E0"}
    scored = []
    for panels in all_panels(left):
        value = value_of(left, panels)
        if value is not None:
            now = {(e, p) for p, panel in panels.items() for e in panel}
            scored.append((len(kept & now), value))
    found = replaced(problem, before.panels, gone={"E0"})
    if not scored:
        assert found.result.outcome is Outcome.INFEASIBLE
        return
    most, value = max(scored)
    assert found.result.panels is not None
    assert len(found.moved) == len(kept) - most
    assert found.proved
    assert found.result.value == pytest.approx(value, abs=1e-3)
    assert value_of(left, found.result.panels) == pytest.approx(value, abs=1e-3)
    assert set(found.lost) == seats - kept


@pytest.mark.parametrize("many", [1, 5])
def test_in_a_call_nobody_else_moves_and_little_is_lost(many: int) -> None:
    problem = call(60, 160, seed=2)
    before = solve(problem)
    assert before.panels is not None
    gone = sorted({e for panel in before.panels.values() for e in panel})[:many]
    found = replaced(problem, before.panels, gone=gone)
    again = solve(without(problem, gone))
    assert found.result.outcome is Outcome.OPTIMAL
    assert found.result.panels is not None
    assert found.moved == ()
    assert not violations(without(problem, gone), found.result.panels)
    assert again.total is not None
    assert found.result.total is not None
    assert found.result.total >= 0.998 * again.total


def chain() -> Problem:
    """Two proposals, one seat each: only E1 can take P0, only E2 could follow E1 on P1."""
    experts = tuple(Expert(f"E{n}", 1) for n in range(3))
    proposals = (Proposal("P0", 1), Proposal("P1", 1))
    affinity = np.array([[0.9, 0.5, 0.1], [0.1, 0.9, 0.2]], np.float32)
    return Problem(experts, proposals, affinity, Settings(organisation=None), frozenset({("E2", "P0")}))


def test_where_one_must_move_it_is_proved_and_a_frozen_seat_is_not_moved() -> None:
    before = solve(chain())
    assert before.panels == {"P0": ("E0",), "P1": ("E1",)}
    found = replaced(chain(), before.panels, gone={"E0"})
    assert found.result.panels == {"P0": ("E1",), "P1": ("E2",)}
    assert found.moved == (("E1", "P1"),)
    assert found.proved
    held = replaced(chain(), before.panels, gone={"E0"}, frozen={("E1", "P1")})
    assert held.result.outcome is Outcome.INFEASIBLE
    with pytest.raises(ValueError, match="frozen"):
        replaced(chain(), before.panels, gone={"E0"}, frozen={("E0", "P0")})


def test_a_late_conflict_takes_one_seat_alone() -> None:
    problem = asked(call(20, 60, seed=5), objective=Objective.TOTAL)
    before = solve(problem)
    assert before.panels is not None
    pair = (before.panels["P00003"][0], "P00003")
    found = replaced(problem, before.panels, barred={pair})
    assert found.lost == (pair,)
    assert found.moved == ()
    assert found.result.panels is not None
    assert pair[0] not in found.result.panels["P00003"]
    others = {p: panel for p, panel in found.result.panels.items() if p != "P00003"}
    assert others == {p: panel for p, panel in before.panels.items() if p != "P00003"}
