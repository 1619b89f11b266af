"""What a proposal must hold: pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.consortia.rules import Finding
from app.core.reason import Reason


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


def in_time(received_at: datetime, last: datetime) -> Finding:
    """M-01: the last sealed version was received before the end of the deadline's second (C-02)."""
    inputs = {"received_at": received_at.isoformat(), "until": last.isoformat()}
    told = "It was received in time." if received_at < last else "It was received too late."
    return Finding("M-01", received_at < last, told, inputs)


def electronic(number: int, digest: str) -> Finding:
    """M-02: it was handed in through this system, which no other way leads to."""
    inputs = {"version": number, "digest": digest}
    return Finding("M-02", True, "It was handed in through the electronic system.", inputs)


ALIKE = 0.8
"""The share of all their words that two texts have in common if they may be the same; nothing follows."""


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts, as their words, may be the same but for a few."""
    both = one | other
    return bool(both) and len(one & other) / len(both) >= ALIKE
