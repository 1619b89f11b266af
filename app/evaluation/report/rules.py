"""When a report is due, and what is pointed at in its text: pure, on plain values; nothing here blocks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from app.calls.periods import Rest, day_of, end_of, last_day
from app.consortia.disclosure import Watch, told_in

WORD = re.compile(r"\w+")
SAYS = {
    "mail": ("address-given", "A mail address stands here; reports carry no names."),
    "orcid": ("address-given", "An ORCID id stands here; reports carry no names."),
    "name": ("expert-named", "An expert is named here; reports carry no names."),
    "reference": ("proposal-named", "Another proposal is named here; each is judged by itself."),
}


class Terms(Protocol):
    """When reports are due, as a rule set says; days."""

    @property
    def days(self) -> int: ...
    @property
    def reminder_days(self) -> Sequence[int]: ...
    @property
    def overdue_days(self) -> Sequence[int]: ...


def due_at(since: datetime, terms: Terms | None, ends_on: date | None, rest: Rest) -> datetime | None:
    """The last second to seal in time: so many days from `since`, never after the evaluation's last day.

    None where neither the rule set nor the stage says anything.
    """
    own = [] if terms is None else [last_day(day_of(since), terms.days, rest)]
    ends = own if ends_on is None else [*own, ends_on]
    return end_of(min(ends)) if ends else None


def reminders_by(since: datetime, due: datetime, now: datetime, terms: Terms) -> int:
    """How many reminders are due by now; those that would have come before `since` are none."""
    before = (due - timedelta(days=number) for number in terms.reminder_days)
    after = (due + timedelta(days=number) for number in terms.overdue_days)
    return sum(since < instant <= now for instant in (*before, *after))


Texts = Mapping[str, str]
"""What a report says in words, by the place where it stands (a JSON pointer)."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something worth a second look: what, where, and the passage it is about."""

    code: str
    text: str
    path: str
    passage: str = ""


class Marked(Protocol):
    """What a report says of a criterion."""

    @property
    def criterion(self) -> str: ...
    @property
    def score(self) -> Decimal | None: ...
    @property
    def shortcomings(self) -> str: ...


class Criterion(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def threshold(self) -> Decimal: ...


def below_without_reason(marks: Iterable[Marked], criteria: Iterable[Criterion]) -> Iterator[Point]:
    """Scores below their threshold for which no shortcoming is named (V-24)."""
    known = {criterion.code: criterion for criterion in criteria}
    for mark in marks:
        criterion = known[mark.criterion]
        if mark.score is not None and mark.score < criterion.threshold and not mark.shortcomings.strip():
            told = f"{criterion.title} is scored below its threshold, and no shortcoming is named."
            yield Point("below-without-reason", told, f"/marks/{mark.criterion}/shortcomings")


def scored_though_out_of_scope(
    flags: Iterable[str], marks: Sequence[Marked], criteria: Iterable[Criterion]
) -> Iterator[Point]:
    """The flag says that it is out of scope, and yet every score reaches its threshold (V-24)."""
    given = {mark.criterion: mark.score for mark in marks}
    scored = [(given.get(criterion.code), criterion.threshold) for criterion in criteria]
    if "out_of_scope" in flags and all(score is not None and score >= least for score, least in scored):
        told = "It is flagged as out of scope, and yet every score reaches its threshold."
        yield Point("scored-though-out-of-scope", told, "/flags")


def named(texts: Texts, watch: Watch) -> Iterator[Point]:
    """Where an expert is named or another proposal, or an address or id stands."""
    for one in told_in(texts, watch):
        yield Point(*SAYS[one.kind], one.place, one.passage)


def applicants_named(texts: Texts, watch: Watch) -> Iterator[Point]:
    """Where somebody is named who applies in a blind stage, for whichever proposal (V-25)."""
    for one in told_in(texts, watch):
        if one.kind in ("name", "affiliation"):
            told = "An applicant of the call is named here; whose the proposal is plays no part."
            yield Point("applicant-named", told, one.place, one.passage)


def copied(text: str, other: str, words: int) -> Iterator[str]:
    """The passages of `text`, each of so many words at least, that stand in `other` too."""
    theirs = [found.group().casefold() for found in WORD.finditer(other)]
    runs = {tuple(theirs[n : n + words]) for n in range(len(theirs) - words + 1)}
    mine = list(WORD.finditer(text))
    said = [found.group().casefold() for found in mine]
    start = 0
    while start + words <= len(said):
        end = start
        while end + words <= len(said) and tuple(said[end : end + words]) in runs:
            end += 1
        if end > start:
            last = end + words - 2
            yield text[mine[start].start() : mine[last].end()]
            start = last + 1
        else:
            start += 1
