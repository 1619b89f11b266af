"""Overrides: what a call changes in its rule set, each place with a reason, before it pins the rules."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.calls.rule_set import BadRules, RuleSet, checked, rule_sets
from app.core.reason import Reason

FIXED = ("code", "title", "version", "source", "unconfirmed", "confirmed")
"""What says which rules these are, and where they are from."""

PLACE = re.compile(r"0|[1-9][0-9]{0,3}")
"""A place in a list, as a JSON pointer writes it: one way only."""


def steps_of(path: str) -> list[str]:
    """The steps of a JSON pointer (RFC 6901)."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def put(rules: Any, path: str, value: Any) -> Any:
    """Set what stands at a pointer, in place; gives what stood there. Raises LookupError: no such place."""
    *way, last = steps_of(path)
    for step in way:
        rules = rules[_key(rules, step)]
    key = _key(rules, last)
    was, rules[key] = rules[key], value
    return was


def _key(inside: Any, step: str) -> Any:
    if isinstance(inside, list) and PLACE.fullmatch(step):
        return int(step)
    if isinstance(inside, dict):
        return step
    raise LookupError(step)


def without(overrides: Sequence[Mapping[str, Any]], path: str) -> list[Mapping[str, Any]]:
    """The overrides but that of this place."""
    return [one for one in overrides if one["path"] != path]


def beside(overrides: Sequence[Mapping[str, Any]], path: str) -> list[Mapping[str, Any]]:
    """The overrides of neither this place nor one below it: they end when it is overridden."""
    return [one for one in without(overrides, path) if not one["path"].startswith(f"{path}/")]


def applied(code: str, overrides: Sequence[Mapping[str, Any]]) -> RuleSet:
    """The rule set of this name as a call has changed it. Raises BadRules."""
    rules = rule_sets()[code].model_dump(mode="json")
    for one in overrides:
        try:
            put(rules, one["path"], one["value"])
        except LookupError:
            raise BadRules([]) from None
    return checked(json.loads(json.dumps(rules)))


def why_not(code: str, overrides: Sequence[Mapping[str, Any]]) -> Iterator[Reason]:
    """Every reason against the rules as these overrides make them; the path is the rule set's own."""
    if code not in rule_sets():
        told = f"Known rule sets: {', '.join(sorted(rule_sets()))}."
        yield Reason("unknown-rule-set", told, "/rule_set", "office")
        return
    rules = rule_sets()[code].model_dump(mode="json")
    lost = False
    for one in overrides:
        path = one["path"]
        try:
            if steps_of(path)[0] in FIXED:
                yield Reason("fixed", f"{steps_of(path)[0]} says which rules these are.", path, "office")
            put(rules, path, one["value"])
        except LookupError:
            lost = True
            yield Reason("no-such-place", "The rule set has no such place.", path, "office")
    if lost:
        return
    try:
        checked(rules)
    except BadRules as bad:
        for path, text in bad.faults:
            yield Reason("bad-rules", f"{text}.".capitalize(), path, "office")
