"""What an act loads: a row reached by two paths is filled by the first, so no later one may join more."""

from collections.abc import Iterable
from typing import Any

import pytest

import app.process  # noqa: F401  (mounts every entity)
from app.decisions.models import Decision
from app.workflow.mounted import MOUNTED

Reached = tuple[bool, str, type[Any], set[str]]


def reached(model: type[Any], needs: Iterable[str]) -> list[Reached]:
    """Each path below a row in the order in which they are filled, with what it joins to what it reaches."""
    found: dict[str, Reached] = {}
    for path in needs:
        here, so_far, listed = model, "", False
        for name in path.split("."):
            attribute = getattr(here, name).property
            if so_far and not attribute.uselist:
                found[so_far][3].add(name)
            here, listed = attribute.mapper.class_, listed or attribute.uselist
            so_far = f"{so_far}.{name}" if so_far else name
            found.setdefault(so_far, (listed, so_far, here, set()))
    return sorted(found.values(), key=lambda one: one[:2])


def left_out(model: type[Any], needs: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of paths to one model of which the later joins what the earlier does not."""
    order = reached(model, needs)
    pairs = ((one, later) for at, one in enumerate(order) for later in order[at + 1 :])
    return [(one[1], later[1]) for one, later in pairs if one[2] is later[2] and later[3] - one[3]]


def test_a_later_path_that_joins_more_is_found() -> None:
    needs = ("fallen.proposal", "lines.proposal.topic_stage", "topic_stage.stage")
    assert left_out(Decision, needs) == [("fallen.proposal", "lines.proposal")]


@pytest.mark.parametrize("entity", sorted(MOUNTED))
def test_no_path_joins_to_a_row_what_the_path_before_it_left_out(entity: str) -> None:
    mounted = MOUNTED[entity]
    loads = {"read": mounted.loads, "list": frozenset(mounted.needs)}
    loads |= {row.name: mounted.needs_of(row.name) for row in mounted.workflow.transitions if not row.creates}
    assert {name: pairs for name, needs in loads.items() if (pairs := left_out(mounted.model, needs))} == {}
