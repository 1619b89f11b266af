"""What was published of real projects: their consortia, countries and, where known, participant codes."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
KINDS = {
    "higher_education": "higher_education",
    "hospital": "hospital",
    "large_industry": "large_company",
}
"""The kind that the data guess from a name, in our words; whatever they say nothing of becomes `other`."""


@dataclass(frozen=True)
class Participant:
    """An organisation of a published project; `pic` is empty where it is not known."""

    name: str
    country: str
    pic: str
    kind: str
    coordinates: bool


@dataclass(frozen=True)
class Project:
    """A published project with its participants, the coordinator first."""

    acronym: str
    title: str
    number: str
    starts_on: date | None
    months: int | None
    participants: tuple[Participant, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def projects() -> Mapping[str, Project]:
    """Every published project with participants, by acronym."""
    parts: dict[str, list[Participant]] = defaultdict(list)
    for row in _rows("participants.csv"):
        kind = KINDS.get(row["type_hint_derived"], "other")
        leads = row["role"] in ("coordinator", "project_leader")
        parts[row["project_acronym"]].append(  # not every project's number is known
            Participant(row["legal_name"], row["country_iso2"], row["pic"], kind, leads)
        )
    return {row["acronym"]: _project(row, parts[row["acronym"]]) for row in _rows("projects.csv")}


def _project(row: dict[str, str], parts: list[Participant]) -> Project:
    starts, ends = _day(row["start_date"]), _day(row["end_date"])
    months = _months(starts, ends) if starts and ends else None
    ordered = sorted(parts, key=lambda part: not part.coordinates)
    return Project(row["acronym"], row["title"], row["grant_agreement"], starts, months, tuple(ordered))


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _months(starts: date, ends: date) -> int:
    """Full months from the first day to the last, both included."""
    return (ends.year - starts.year) * 12 + ends.month - starts.month + (ends.day >= starts.day)


KNOWN = frozenset(row["acronym"] for row in _rows("projects.csv"))
"""The acronyms of the published projects."""
