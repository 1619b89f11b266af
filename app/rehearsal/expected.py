"""What was published of a call's outcome, and which figures contradict each other."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=5_000)]
Amount = Annotated[int, Field(gt=0, le=10**11, description="In whole euro.")]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Expected(Strict):
    """What was published of the outcome; compared at the end, never read before."""

    submitted: Count | None = None
    inadmissible: Count | None = None
    ineligible: Count | None = None
    inadmissible_or_ineligible: Count | None = None
    evaluated: Count | None = None
    above_threshold: Count | None = None
    invited: Count | None = None
    merged: Count | None = None
    funded: Count | None = None
    reserve: Count | None = None
    late_refused: Count | None = None
    funded_acronyms: tuple[Line, ...] | None = None
    envelope_eur: Amount | None = None
    time_to_inform_days: Count | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Figures that cannot all be right, by the name of one of them."""
        for few, many in LESS:
            small, large = getattr(self, few), getattr(self, many)
            if small is not None and large is not None and small > large:
                yield few, f"{small} {_words(few)}, but only {large} {_words(many)}"
        yield from self._unevaluated()
        if self.funded_acronyms is not None:
            if len(set(self.funded_acronyms)) != len(self.funded_acronyms):
                yield "funded_acronyms", "an acronym stands twice"
            if self.funded is not None and len(self.funded_acronyms) != self.funded:
                yield "funded_acronyms", f"{len(self.funded_acronyms)} are named, {self.funded} funded"
        if None not in (self.funded, self.reserve, self.above_threshold):
            both = (self.funded or 0) + (self.reserve or 0)
            if both > (self.above_threshold or 0):
                yield "reserve", f"{both} are funded or on the reserve list of {self.above_threshold}"

    def _unevaluated(self) -> Iterator[tuple[str, str]]:
        """Those that are not evaluated are inadmissible or ineligible, and all others are."""
        kinds = {"inadmissible": self.inadmissible, "ineligible": self.ineligible}
        known = [count for count in kinds.values() if count is not None]
        out = self.inadmissible_or_ineligible
        for name, count in kinds.items():
            if out is not None and count is not None and count > out:
                yield "inadmissible_or_ineligible", f"{out} is less than {count} {name}"
        if len(known) == len(kinds):
            if out not in (None, sum(known)):
                yield "inadmissible_or_ineligible", f"{out} is not {known[0]} and {known[1]} together"
            out = sum(known)
        evaluated, submitted = self.evaluated, self.submitted
        if out is not None and evaluated is not None and submitted not in (None, evaluated + out):
            yield "evaluated", f"{evaluated} evaluated and {out} not are not {submitted} submitted"


LESS = (
    ("inadmissible", "submitted"),
    ("ineligible", "submitted"),
    ("inadmissible_or_ineligible", "submitted"),
    ("evaluated", "submitted"),
    ("above_threshold", "evaluated"),
    ("invited", "above_threshold"),
    ("merged", "invited"),
    ("funded", "above_threshold"),
    ("reserve", "above_threshold"),
)


def _words(name: str) -> str:
    return name.replace("_", " ")
