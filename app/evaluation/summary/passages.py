"""Where a passage stands in a summary report, word for word, and what was found there before."""

from app.evaluation.summary.content import criterion_at, texts_of
from app.evaluation.summary.models import Finding, Summary


def occurrences(text: str, passage: str) -> list[int]:
    """The offsets at which a passage stands in a text, none within another."""
    found, at = [], text.find(passage)
    while at >= 0:
        found.append(at)
        at = text.find(passage, at + len(passage))
    return found


def standing(summary: Summary, criterion: str | None, passage: str) -> list[tuple[str, int]]:
    """Place and offset of each under the criterion, in order; not where something is taken out already."""
    return [
        (place, offset)
        for place, text in texts_of(summary.content).items()
        if criterion_at(summary.content, place) == criterion
        for offset in occurrences(text, passage)
        if not any(one.settled == "redacted" for one in overlapping(summary, place, offset, len(passage)))
    ]


def overlapping(summary: Summary, place: str, offset: int, length: int) -> list[Finding]:
    """What was found of which some part is in this passage."""
    return [
        one
        for one in summary.findings
        if one.place == place and one.offset < offset + length and offset < one.offset + one.length
    ]
