"""What of a draft is not in the version handed in last: changed, and not submitted (C-03)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.consortia.budget.rules import FIGURES

FIELDS = ("acronym", "title", "abstract", "requested")
OF_A_PARTNER = ("coordinates", "self_financed", "people", *FIGURES)
"""What its consortium has in hand; what the office writes on an organisation is nobody's change here."""
UNSAID: Mapping[str, Any] = {"self_financed": False} | {
    name: {"amount": "0.00", "currency": "EUR"} for name in FIGURES
}
"""What an older manifest, which does not name it, leaves to be understood."""
Parts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Unsubmitted:
    """What differs, by the names under which it is read and edited; partners by their organisation's name."""

    fields: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)


def unsubmitted(sealed: Mapping[str, Any], now: Mapping[str, Any]) -> Unsubmitted:
    """The differences between two manifests; what was changed and changed back does not differ."""
    return Unsubmitted(
        [name for name in FIELDS if sealed[name] != now[name]],
        list(_differing(sealed["sections"], now["sections"], "key", ("digest",))),
        list(_differing(sealed["documents"], now["documents"], "key", ("digest",))),
        _partners(sealed["partners"], now["partners"]),
    )


def _partners(sealed: Parts, now: Parts) -> list[str]:
    names = {part["organisation_id"]: part["legal_name"] for part in (*sealed, *now)}
    return sorted(names[key] for key in _differing(sealed, now, "organisation_id", OF_A_PARTNER))


def _differing(sealed: Parts, now: Parts, key: str, facts: Sequence[str]) -> Iterator[str]:
    """The keys of what has come, gone or changed in one of these facts, in the order of the form."""
    before, after = ({part[key]: _facts(part, facts) for part in parts} for parts in (sealed, now))
    yield from (name for name in {**before, **after} if before.get(name) != after.get(name))


def _facts(part: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    known = {**UNSAID, **part}
    facts = {name: known[name] for name in names}
    if "people" in facts:  # they are kept in no order
        facts["people"] = sorted((person["part"], person["name"]) for person in facts["people"])
    return facts


def in_words(found: Unsubmitted, number: int) -> str:
    """One sentence that nobody overlooks; empty if nothing differs."""
    told = [
        f"{kind}: {', '.join(names)}"
        for kind, names in (
            ("fields", found.fields),
            ("sections", found.sections),
            ("documents", found.documents),
            ("partners", found.partners),
        )
        if names
    ]
    return (
        f"CHANGED AND NOT SUBMITTED since version {number}, which counts: {'; '.join(told)}." if told else ""
    )
