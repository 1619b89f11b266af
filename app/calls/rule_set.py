"""Rule sets: every number of the process as data, read from files and pinned by a call."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import Malformed
from app.core.reason import Reason


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]


class Criterion(Strict):
    """A criterion: its threshold (a score must reach it) and its weight, for ranking only (V-01)."""

    code: Code
    title: str
    threshold: Decimal
    weight: Decimal = Decimal(1)


class Scheme(Strict):
    """How proposals are scored: scale, criteria, overall threshold, computed tie-break steps (5.1-5.5)."""

    least: Decimal
    most: Decimal
    step: Decimal
    meaning: dict[str, str]
    criteria: tuple[Criterion, ...]
    overall_threshold: Decimal
    tie_break: tuple[Code, ...]
    least_experts: int


class Section(Strict):
    """A section of the form: its key, title, and the longest text it takes, in characters."""

    key: Code
    title: str
    limit: int


class Document(Strict):
    """A document of the form, PDF; if it is missing after closing, that is found by `rule` (M-05)."""

    key: Code
    title: str
    required: bool
    pages: int | None = None
    rule: Literal["M-05"] | None = None


class Eligibility(Strict):
    """Who must take part (E-02, E-03): so many entities, of so many countries, that count as associated."""

    rule: Literal["E-02", "E-03"]
    least_entities: int
    least_countries: int
    needs_member_state: bool


class Country(Strict):
    """A country's standing in the programme, from one date to another (association is dated)."""

    code: str
    name: str
    standing: Literal["member", "associated"]
    since: date | None = None
    until: date | None = None


class Rest(Strict):
    """Days of rest: Saturdays, Sundays and holidays, fixed (`12-25`) or counted in days from Easter Sunday.

    `moves`: a period that would end on one ends with the next working day.
    """

    moves: bool
    fixed: tuple[Annotated[str, Field(pattern=r"^[01][0-9]-[0-3][0-9]$")], ...]
    from_easter: tuple[int, ...]


class RuleSet(Strict):
    """A programme's rules. `unconfirmed` lists what was not found in public text.

    `unidentified_partners`: whether a grant may be signed with partners that have no validated PIC.
    """

    code: str
    title: str
    version: int
    source: str
    unconfirmed: tuple[str, ...]
    deadline_time: str
    eligibility: Eligibility
    countries: tuple[Country, ...]
    scheme: Scheme
    sections: tuple[Section, ...]
    documents: tuple[Document, ...]
    redress_days: int
    deemed_received_days: int
    rest: Rest
    unidentified_partners: Literal["refused", "with_reason"]


@cache
def rule_sets() -> dict[str, RuleSet]:
    """Every rule set of the package, by code; a file that contradicts the schema stops the start."""
    folder = files("app.calls") / "rule_sets"
    found = (
        RuleSet.model_validate(json.loads(f.read_text()))
        for f in folder.iterdir()
        if f.name.endswith(".json")
    )
    return {rules.code: rules for rules in found}


_pinned: dict[tuple[UUID, datetime | None], RuleSet] = {}


def pinned(call: Any) -> RuleSet:
    """The rules that a published call pinned; read once, since they never change from then on."""
    key = (call.id, call.published_at)
    if key not in _pinned:
        _pinned[key] = RuleSet.model_validate(call.rules)
    return _pinned[key]


def named(code: str) -> RuleSet:
    """The rule set of this name. Raises Malformed when there is none."""
    if code not in rule_sets():
        known = ", ".join(sorted(rule_sets()))
        raise Malformed(
            reasons=[Reason("unknown-rule-set", f"Known rule sets: {known}.", "/rule_set", "office")]
        )
    return rule_sets()[code]
