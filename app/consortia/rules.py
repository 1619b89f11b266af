"""Who must take part: countries, independence, industry; pure, and the same while a consortium forms."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


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


OWN_PLACE = ("union_law", "international_european")
"""Entities that stand for a place of their own, whatever country they sit in (E-07)."""


@dataclass(frozen=True)
class Entity:
    """A legal entity: where it is established, and under whose control (E-06); alone if it says nothing.

    `established_under` is the law of the Union or of a European treaty, if it is not that of its country.
    """

    name: str
    country: str
    control_group: str | None = None
    established_under: str | None = None


@dataclass(frozen=True)
class Finding:
    """What a check has found: the rule, whether it is met, in words, and what it looked at."""

    rule: str
    passed: bool
    text: str
    inputs: dict[str, Any]


Standing = Mapping[str, str]
"""The countries that count on a day, as `member` or `associated`."""


def standings(countries: Sequence[Country], day: date) -> dict[str, str]:
    """The countries that count on a day; association is dated."""
    return {
        c.code: c.standing
        for c in countries
        if (c.since is None or c.since <= day) and (c.until is None or day <= c.until)
    }


def _places(entities: Sequence[Entity], standing: Standing) -> list[tuple[Entity, str]]:
    """Those that count, each with its place: its country, or a place of its own (E-05, E-07)."""
    own = ((e, f"own {number}") for number, e in enumerate(entities) if e.established_under in OWN_PLACE)
    there = ((e, e.country) for e in entities if e.established_under not in OWN_PLACE)
    return [*own, *((e, place) for e, place in there if place in standing)]


def by_country(rule: Eligibility, entities: Sequence[Entity], standing: Standing) -> Finding:
    """E-02, E-03, E-04: enough entities, each of another country that counts.

    Third countries take part and do not count (E-05). Entities of the Union's law and international European
    ones count as of a member state other than those of the others (E-07). Nobody is refused for not being
    funded (E-10, E-11).
    """
    counted = _places(entities, standing)
    countries = {place for e, place in counted if place == e.country}
    own = sorted(e.name for e, place in counted if place != e.country)
    members = {code for code in countries if standing[code] == "member"}
    found, least = len(countries) + len(own), max(rule.least_countries, rule.least_entities)
    third = sorted({e.name for e in entities} - {e.name for e, _ in counted})
    inputs = {
        "countries": {e.name: e.country for e in entities},
        "members": sorted(members),
        "associated": sorted(countries - members),
        "own_place": own,
        "third": third,
        "least_countries": least,
        "needs_member_state": rule.needs_member_state,
    }
    told = (
        f"Entities of {found} countries that count; at least {least} {'is' if least == 1 else 'are'} needed"
    )
    told += ", one of them a member state." if rule.needs_member_state else "."
    if third:
        told += f" Beside them, not counted (E-05): {', '.join(third)}."
    passed = found >= least and (bool(members or own) or not rule.needs_member_state)
    return Finding(rule.rule, passed, told, inputs)


def lacking(found: Finding) -> str:
    """What a finding lacks, as one says it to those who look for partners; empty if nothing."""
    given = found.inputs
    if "least_countries" not in given:
        return "" if found.passed else found.text
    there = len(given["members"]) + len(given["associated"]) + len(given["own_place"])
    wanted = given["least_countries"] - there
    if wanted > 0:
        what = "One more country is" if wanted == 1 else f"{wanted} more countries are"
        told = f"{what} needed, of the member states and associated countries."
        if given["needs_member_state"] and not given["members"] and not given["own_place"]:
            told += " One of them must be a member state."
        return told
    return "" if found.passed else "A partner in a member state is needed."


def independent(rule: Eligibility, entities: Sequence[Entity], standing: Standing) -> Finding:
    """E-06: those who count are enough even if of all under one control only one is taken.

    Each place and each control group may be used once: the most entities that can be so taken is a
    largest matching. A lack of countries is not told twice: it is E-02's or E-03's alone.
    """
    counted = _places(entities, standing)
    alone = [e.control_group or f"alone {number}" for number, (e, _) in enumerate(counted)]
    edges = {(place, group) for (_, place), group in zip(counted, alone, strict=True)}
    most = _matching(edges)
    needed = min(max(rule.least_countries, rule.least_entities), len({place for _, place in counted}))
    groups: dict[str, list[str]] = {}
    for e in entities:
        if e.control_group:
            groups.setdefault(e.control_group, []).append(e.name)
    inputs = {"control_groups": groups, "independent": most, "needed": needed}
    told = f"{most} entities of different countries are independent of each other; {needed} are needed."
    return Finding("E-06", most >= needed, told, inputs)


def judged(rule: Eligibility, entities: Sequence[Entity], standing: Standing) -> tuple[Finding, Finding]:
    """Of those who take part: their countries (E-02 to E-05, E-07), and their independence (E-06)."""
    return by_country(rule, entities, standing), independent(rule, entities, standing)


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


def apart_from_industry(
    entities: Iterable[tuple[str, Collection[str]]], industry: Collection[str]
) -> Finding:
    """E-09: no applicant of a first stage is of the topic's industry consortium.

    `entities`: each by its name, with all names it is known by as they are compared; `industry` likewise.
    """
    within = sorted(name for name, known in entities if set(known) & set(industry))
    told = f"Of the topic's industry consortium: {', '.join(within)}." if within else ""
    inputs = {"industry": sorted(industry), "within": within}
    return Finding("E-09", not within, told or "None is of the topic's industry consortium.", inputs)
