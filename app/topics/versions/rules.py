"""Comparing two versions, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every field that differs, with what it said and what it says; one that is missing says nothing."""
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)
