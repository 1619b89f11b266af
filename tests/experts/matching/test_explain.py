"""What blocks is named, the repair is the smallest, and the quoted loss of a seat is the true one."""

from dataclasses import replace

import pytest

from app.experts.matching.check import violations
from app.experts.matching.explain import blocked, loss, seat
from app.experts.matching.model import Kind, Problem
from app.experts.matching.planted import PLANTED, asking, everyone, holding, ruled, sound
from app.experts.matching.relax import Outcome
from app.experts.matching.shapes import call
from app.experts.matching.solve import Result, solve


def test_the_problem_that_the_others_are_made_of_has_panels() -> None:
    assert solve(sound()).outcome is Outcome.OPTIMAL
    assert blocked(sound()) is None


@pytest.mark.parametrize("name", PLANTED)
def test_what_blocks_is_named_and_mended_by_as_few_seats_as_were_planted(name: str) -> None:
    change, kinds, excess = PLANTED[name]
    problem = change(sound())
    assert solve(problem).outcome is Outcome.INFEASIBLE
    found = blocked(problem)
    assert found is not None
    assert found.proved
    assert set(found.kinds) == kinds, found.sentences
    assert found.smallest
    assert sum(one.amount for one in found.repair) == excess, found.repair
    assert {one.kind for one in found.repair} <= kinds
    assert len(found.sentences) >= len(kinds)


def test_the_sentences_say_how_many_are_asked_for_and_how_many_there_are() -> None:
    found = blocked(holding(asking(sound(), {"patient"}), E0="patient"))
    assert found is not None
    assert found.sentences == (
        "1 expert may have 3 proposals at most.",
        "6 proposals need the expertise patient; 3 seats exist.",
    )
    assert found.panels is not None
    left = violations(asking(sound(), {"patient"}), found.panels)
    assert {one.kind for one in left} == {Kind.EXPERTISE}


def test_seats_that_only_shares_could_fill_are_told_by_the_repair() -> None:
    """Three experts of whom each two are kept apart: half of each would do, no two of them can."""
    problem = replace(
        sound(), fixed=frozenset(), apart=frozenset({("E00", "E01"), ("E00", "E02"), ("E01", "E02")})
    )
    only = frozenset((f"E{n:02d}", "P0") for n in range(3, 12))
    found = blocked(replace(problem, forbidden=only))
    assert found is not None
    assert found.proved
    assert sum(one.amount for one in found.repair) == 1


def test_soft_rules_block_nothing() -> None:
    problem = ruled(everyone(sound(), languages=frozenset()), language=None)
    assert blocked(problem) is None


@pytest.fixture(scope="module")
def small() -> tuple[Problem, Result]:
    problem = call(20, 60, seed=3)
    return problem, solve(problem)


def test_every_seat_that_goes_to_another_than_the_best_names_what_kept_the_best_out(
    small: tuple[Problem, Result],
) -> None:
    problem, result = small
    for proposal, panel in result.panels.items():
        for expert in panel:
            found = seat(problem, result.panels, expert, proposal, ("asthma",))
            assert found.words == ("asthma",)
            assert 1 <= found.rank <= found.eligible
            assert found.next_best not in panel
            assert found.kept_out
            if found.next_affinity > found.affinity:
                assert found.kinds, found
            else:
                assert "less affinity" in found.kept_out[0]


def test_a_fixed_seat_says_that_it_is() -> None:
    last = f"E{int(sound().affinity[0].argmin()):02d}"
    problem = replace(sound(), fixed=frozenset({(last, "P0")}))
    result = solve(problem)
    assert result.panels is not None
    found = seat(problem, result.panels, last, "P0")
    assert found.rank == 12
    assert Kind.FIXED in found.kinds


def test_the_loss_of_a_seat_is_what_solving_without_it_loses(small: tuple[Problem, Result]) -> None:
    problem, result = small
    panel = result.panels["P00000"]
    lost = loss(problem, result.value, panel[0], "P00000")
    without = solve(replace(problem, forbidden=frozenset({(panel[0], "P00000")})))
    assert lost == pytest.approx(result.value - without.value)
    assert lost >= -1e-4 * result.value
    assert panel[0] not in without.panels["P00000"]
    barred = frozenset((e.id, "P00000") for e in problem.experts if e.id not in panel)
    assert loss(replace(problem, forbidden=barred), result.value, panel[0], "P00000") is None
