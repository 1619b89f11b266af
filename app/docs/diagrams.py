"""The process in pictures: what belongs to what and sets off what, and each entity's states."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import MANYTOONE

import app.process as process
from app.docs.rows import by_stage, title_of, words
from app.workflow.mounted import MOUNTED, Mounted
from app.workflow.table import Effect, Workflow

FEW = 5
"""How many acts stand on one arrow of the small picture."""
HEAD = """# The process

Derived from the tables by `imi docs`. A full arrow leads from what is there first to what is made for it; a
dotted one says which act of one entity sets off acts of another, in the same transaction.
"""


def _belongs() -> set[tuple[str, str]]:
    """Which entity is made for which, without the arrows that longer ways already say."""
    entity = {mounted.model: name for name, mounted in MOUNTED.items()}
    steps = {
        (entity[relationship.mapper.class_], name)
        for model, name in entity.items()
        for relationship in model.__mapper__.relationships
        if relationship.direction is MANYTOONE and relationship.mapper.class_ in entity
        if relationship.mapper.class_ is not model  # one of a kind may lead to another
    }
    return {
        (a, c)
        for a, c in steps
        if not any((a, b) in steps and c in _after(b, steps) for b in entity.values())
    }


def _after(start: str, steps: set[tuple[str, str]]) -> set[str]:
    found = {b for a, b in steps if a == start}
    for step in list(found):
        found |= _after(step, steps)
    return found


def _sets_off(effect: Effect) -> list[str]:
    """The entities whose tables a reaction fires rows of, itself or by functions that it calls."""
    found, waiting = dict[str, None](), [effect]
    seen = set[str]()
    while waiting:
        function: Any = waiting.pop()
        for name in getattr(getattr(function, "__code__", None), "co_names", ()):
            used = function.__globals__.get(name)
            if isinstance(used, Workflow):
                found[used.entity] = None
            elif name not in seen and _reacts(used, function.__module__):
                seen.add(name)
                waiting.append(used)
    return list(found)


def _reacts(used: Any, here: str) -> bool:
    module = getattr(used, "__module__", None) or ""
    return module == here or module.endswith(".reactions")


def _overview() -> Iterator[str]:
    yield "```mermaid\nflowchart TD"
    for tag, _, entities in by_stage():
        yield f'    subgraph {tag}["{tag.capitalize()}"]'
        yield from (f'        {m.entity}_["{title_of(m)}"]' for m in entities)
        yield "    end"
    # An underscore keeps names apart from the words of the diagram's own language, such as `call`.
    yield from (f"    {a}_ --> {b}_" for a, b in sorted(_belongs()))
    yield from (f"    {a}_ -. {', '.join(acts)} .-> {b}_" for (a, b), acts in sorted(_dotted().items()))
    yield "```\n"


def _dotted() -> dict[tuple[str, str], list[str]]:
    """The acts of one entity that set off acts of another."""
    dotted: dict[tuple[str, str], list[str]] = {}
    for (entity, row), effects in (*process.FRAMES.items(), *process.REACTIONS.items()):
        for target in dict.fromkeys(name for effect in effects for name in _sets_off(effect)):
            if target != entity:
                acts = dotted.setdefault((entity, target), [])
                acts += [row] if row not in acts else []
    return dotted


def picture() -> str:
    """The process on one small picture: the stages in order, and which acts of one set off another."""
    stage = {mounted.entity: tag for tag, _, entities in by_stage() for mounted in entities}
    lines = ["```mermaid", "flowchart LR"]
    for tag, _, entities in by_stage():
        named = "<br/>".join(title_of(mounted) for mounted in entities) or "public pages"
        lines.append(f'    {tag}["<b>{tag.capitalize()}</b><br/>{named}"]')
    tags = [tag for tag, _, _ in by_stage()]
    lines += [f"    {a} --> {b}" for a, b in pairwise(tags)]
    across: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for (a, b), acts in sorted(_dotted().items()):
        if stage[a] != stage[b]:
            across[stage[a], stage[b]] |= dict.fromkeys(acts)
    lines += [f"    {a} -. {_few(list(acts))} .-> {b}" for (a, b), acts in sorted(across.items())]
    return "\n".join([*lines, "```"])


def _few(acts: list[str]) -> str:
    """As many as the small picture has room for; the whole list stands in `process.md`."""
    shown = acts if len(acts) <= FEW else [*acts[: FEW - 1], f"{len(acts) - FEW + 1} more"]
    return ", ".join(shown)


def _reactions() -> Iterator[str]:
    yield "| when | then | in |\n|---|---|---|"
    for (entity, row), effects in (*process.FRAMES.items(), *process.REACTIONS.items()):
        for effect in effects:
            said = (effect.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
            told = re.sub(r"^(Reaction to [^:]*|Frame): *", "", " ".join(said.split()))
            name = words(iter([getattr(effect, "__name__", "")]))
            follows = told[:1].upper() + told[1:] or name
            yield f"| {entity}: {row} | {follows} | {effect.__module__.split('.')[1]} |"
    yield ""


def _states(mounted: Mounted) -> Iterator[str]:
    yield f"## {title_of(mounted).capitalize()}\n\n```mermaid\n{mounted.workflow.mermaid()}\n```\n"
    masked = any(state.applicants != state for state in mounted.workflow.states)
    yield "| state | means |" + (" applicants read |\n|---|---|---|" if masked else "\n|---|---|")
    for state in mounted.workflow.states:
        yield f"| {state} | {state.label} |" + (f" {state.applicants} |" if masked else "")
    yield ""


def text() -> str:
    """The overview, what sets off what, then every entity in the order of the process."""
    lines = [HEAD, *_overview(), "## What sets off what\n", *_reactions()]
    for _, _, entities in by_stage():
        lines += [line for mounted in entities for line in _states(mounted)]
    return "\n".join(lines)
