"""The imports run one way, and an import that does not is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_contracts_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("app/core/clock.py", "import app.people.models", "app.core is not allowed to import app.people"),
        ("app/topics/models.py", "import app.calls.models", "app.topics is not allowed to import app.calls"),
        (
            "app/topics/models.py",
            "import app.topics.workflow",
            "app.topics.models is not allowed to import app.topics.workflow",
        ),
        ("app/workflow/who.py", "import sqlalchemy", "app.workflow.who is not allowed to import sqlalchemy"),
        ("app/committee/rules.py", "import fastapi", "app.committee.rules is not allowed to import fastapi"),
        ("app/strange.py", "", "every child of every container"),
    ],
)
def test_a_forbidden_import_is_caught(tmp_path: Path, module: str, line: str, broken: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert broken in done.stdout
