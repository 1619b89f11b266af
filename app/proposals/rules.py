"""What a proposal must hold, and who must take part in it: pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.core.reason import Reason


class Country(Protocol):
    """A country's standing from one day to another, both included."""

    @property
    def code(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


class Eligibility(Protocol):
    """Who must take part: so many entities of so many countries."""

    @property
    def rule(self) -> str: ...
    @property
    def least_entities(self) -> int: ...
    @property
    def least_countries(self) -> int: ...
    @property
    def needs_member_state(self) -> bool: ...


class Titled(Protocol):
    """A section or document of the form."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...


class Ruled(Titled, Protocol):
    """A document of the form that a rule of its own may ask for."""

    @property
    def rule(self) -> str | None: ...


@dataclass(frozen=True)
class Entity:
    """A legal entity: where it is established, and under whose control (E-06); alone if it says nothing."""

    name: str
    country: str
    control_group: str | None = None


@dataclass(frozen=True)
class Finding:
    """What a check has found: the rule, whether it is met, in words, and what it looked at."""

    rule: str
    passed: bool
    text: str
    inputs: dict[str, Any]


def standings(countries: Sequence[Country], day: date) -> dict[str, str]:
    """The countries that count on a day, as `member` or `associated`; association is dated."""
    return {
        c.code: c.standing
        for c in countries
        if (c.since is None or c.since <= day) and (c.until is None or day <= c.until)
    }


def by_country(rule: Eligibility, entities: Sequence[Entity], standing: dict[str, str]) -> Finding:
    """E-02 and E-03: enough entities, each of another country that counts; third countries do not (E-05)."""
    counted = {e.country for e in entities if e.country in standing}
    members = {code for code in counted if standing[code] == "member"}
    least = max(rule.least_countries, rule.least_entities)
    inputs = {
        "countries": {e.name: e.country for e in entities},
        "members": sorted(members),
        "associated": sorted(counted - members),
        "least_countries": least,
        "needs_member_state": rule.needs_member_state,
    }
    told = f"Entities of {len(counted)} countries that count; at least {least} are needed"
    told += ", one of them a member state." if rule.needs_member_state else "."
    passed = len(counted) >= least and (bool(members) or not rule.needs_member_state)
    return Finding(rule.rule, passed, told, inputs)


def independent(rule: Eligibility, entities: Sequence[Entity], standing: dict[str, str]) -> Finding:
    """E-06: those who count are enough even if of all under one control only one is taken.

    Each country and each control group may be used once: the most entities that can be so taken is a
    largest matching. A lack of countries is not told twice: it is E-02's or E-03's alone.
    """
    counted = [e for e in entities if e.country in standing]
    alone = [e.control_group or f"alone {number}" for number, e in enumerate(counted)]
    edges = {(e.country, group) for e, group in zip(counted, alone, strict=True)}
    most = _matching(edges)
    needed = min(max(rule.least_countries, rule.least_entities), len({e.country for e in counted}))
    groups: dict[str, list[str]] = {}
    for e in entities:
        if e.control_group:
            groups.setdefault(e.control_group, []).append(e.name)
    inputs = {"control_groups": groups, "independent": most, "needed": needed}
    told = f"{most} entities of different countries are independent of each other; {needed} are needed."
    return Finding("E-06", most >= needed, told, inputs)


def _matching(edges: Collection[tuple[str, str]]) -> int:
    """The size of a largest matching between countries and control groups."""
    groups: dict[str, list[str]] = {}
    for country, group in sorted(edges):
        groups.setdefault(country, []).append(group)
    taken: dict[str, str] = {}

    def place(country: str, tried: set[str]) -> bool:
        for group in groups[country]:
            if group not in tried:
                tried.add(group)
                if group not in taken or place(taken[group], tried):
                    taken[group] = country
                    return True
        return False

    return sum(place(country, set()) for country in groups)


def missing(
    title: str,
    abstract: str,
    sections: Sequence[Titled],
    written: Collection[str],
    required: Sequence[Titled],
    attached: Collection[str],
) -> Iterator[Reason]:
    """Every part of the form that is still empty (M-03): form alone, never judgement."""
    for name, value in (("title", title), ("abstract", abstract)):
        if not value.strip():
            yield Reason(f"{name}-missing", f"The {name} is missing.", f"/{name}", "coordinator")
    for section in sections:
        if section.key not in written:
            told = f"The section “{section.title}” is not written."
            yield Reason(f"{section.key}-missing", told, f"/sections/{section.key}", "partners")
    for document in required:
        if document.key not in attached:
            told = f"The document “{document.title}” is missing."
            yield Reason(f"{document.key}-missing", told, f"/documents/{document.key}", "coordinator")


def readable(documents: Sequence[Mapping[str, Any]]) -> Finding:
    """M-04: nothing was found in a sealed document that cannot be read; older manifests say nothing of it."""
    pages = {d["key"]: d["pages"] for d in documents}
    faults = {
        d["key"]: d.get("fault") or "It has no page." for d in documents if d.get("fault") or not d["pages"]
    }
    told = " ".join(f"{key}: {fault}" for key, fault in faults.items()) or "Every document can be read."
    return Finding("M-04", not faults, told, {"pages": pages, "faults": faults})


def added(documents: Sequence[Ruled], attached: Collection[str]) -> Iterator[Finding]:
    """M-05: each rule that asks for documents beside what must be there to hand in."""
    for rule in sorted({d.rule for d in documents if d.rule}):
        wanted = [d for d in documents if d.rule == rule]
        gaps = [d for d in wanted if d.key not in attached]
        told = " ".join(f"The document “{d.title}” is missing." for d in gaps)
        inputs = {"documents": [d.key for d in wanted], "missing": [d.key for d in gaps]}
        yield Finding(rule, not gaps, told or "Every document it asks for is there.", inputs)


def excess(pages: int | None, limit: int | None) -> int:
    """How many pages are beyond the limit: experts disregard them, nothing is refused for them (C-20)."""
    return max(0, (pages or 0) - limit) if limit is not None else 0
