"""What partners give to the rules of funding, and what these make of a consortium's money."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.calls.chosen import rules_of
from app.calls.periods import day_of
from app.calls.rule_parts import Declaration
from app.consortia.budget import rules
from app.consortia.budget.rules import FIGURES, Body, Line, Part, Share
from app.consortia.models import LIVE, Consortium, Partner
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.rules import MOST_TURNOVER
from app.consortia.problems import Entry
from app.consortia.rules import standings
from app.consortia.schemas import DeclarationRead, PartnerRead

NEEDS = ("partners.organisation.same_control", "topic_stage.stage.call")
"""What of a consortium `budget_of` and `warnings` read."""


@dataclass(frozen=True)
class Budget:
    """A consortium's money as it stands: a line for each partner at present, and what they come to."""

    lines: Sequence[Line]
    totals: Mapping[str, Decimal]
    ceiling: Decimal
    ceiling_kind: str
    industry: Share | None
    messages: Sequence[Entry]


def budget_of(consortium: Consortium) -> Budget:
    """What the rules of the call make of the partners' figures; computed anew each time."""
    part = consortium.topic_stage
    rule_set = rules_of(part.stage.call)
    funding = rule_set.funding
    counting = standings(rule_set.countries, day_of(part.stage.closes_at))
    here = [part_of(partner, counting) for partner in consortium.partners if partner.state in LIVE]
    lines = [rules.line_of(funding, part.action_type, one) for one in here]
    industry = rules.share(funding, lines) if part.stage.kind == "full" else None
    totals = rules.totals(lines)
    messages = [entry for line in lines for entry in rules.over_limits(funding, line)]
    # What was added after the deadline is nobody's to know before the results: the money as announced.
    messages += rules.over_together(totals, part.announced, part.ceiling, industry)
    return Budget(lines, totals, part.announced, part.ceiling, industry, messages)


def part_of(partner: Partner, counting: Collection[str]) -> Part:
    """A partner as the rules see it; `counting` are the countries that count."""
    figures = {name: getattr(partner, name) for name in FIGURES}
    body = body_of(partner.organisation, counting)
    return Part(str(partner.id), partner.organisation.legal_name, figures, body, partner.self_financed)


def body_of(organisation: Organisation, counting: Collection[str]) -> Body:
    """What of an organisation decides on its funding."""
    group = [MOST_TURNOVER[one.turnover] for one in organisation.same_control if one.turnover]
    return Body(
        kind=organisation.kind,
        non_profit=organisation.non_profit or organisation.public_body,
        counts=organisation.country in counting,
        industry_member=organisation.industry_member,
        turnover=MOST_TURNOVER[organisation.turnover] if organisation.turnover else None,
        group_turnover=max(group, default=None),
    )


def warnings(consortium: Consortium, requested: Decimal) -> Iterator[Entry]:
    """All that is over a limit; a proposal that asks for `requested` can be handed in all the same.

    Paths begin at the consortium; what is said of a partner's figures is for whoever reads these
    (`shown.for_reader`).
    """
    budget = budget_of(consortium)
    yield from budget.messages
    yield from rules.request_differs(requested, budget.lines)


def declared_by(partner: Partner) -> Sequence[Declaration]:
    """What the rule set lets a partner of its kind declare."""
    kind = partner.organisation.kind
    every = rules_of(partner.consortium.topic_stage.stage.call).declarations
    return [one for one in every if not one.kinds or kind in one.kinds]


async def tell_declarations(asked: Any, partner: Partner, read: Any) -> None:
    """Show whoever reads the figures what is declared with them."""
    if isinstance(read, PartnerRead):
        read.declarations = [DeclarationRead.model_validate(one) for one in declared_by(partner)]
