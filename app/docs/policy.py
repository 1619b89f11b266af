"""The policy as people read it: who reads what, who may do what, from the committed `policy.json`.

The file is written by the tests of the matrix, which try every act in every state as every kind of actor
(`IMI_TEST_WRITE_POLICY=1 pytest tests/matrix`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
they are `nobody`. *Asks* marks the first of two officers, whose call changes nothing yet. *Blocked*: the act
is theirs, but something still stands against it in the tests' world.
"""
DONE, BLOCKED = ("200", "201", "204"), ("409 unmet", "409 conflict")


def read(path: Path) -> Policy:
    """The committed matrix; empty before it was first written."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _who(kinds: Iterable[str], everybody: int) -> str:
    """The kinds in words; all of them in one."""
    named = list(kinds)
    if len(named) == everybody:
        return "everybody"
    if len(named) == everybody - 1 and "nobody" not in named:
        return "everybody signed in"
    return ", ".join(name.replace("_", " ") for name in named)


Grouped = dict[tuple[str, str, str], list[str]]


def _group(states: Mapping[str, Mapping[str, Outcomes]]) -> tuple[Grouped, Grouped]:
    """What is read and by whom, what is done and by whom; each with the states in which it is so."""
    reads: Grouped = defaultdict(list)
    done: Grouped = defaultdict(list)
    for state, acts in states.items():
        for act, outcomes in acts.items():
            if act == "held":
                continue
            kinds = {outcome: named.split() for outcome, named in outcomes.items()}
            everybody = sum(map(len, kinds.values()))
            if act == "read" or act.startswith("GET "):
                for outcome in (found for found in kinds if not found.startswith("40")):
                    view = outcome if act == "read" else act
                    reads[view, _who(kinds[outcome], everybody), ""].append(state)
                continue
            may = [kind for code in DONE for kind in kinds.get(code, ())]
            may += [f"{kind} (asks)" for kind in kinds.get("202", ())]
            blocked = _who([kind for code in BLOCKED for kind in kinds.get(code, ())], everybody)
            if may or blocked:
                done[act, _who(may, everybody), blocked].append(state)
    return reads, done


def _tables(states: Mapping[str, Mapping[str, Outcomes]]) -> Iterator[str]:
    reads, done = _group(states)
    yield "| reads | in | who |\n|---|---|---|"
    yield from (f"| {view} | {', '.join(found)} | {who} |" for (view, who, _), found in reads.items())
    if done:
        yield "\n| does | in | who | blocked |\n|---|---|---|---|"
    for (act, who, blocked), found in sorted(done.items()):
        yield f"| {act} | {', '.join(found)} | {who} | {blocked} |"
    yield ""


def text(policy: Policy) -> str:
    """The page, an entity at a time."""
    lines = [HEAD]
    for entity, states in policy.items():
        lines += [f"## {entity.replace('_', ' ').capitalize()}\n", *_tables(states)]
    return "\n".join(lines)
