"""What a partner's figures come to by the rules of funding, and what is over a limit (F-01 to F-13): pure.

Amounts are exact decimals in euro, rates in percent; nothing is rounded before it is compared.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Protocol

from app.consortia.problems import Entry
from app.consortia.rules import Finding

COSTS = ("personnel", "other_direct", "subcontracting", "third_party_support")
CONTRIBUTIONS = ("in_kind_operational", "in_kind_additional", "financial_contribution")
FIGURES = (*COSTS, "requested", *CONTRIBUTIONS)
"""What a partner says of its money; everything else follows."""
BY_ITSELF = "it has said so itself"
CENT = Decimal("0.01")
NOTHING = Decimal(0)


class Funding(Protocol):
    """The shares and limits of a rule set."""

    @property
    def rates(self) -> Mapping[Any, Decimal]: ...
    @property
    def non_profit(self) -> Decimal: ...
    @property
    def indirect(self) -> Decimal: ...
    @property
    def indirect_base(self) -> Collection[str]: ...
    @property
    def most_turnover(self) -> Decimal | None: ...
    @property
    def non_profit_kinds(self) -> Collection[str]: ...
    @property
    def unfunded_members(self) -> Collection[str]: ...
    @property
    def third_countries(self) -> str: ...
    @property
    def least_contribution(self) -> Decimal | None: ...
    @property
    def in_kind_from(self) -> Collection[str]: ...
    @property
    def additional_from(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Body:
    """What of an organisation decides on its funding.

    `turnover` is the most that it may be, None if it is unknown; `group_turnover` that of the largest of
    those under the same control. `counts`: it is established in a member state or an associated country.
    """

    kind: str = "other"
    non_profit: bool = False
    counts: bool = True
    industry_member: str | None = None
    turnover: Decimal | None = None
    group_turnover: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """A partner as the rules see it: its figures by name, and its organisation."""

    key: str
    name: str
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    body: Body = Body()
    self_financed: bool = False

    def __getitem__(self, name: str) -> Decimal:
        return self.figures.get(name, NOTHING)


@dataclass(frozen=True)
class Line:
    """A partner's part and what follows from it.

    `at_own_cost` says why it is not eligible for funding, empty if it is; `rate` and `highest` are None where
    the rule set has no rules of funding.
    """

    part: Part
    direct: Decimal
    indirect: Decimal
    eligible_costs: Decimal
    rate: Decimal | None
    highest: Decimal | None
    at_own_cost: str


@dataclass(frozen=True)
class Share:
    """What industry brings, of what the action costs (F-12)."""

    given: Decimal
    of: Decimal
    least: Decimal

    @property
    def enough(self) -> bool:
        return self.of > 0 and self.given * 100 >= self.least * self.of

    @property
    def percent(self) -> Decimal | None:
        """To be shown alone: rounded down, so that what fails never reads as the limit."""
        return floor(self.given * 100 / self.of) if self.of else None


def floor(amount: Decimal) -> Decimal:
    """Two places, rounded down."""
    return amount.quantize(CENT, ROUND_FLOOR)


def indirect(rule: Funding, part: Part) -> Decimal:
    """The flat rate on its base (F-02), without subcontracting and money passed on (F-03)."""
    return sum((part[name] for name in rule.indirect_base), NOTHING) * rule.indirect / 100


def without_profit(rule: Funding, body: Body) -> bool:
    return body.non_profit or body.kind in rule.non_profit_kinds


def why_unfunded(rule: Funding, body: Body) -> str:
    """Why an organisation gets no money, empty if it may; it takes part all the same (E-10, E-11)."""
    if body.industry_member in rule.unfunded_members:
        return "members of the industry side bring money and get none (F-08)"
    if not body.counts and rule.third_countries == "unfunded":
        return "it is established in no member state or associated country (E-05)"
    if rule.most_turnover is not None and not without_profit(rule, body):
        known = [most for most in (body.turnover, body.group_turnover) if most is not None]
        if any(most > rule.most_turnover for most in known):
            return "a company that is, or belongs to, a larger one than the rules fund (F-04)"
    return ""


def rate(rule: Funding, action_type: str, body: Body) -> Decimal:
    """The share of eligible costs that is paid, in percent, by action and organisation (F-01, F-04)."""
    return rule.non_profit if without_profit(rule, body) else rule.rates.get(action_type, NOTHING)


def line_of(rule: Funding | None, action_type: str, part: Part) -> Line:
    """A partner's part with all that follows from it (F-01 to F-05)."""
    direct = sum((part[name] for name in COSTS), NOTHING)
    unfunded = BY_ITSELF if part.self_financed else ""
    if rule is None:
        return Line(part, direct, NOTHING, direct, None, None, unfunded)
    extra = indirect(rule, part)
    unfunded = unfunded or why_unfunded(rule, part.body)
    paid = NOTHING if unfunded else rate(rule, action_type, part.body)
    costs = direct + extra
    return Line(part, direct, extra, costs, paid, costs * paid / 100, unfunded)


def totals(lines: Iterable[Line]) -> dict[str, Decimal]:
    """The sums over all partners, of what they say and of what follows from it."""
    found = dict.fromkeys((*FIGURES, "direct", "indirect", "eligible_costs"), NOTHING)
    for line in lines:
        for name in FIGURES:
            found[name] += line.part[name]
        found["direct"] += line.direct
        found["indirect"] += line.indirect
        found["eligible_costs"] += line.eligible_costs
    return found


