"""The policy as people read it: who reads what, who may do what, from the committed `policy.json`.

The file is written by the tests of the matrix, which try every act in every state as every kind of actor
(`IMI_TEST_WRITE_POLICY=1 pytest tests/matrix`).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Outcomes = Mapping[str, str]
"""The kinds of actor by what came of their try, separated by spaces."""
Policy = Mapping[str, Mapping[str, Mapping[str, Outcomes]]]
"""By entity, then by state, then by act; `read` is the act of looking."""

HEAD = """# Policy

Who reads what and who may do what, in every state: measured, not declared. The tests try every act in every
state as every kind of actor and compare what came of it with `policy.json`; `imi docs` makes this page from
that file. Who is not named in a line is refused: with 403 if they may read it, with 404 if not, with 401 if
they are `nobody`. *Blocked*: the act is theirs, but something still stands against it in the tests' world.
"""
DONE, BLOCKED = ("200", "201", "202", "204"), "409 unmet"


def read(path: Path) -> Policy:
    """The committed matrix; empty before it was first written."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _who(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _reads(states: Mapping[str, Mapping[str, Outcomes]]) -> Iterator[str]:
    yield "| state | reads | who |\n|---|---|---|"
    for state, acts in states.items():
        for act, outcomes in acts.items():
            if act != "read" and not act.startswith("GET "):
                continue
            for outcome, kinds in outcomes.items():
                if not outcome.startswith("40"):
                    yield f"| {state} | {outcome if act == 'read' else act} | {_who(kinds.split())} |"
    yield ""


def _acts(states: Mapping[str, Mapping[str, Outcomes]]) -> Iterator[str]:
    yield "| act | in | done by | blocked |\n|---|---|---|---|"
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for state, acts in states.items():
        for act, outcomes in acts.items():
            if act == "read" or act.startswith("GET "):
                continue
            done = _who([kind for code in DONE for kind in outcomes.get(code, "").split()])
            blocked = _who(outcomes.get(BLOCKED, "").split())
            if done or blocked:
                grouped.setdefault((act, done, blocked), []).append(state)
    for (act, done, blocked), found in sorted(grouped.items()):
        yield f"| {act} | {', '.join(found)} | {done} | {blocked} |"
    yield ""


def text(policy: Policy) -> str:
    """The page, an entity at a time."""
    lines = [HEAD]
    for entity, states in policy.items():
        lines += [f"## {entity.replace('_', ' ').capitalize()}\n", *_reads(states), *_acts(states)]
    return "\n".join(lines)
