"""The benchmark takes matrices that are given, and says plainly which it cannot take."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.core.fault import Fault
from app.experts.matching.bench import (
    Case,
    Given,
    drop_outs,
    main,
    measured,
    read,
    too_few,
    with_rules,
    worst_first,
)
from app.experts.matching.shapes import conference


def saved(folder: Path, scores: np.ndarray, loads: np.ndarray, coverage: np.ndarray) -> Given:
    for name, array in (("scores", scores), ("loads", loads), ("coverage", coverage)):
        np.save(folder / f"{name}.npy", array)
    return Given(folder / "scores.npy", folder / "loads.npy", folder / "coverage.npy")


def test_a_given_matrix_is_solved_to_both_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = conference(8, 12).affinity.astype(float)
    given = saved(tmp_path, scores, np.array([[1] * 12, [4] * 12]), np.full(8, 3))
    assert main(quick=True, json=tmp_path / "out.json", given=given) == 0
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [one["case"] for one in rows] == ["8 x 12, total", "8 x 12, worst panel first"]
    assert rows[0]["ratio"] >= 0.9999
    assert rows[1]["worst"] >= rows[0]["worst"] - 1e-6
    assert "8 x 12" in capsys.readouterr().out


def test_experts_may_be_in_rows(tmp_path: Path) -> None:
    scores = np.random.default_rng(1).random((12, 8))
    given = saved(tmp_path, scores, np.full(12, 4), np.full(8, 3))
    with pytest.raises(Fault, match="12 proposals and 8 experts are scored, but there are 12 loads"):
        read(given)
    turned = read(Given(given.scores, given.loads, given.coverage, experts_in_rows=True))
    assert turned.affinity.shape == (8, 12)
    assert turned.experts[0].least == 0


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY"])
def test_what_is_no_array_is_told(tmp_path: Path, content: bytes) -> None:
    given = saved(tmp_path, np.zeros((2, 2)), np.ones(2), np.ones(2))
    given.scores.write_bytes(content)
    with pytest.raises(Fault, match="cannot be read"):
        read(given)


@pytest.mark.parametrize(
    "case",
    [
        Case(with_rules, (20, 60)),
        Case(worst_first, (conference(20, 30),)),
        Case(drop_outs, (20, 60, 2, 1)),
        Case(too_few, (40, 100)),
    ],
)
def test_small_cases_reach_their_figures(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.dup2", lambda *_: None)
    row = measured(case)
    row.pop("of its time", None)
    assert row["megabytes"] > 0
    assert row.get("gap", 0) <= 1e-4
    assert row.get("violations", 0) == row.get("moved", 0) == 0
    assert row.get("repair") == row.get("planted")


def test_scores_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    given = saved(tmp_path, np.full((2, 2), np.nan), np.ones(2), np.ones(2))
    with pytest.raises(Fault, match="4 affinities are not numbers"):
        read(given)
