"""The list of rows: every act there is, as method, path, who may, from where, to where."""

from collections.abc import Iterator

import app.process as process
from app.docs import contract
from app.workflow.mounted import MOUNTED, Mounted
from app.workflow.table import Transition

HEAD = """# Rows

Every act there is. Derived from the tables by `imi docs`; nothing changes state in any other way. A row of
the system alone has no route: another row or the clock sets it off (`process.md`). `2` marks the rows that
two officers fire, one after the other.
"""
COLUMNS = "| row | method and path | who | from | to | 2 | what it does | it must hold |\n" + "|---" * 8 + "|"


def stage_of(mounted: Mounted) -> str:
    """The stage whose folder the entity lives in; also the tag of its routes."""
    return str(mounted.model.__module__.split(".")[1])


def title_of(mounted: Mounted) -> str:
    """What people call the entity."""
    return (mounted.workflow.title or mounted.entity).replace("_", " ")


def by_stage() -> Iterator[tuple[str, str, list[Mounted]]]:
    """Tag, what it is about, and the entities of each stage, in the order of the process."""
    for about, router in process.STAGES:
        tag = str(router.tags[0])
        yield tag, about, [m for m in MOUNTED.values() if stage_of(m) == tag]


def routes() -> dict[str, str]:
    """The method and path of each row that has a route, by `entity.row`."""
    found = {}
    for method, path, operation in contract.operations(contract.document()):
        if "x-row" in operation:
            found[operation["x-row"]] = f"`{method} {path}`"
    return found


def words(names: Iterator[str]) -> str:
    """Names of functions as words."""
    return ", ".join(name.replace("_", " ") for name in names)


def _line(mounted: Mounted, row: Transition, path: str) -> str:
    cells = (
        row.name,
        path,
        row.by.label,
        ", ".join(sorted(row.sources)) or "—",
        row.target or "—",
        "2" if row.second else "",
        row.doc,
        words(getattr(guard, "__name__", "") for guard in row.guards),
    )
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def text() -> str:
    """The list, by stage and entity."""
    paths, lines = routes(), [HEAD]
    for tag, about, entities in by_stage():
        lines.append(f"## {tag.capitalize()}\n\n{about}.\n")
        for mounted in entities:
            lines += [
                f"### {(mounted.workflow.title or mounted.entity).replace('_', ' ').capitalize()}\n",
                COLUMNS,
            ]
            for row in mounted.workflow.transitions:
                lines.append(_line(mounted, row, paths.get(f"{mounted.entity}.{row.name}", "")))
            lines.append("")
    return "\n".join(lines)
