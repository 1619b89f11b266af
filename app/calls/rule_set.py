"""Rule sets: every number of the process as data, read from files and pinned by a call."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple, Protocol, get_args
from uuid import UUID

from pydantic import Field, ValidationError

from app.calls import form
from app.calls.evidence import unsettled
from app.calls.form import Section, twice
from app.calls.rule_parts import (
    ActionType,
    Blind,
    Ceiling,
    Code,
    Confirmed,
    ConsensusTerms,
    Country,
    Declaration,
    Document,
    Eligibility,
    Ethics,
    ExpertTerms,
    Funding,
    Hearings,
    PageLimit,
    ReportTerms,
    Rest,
    StageKind,
    Strict,
    Whole,
)
from app.calls.scheme import Scheme, contradictions
from app.core.errors import NotFound
from app.core.fault import Fault


class RuleSet(Strict):
    """A programme's rules. `unconfirmed` lists the places whose numbers no public text was found for.

    `scheme` holds where none of `schemes` is made for the stage and the action type. `unidentified_partners`:
    whether a grant may be signed with partners that have no validated PIC. `reserve_months`: how long a
    reserve list is in force, from the release; without it, until it is ended (K-05).
    `days_after_corrigendum`: the least between a corrigendum that touches scope, eligibility or budget, and
    the deadline.
    `information_days`: how long an applicant has to answer the office; none is asked where it is not said.
    A request for a review should be answered `redress_answer_months` after the last day to file one (Z-06),
    and is weighed by `redress_members` at least.
    `eligibility_csa` holds for coordination and support actions, if it is said (E-04). `sign_offs`: whether a
    partner that has not signed its part keeps the proposal from being handed in. Without `reports`,
    reports are due with the evaluation of their stage; without `hearings`, nobody is heard, without
    `ethics`, no ethics is screened, without `blind`, no stage is judged blind. After `short_feedback` stages
    who is selected reads no summary report (V-23). `ranks_in_letters`: whether letters tell the
    rank. Fields that came later have defaults, so that what calls have pinned can be read.
    """

    code: Code
    title: str
    version: Whole
    source: str
    unconfirmed: tuple[str, ...]
    confirmed: tuple[Confirmed, ...] = ()
    deadline_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    eligibility: Eligibility
    eligibility_csa: Eligibility | None = None
    countries: tuple[Country, ...]
    scheme: Scheme
    schemes: tuple[Scheme, ...] = ()
    sections: tuple[Section, ...]
    documents: tuple[Document, ...]
    page_limits: tuple[PageLimit, ...] = ()
    funding: Funding | None = None
    ceiling: Ceiling = "binding"
    redress_days: Whole
    deemed_received_days: Whole
    redress_answer_months: Whole = 4
    redress_members: Whole = 3
    rest: Rest
    unidentified_partners: Literal["refused", "with_reason"]
    tti_months: Whole = 5
    ttg_months: Whole = 8
    invited_to_stage_2: Whole = 1
    not_feasible_days: Whole = 30
    reserve_months: Whole | None = None
    days_after_corrigendum: Annotated[int, Field(ge=0)] = 0
    information_days: Whole | None = None
    declarations: tuple[Declaration, ...] = ()
    sign_offs: Literal["warn", "block"] = "warn"
    experts: ExpertTerms | None = None
    reports: ReportTerms | None = None
    consensus: ConsensusTerms | None = None
    short_feedback: tuple[StageKind, ...] = ("short",)
    ranks_in_letters: bool = False
    hearings: Hearings | None = None
    ethics: Ethics | None = None
    blind: Blind | None = None

    def blind_in(self, stage: str) -> Blind | None:
        """How this kind of stage is judged blind, if it is (V-25)."""
        return self.blind if self.blind is not None and stage in self.blind.stages else None

    def hearings_in(self, stage: str) -> Hearings | None:
        """Who is heard in this kind of stage, if anybody is (V-20); whoever came would have a name."""
        rule = self.hearings
        return rule if rule is not None and stage in rule.stages and not self.blind_in(stage) else None

    def screens_ethics(self, stage: str) -> bool:
        """Whether a grant of this kind of stage needs an ethics screening (X-05); never where it is blind."""
        asked = self.ethics is not None and self.ethics.screening and stage in self.ethics.stages
        return asked and not self.blind_in(stage)

    def all_schemes(self) -> dict[str, Scheme]:
        """Every scheme by its code, the one that holds otherwise among them."""
        return {one.code: one for one in (*self.schemes, self.scheme)}


class Wrong(NamedTuple):
    """A place of a rule set that cannot be, as a JSON pointer, and why not."""

    path: str
    text: str


class BadRules(Exception):
    """A rule set that cannot be right; every fault is listed."""

    def __init__(self, faults: list[Wrong]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in faults))
        self.faults = faults


def checked(given: Any) -> RuleSet:
    """The rule set that this JSON describes. Raises BadRules with every place that is wrong."""
    try:
        rules = RuleSet.model_validate(given)
    except ValidationError as error:
        wrong = [Wrong(_pointer(given, f["loc"]), f["msg"].rstrip(".")) for f in error.errors()]
        raise BadRules(wrong) from None
    if found := [Wrong(*one) for one in _contradictions(rules)]:
        raise BadRules(found)
    return rules


def _pointer(given: Any, steps: Sequence[int | str]) -> str:
    """A place as a JSON pointer: without the steps that only name the kind of what stands there."""
    way = []
    for number, step in enumerate(steps, 1):
        last = number == len(steps)
        if isinstance(given, dict) and (step in given or last):
            given = given.get(step)
        elif isinstance(given, list) and isinstance(step, int):
            given = None if last else given[step]
        else:
            continue
        way.append(str(step))
    return "/" + "/".join(way)


def _contradictions(rules: RuleSet) -> Iterator[tuple[str, str]]:
    yield from contradictions(rules.scheme, "/scheme")
    for number, scheme in enumerate(rules.schemes):
        yield from contradictions(scheme, f"/schemes/{number}")
    yield from twice("/schemes", "code", [scheme.code for scheme in rules.schemes])
    if rules.scheme.code in {scheme.code for scheme in rules.schemes}:
        yield "/scheme/code", f"{rules.scheme.code} stands among the others, too"
    if rules.funding is not None:
        for action_type in sorted(set(get_args(ActionType)) - set(rules.funding.rates)):
            yield "/funding/rates", f"it has no rate for {action_type}"
    if rules.consensus is not None and rules.consensus.absent_after > len(rules.consensus.reminder_days):
        yield "/consensus/absent_after", "so many reminders do not go out"
    yield from form.contradictions(rules.sections, rules.documents)
    yield from twice("/documents", "key", [document.key for document in rules.documents])
    yield from twice("/declarations", "key", [declaration.key for declaration in rules.declarations])
    known = {document.key for document in rules.documents}
    yield from _blind(rules, known)
    for number, limit in enumerate(rules.page_limits):
        if limit.document not in known:
            yield f"/page_limits/{number}/document", f"{limit.document} is no document of the form"
    for number, country in enumerate(rules.countries):
        if country.since and country.until and country.until < country.since:
            yield f"/countries/{number}/until", "it ends before it begins"
        for other in rules.countries[:number]:
            if other.code == country.code and _overlap(other, country):
                yield f"/countries/{number}/code", f"{country.code} stands twice for the same day"


def _blind(rules: RuleSet, documents: Collection[str]) -> Iterator[tuple[str, str]]:
    if rules.blind is None:
        return
    form = {"sections": {section.key for section in rules.sections}, "documents": documents}
    named = {"sections": rules.blind.sections, "documents": rules.blind.documents}
    for name, keys in named.items():
        for number, key in enumerate(keys):
            if key not in form[name]:
                yield f"/blind/{name}/{number}", f"{key} is none of the form"


def _overlap(one: Country, other: Country) -> bool:
    first = one.until is None or other.since is None or other.since <= one.until
    return first and (other.until is None or one.since is None or one.since <= other.until)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for number, (key, _) in enumerate(pairs):
        if key in (name for name, _ in pairs[:number]):
            raise ValueError(f"the key {key} stands twice")
    return dict(pairs)


class File(Protocol):
    """A file by its name."""

    @property
    def name(self) -> str: ...
    def read_text(self, encoding: str) -> str: ...


def read(file: File) -> RuleSet:
    """The rule set of a file. Raises Fault, one sentence for each fault, with file and place."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_once)
        rules = checked(given)
    except BadRules as bad:
        raise _fault(file, bad.faults) from None
    except ValueError as error:
        raise Fault(f"{file.name} is not a rule set: {str(error).rstrip('.')}.") from None
    named_after = re.sub(r"\.json$", "", file.name)
    faults = [Wrong(*one) for one in unsettled(given, rules.unconfirmed, rules.confirmed)]
    if rules.code != named_after:
        faults.append(Wrong("/code", f"the file is named after {named_after}"))
    if faults:
        raise _fault(file, faults)
    return rules


def _fault(file: File, faults: list[Wrong]) -> Fault:
    return Fault("\n".join(f"{file.name}: {path}: {text}." for path, text in faults))


@cache
def rule_sets() -> dict[str, RuleSet]:
    """Every rule set of the package, by code; a file that contradicts the schema stops the start."""
    folder = files("app.calls") / "rule_sets"
    found = (read(f) for f in folder.iterdir() if f.name.endswith(".json"))
    return {rules.code: rules for rules in sorted(found, key=lambda rules: rules.code)}


_pinned: dict[tuple[UUID, datetime | None], RuleSet] = {}


def pinned(call: Any) -> RuleSet:
    """The rules that a published call pinned; read once, since they never change from then on."""
    key = (call.id, call.published_at)
    if key not in _pinned:
        _pinned[key] = RuleSet.model_validate(call.rules)
    return _pinned[key]


def named(code: str) -> RuleSet:
    """The rule set of this name. Raises NotFound when there is none."""
    if code not in rule_sets():
        raise NotFound
    return rule_sets()[code]