def share(rule: Funding | None, lines: Sequence[Line]) -> Share | None:
    """What industry brings (F-12, F-13), or None where nothing is asked of it.

    What those bring from whom the rules take nothing is left out, of both sides.
    """
    if rule is None or rule.least_contribution is None:
        return None
    bringing = [line.part for line in lines if line.part.body.industry_member in rule.in_kind_from]
    adding = [line.part for line in lines if line.part.body.industry_member in rule.additional_from]
    brought = sum((p["in_kind_operational"] + p["financial_contribution"] for p in bringing), NOTHING)
    added = sum((part["in_kind_additional"] for part in adding), NOTHING)
    costs = sum((line.eligible_costs for line in lines), NOTHING)
    return Share(brought + added, costs + added, rule.least_contribution)


def over_limits(rule: Funding | None, line: Line) -> Iterator[Entry]:
    """What of a partner's figures the rules do not bear; it warns and blocks nothing."""
    part = line.part
    asked = part["requested"]
    if line.at_own_cost and asked > 0:
        told = f"{part.name} is not eligible for funding, participates at own cost: {line.at_own_cost}; "
        yield _at(part, "requested", "at-own-cost", f"{told}it asks for {euro(asked)}.", "E-11")
    elif line.highest is not None and asked > line.highest:
        told = f"{part.name} asks for {euro(asked)}; {line.rate} % of its eligible costs of "
        told += f"{euro(line.eligible_costs)} are at most {euro(line.highest)}."
        yield _at(part, "requested", "over-funding-rate", told, "F-05")
    if rule is None:
        return
    if rule.most_turnover is not None and _size_unknown(rule, part) and not line.at_own_cost and asked > 0:
        told = f"The turnover of {part.name} is not known; a company above {euro(rule.most_turnover)} "
        yield _at(part, "requested", "turnover-unknown", f"{told}is not funded.", "F-04")
    left = line.eligible_costs - asked
    if part["in_kind_operational"] > max(left, NOTHING):
        told = f"{part.name} brings {euro(part['in_kind_operational'])} in kind to its operations; its "
        told += f"eligible costs less what it asks for are {euro(max(left, NOTHING))}."
        yield _at(part, "in_kind_operational", "over-own-costs", told, "F-10")
    if rule.least_contribution is None:
        return
    for name in CONTRIBUTIONS:
        from_whom = rule.additional_from if name == "in_kind_additional" else rule.in_kind_from
        if part[name] > 0 and part.body.industry_member not in from_whom:
            told = f"{WORDS[name]} of {part.name} do not count towards the contributions of industry."
            yield _at(part, name, "not-counted", told[0].upper() + told[1:], "F-13")


def _size_unknown(rule: Funding, part: Part) -> bool:
    body = part.body
    return body.turnover is None and body.kind != "sme" and not without_profit(rule, body)


def over_together(
    found: Mapping[str, Decimal], ceiling: Decimal, kind: str, industry: Share | None
) -> Iterator[Entry]:
    """What the partners together are over or under: the topic's money (F-05), what industry brings."""
    if found["requested"] > ceiling:
        binds = "which is binding" if kind == "binding" else "which is indicative"
        told = f"The partners ask for {euro(found['requested'])} together; the topic has "
        yield Entry("over-ceiling", f"{told}{euro(ceiling)}, {binds}.", "/requested", "coordinator", "F-05")
    if industry is not None and not industry.enough:
        told = f"Industry brings {euro(industry.given)} of {euro(industry.of)}"
        told += f", {industry.percent} %" if industry.percent is not None else ""
        told += f"; at least {industry.least} % are needed."
        yield Entry("contribution-too-small", told, "/contribution", "coordinator", "E-08")


def request_differs(requested: Decimal, lines: Sequence[Line]) -> Iterator[Entry]:
    """F-05: the proposal asks for what its partners ask for together, once one of them has said anything."""
    together = sum((line.part["requested"] for line in lines), NOTHING)
    if together != requested and any(line.part[name] for line in lines for name in FIGURES):
        told = f"The proposal asks for {euro(requested)}, its partners together for {euro(together)}."
        yield Entry("request-differs", told, "/requested", "coordinator", "F-05")


def contributed(industry: Share) -> Finding:
    """E-08: industry brings enough of what the action costs; compared without rounding (F-12)."""
    told = f"Industry brings {industry.percent} % of the costs; at least {industry.least} % are needed."
    if industry.percent is None:
        told = "No costs are given that industry could bring a part of."
    inputs = {"given": str(industry.given), "of": str(industry.of), "least": str(industry.least)}
    return Finding("E-08", industry.enough, told, inputs)


def _at(part: Part, name: str, code: str, text: str, rule: str) -> Entry:
    return Entry(code, text, f"/partners/{part.key}/{name}", "partner", rule)


WORDS = {
    "personnel": "personnel",
    "other_direct": "other direct costs",
    "subcontracting": "subcontracting",
    "third_party_support": "financial support to third parties",
    "requested": "the requested contribution",
    "in_kind_operational": "in-kind contributions to operations (IKOP)",
    "in_kind_additional": "in-kind contributions to additional activities (IKAA)",
    "financial_contribution": "financial contributions (FC)",
    "self_financed": "whether it takes part at own cost",
}
"""Figures as sentences name them."""


def euro(amount: Decimal) -> str:
    """An amount in a sentence, rounded down to the cent."""
    return f"EUR {floor(amount):,.2f}"
