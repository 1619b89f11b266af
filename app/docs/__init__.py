"""Everything in `docs/` that is derived from the code, written or compared: `imi docs [--check]`."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.docs import contract, diagrams, policy, rows
from app.rehearsal import call_file

PICTURE = re.compile(r"(<!-- process: .*? -->)\n.*?(<!-- /process -->)", re.DOTALL)
FOLDER = Path(__file__).resolve().parents[2] / "docs"

DERIVED: Mapping[str, Callable[[], str]] = {
    "openapi.json": contract.text,
    "process.md": diagrams.text,
    "rows.md": rows.text,
    "../README.md": lambda: _with_picture(_kept(FOLDER.parent / "README.md")),
    "call-file.schema.json": lambda: json.dumps(call_file.schema(), indent=1, ensure_ascii=False) + "\n",
    "policy.md": lambda: policy.text(policy.read(FOLDER / "policy.json")),
}


def stale() -> list[str]:
    """The names of the files that are not what the code says."""
    return [name for name, text in DERIVED.items() if _kept(FOLDER / name) != text()]


def main(check: bool) -> int:
    """Write what is stale, or only name it; code 1 if something was stale and has not been written."""
    found = stale()
    if check:
        for name in found:
            print(f"docs/{name} is stale: run `imi docs`.", file=sys.stderr)  # noqa: T201
        return int(bool(found))
    for name in found:
        (FOLDER / name).write_text(DERIVED[name](), encoding="utf-8")
        print(f"docs/{name} is written.")  # noqa: T201
    return 0


def _with_picture(readme: str) -> str:
    """The README with the process as it is now between its two marks."""
    return PICTURE.sub(lambda found: f"{found[1]}\n{diagrams.picture()}\n{found[2]}", readme)


def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
