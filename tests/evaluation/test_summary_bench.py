"""The benchmark of summary reports says what it measured, each beside bare pages."""

import json
from pathlib import Path

from app.evaluation.summary.bench import main


def test_a_row_for_each_case_with_what_it_costs_beside_bare_pages(tmp_path: Path) -> None:
    assert main(count=3, json=tmp_path / "rows.json") in (0, 1)
    bare, printed, searched = json.loads((tmp_path / "rows.json").read_text())
    assert (bare["case"], printed["case"]) == ("bare pages", "summary reports")
    assert [row["documents"] for row in (bare, printed, searched)] == [3, 3, 3]
    assert (printed["ratio"], searched["found"]) == (printed["seconds"] / bare["seconds"], 3)
