"""What a summary report says: made of sealed facts alone, with the places of its texts."""

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import rfc8785

from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.panel.inputs import scores_in
from app.evaluation.panel.models import PanelChange

Content = dict[str, Any]
KINDS = {"strength": "strengths", "shortcoming": "shortcomings", None: "comments"}


def composed(
    about: Mapping[str, Any],
    scheme: Mapping[str, Any],
    overall: str,
    facts: Mapping[str, Any],
    consensus: Consensus,
    changes: Sequence[PanelChange],
) -> Content:
    """The first content of a report: by criterion what the experts agreed on and the panel changed (V-19).

    `about` names proposal, topic and call; `scheme` and `facts` are the inputs of the closed list, `overall`
    the threshold of the sum. No rank, no flag of a single report, nobody's name or label.
    """
    scores = scores_in(facts)
    points = {point.criterion: point for point in consensus.points}
    total = sum(scores.values(), Decimal(0))
    return {
        "version": 1,
        **about,
        "scale": {name: plain(Decimal(scheme[name])) for name in ("least", "most", "step")},
        "criteria": [
            _criterion(
                one,
                scores[one["code"]],
                points[one["code"]],
                [c for c in changes if c.criterion == one["code"]],
            )
            for one in scheme["criteria"]
        ],
        "total": plain(total),
        "overall_threshold": plain(Decimal(overall)),
        "overall_reached": total >= Decimal(overall),
        "disagreement": _disagreement(consensus),
    }


def _criterion(
    rule: Mapping[str, Any], score: Decimal, point: Point, changes: Sequence[PanelChange]
) -> dict[str, Any]:
    said: dict[str, list[str]] = {name: [] for name in KINDS.values()}
    for statement in point.statements:
        said[KINDS[statement.kind]].append(statement.text)
    comments = [change.comment for change in changes if change.comment is not None]
    scored = point.majority_score is not None or any(change.score is not None for change in changes)
    panel = {"scored": scored, "comment": comments[-1] if comments else None}
    return {
        "code": rule["code"],
        "title": rule["title"],
        "score": plain(score),
        "threshold": plain(Decimal(rule["threshold"])),
        "reached": score >= Decimal(rule["threshold"]),
        **said,
        "panel": panel if scored or comments else None,
    }


def _disagreement(consensus: Consensus) -> dict[str, str] | None:
    """The views of majority and minority, and why the panel settled it so (V-16)."""
    if consensus.majority_view is None or consensus.minority_view is None:
        return None
    return {
        "majority": consensus.majority_view,
        "minority": consensus.minority_view,
        "settled": consensus.settled_reason or "",
    }


def plain(number: Decimal) -> str:
    """A number without zeros that say nothing."""
    return format(number.normalize(), "f")


def digest_of(content: Content) -> str:
    """SHA-256 of the canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def texts_of(content: Content) -> dict[str, str]:
    """Every text that people wrote about the proposal, by its place (a JSON pointer)."""
    return dict(_texts(content))


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    for number, criterion in enumerate(content["criteria"]):
        for name in KINDS.values():
            for at, text in enumerate(criterion[name]):
                yield f"/criteria/{number}/{name}/{at}", text
        if criterion["panel"] and criterion["panel"]["comment"] is not None:
            yield f"/criteria/{number}/panel/comment", criterion["panel"]["comment"]
    for name, text in (content["disagreement"] or {}).items():
        yield f"/disagreement/{name}", text


def criterion_at(content: Content, place: str) -> str | None:
    """The criterion that a text is about, None of what is about them all."""
    _, first, *rest = place.split("/")
    return str(content["criteria"][int(rest[0])]["code"]) if first == "criteria" else None


def with_texts(content: Content, texts: Mapping[str, str]) -> Content:
    """The next version: the same with other texts at these places."""
    made = copy.deepcopy(content)
    made["version"] += 1
    for place, text in texts.items():
        here: Any = made
        *way, last = place.split("/")[1:]
        for step in way:
            here = here[int(step)] if isinstance(here, list) else here[step]
        here[int(last) if isinstance(here, list) else last] = text
    return made
