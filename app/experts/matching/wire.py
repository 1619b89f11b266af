"""What goes into a worker and what comes out of it, as JSON."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.experts.matching.explain import Blocked
from app.experts.matching.lp import Progress
from app.experts.matching.model import Pair, Problem
from app.experts.matching.solve import Result


@dataclass(frozen=True)
class Replacing:
    """Panels as they are, and what has come between."""

    panels: dict[str, tuple[str, ...]]
    gone: frozenset[str] = frozenset()
    barred: frozenset[Pair] = frozenset()
    frozen: frozenset[Pair] = frozenset()


@dataclass(frozen=True)
class Job:
    problem: Problem
    replacing: Replacing | None = None


@dataclass(frozen=True)
class Answer:
    """`blocked` says why there are no panels; of a replacement, what was lost, moved and is proved.

    `since`: which rules cannot be met with every seat kept, where one is moved.
    """

    result: Result
    blocked: Blocked | None = None
    lost: tuple[Pair, ...] = ()
    moved: tuple[Pair, ...] = ()
    proved: bool = False
    since: tuple[str, ...] = ()


JOB: TypeAdapter[Job] = TypeAdapter(Job)
ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
PROGRESS: TypeAdapter[Progress] = TypeAdapter(Progress)


def plain(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.dump_python(value, mode="json")
