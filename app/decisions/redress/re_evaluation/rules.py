"""What the scores of a new evaluation come to, and what is wrong with what was sent; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.reason import Reason
from app.evaluation.rules import Scheme, off_scale, passes, total, weighted


@dataclass(frozen=True)
class Result:
    """All scores that count, their sum, the sum that ranks are made of, whether they pass (V-01)."""

    scores: Mapping[str, Decimal]
    total: Decimal
    weighted: Decimal
    above: bool


def result(
    old: Mapping[str, Any], anew: Mapping[str, Any], scheme: Scheme, overall: Decimal | None = None
) -> Result:
    """The new scores before the old ones; `overall` is the threshold that followed from the money (V-02)."""
    known = {**old, **anew}
    scores = {one.code: Decimal(str(known[one.code])) for one in scheme.criteria}
    return Result(scores, total(scores), weighted(scores, scheme), passes(scores, scheme, overall))


def best(old: Mapping[str, Any], criteria: Iterable[str], scheme: Scheme) -> Mapping[str, Decimal]:
    """The most that the criteria evaluated anew could be given; all of them where there are no old scores."""
    again = set(criteria) if old else {one.code for one in scheme.criteria}
    return dict.fromkeys(sorted(again), scheme.most)


def unfit(marks: Mapping[str, Any], criteria: Sequence[str], scheme: Scheme) -> Iterator[Reason]:
    """Every criterion that is evaluated anew needs a score on the scale, and no other has one."""
    for code in criteria:
        if code not in marks:
            yield Reason("mark-missing", f"There is no score for {code}.", f"/body/marks/{code}", "expert")
        else:
            yield from off_scale(marks[code].score, scheme)
    for code in sorted(set(marks) - set(criteria)):
        told = f"{code} is not evaluated anew; it keeps its score."
        yield Reason("not-evaluated-anew", told, f"/body/marks/{code}", "expert")
