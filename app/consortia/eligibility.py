"""Whether those who have come together may apply, told while they do: it warns, and is judged later."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from app.calls.chosen import eligibility_of, rules_of
from app.calls.models import TopicStage
from app.calls.periods import day_of
from app.consortia.models import LIVE, Consortium, PartnerState
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.rules import folded
from app.consortia.problems import Entry
from app.consortia.rules import (
    Entity,
    Finding,
    apart_from_industry,
    judged,
    lacking,
    standings,
)

NEEDED = ("partners.organisation", "topic_stage.stage.call", "topic_stage.topic")
"""What of a consortium is looked at."""
WITH_INVITED = " With the {number} who are invited it would be enough."
WITH_ONE_INVITED = " With the one who is invited it would be enough."


def entity_of(one: Organisation) -> Entity:
    return Entity(one.legal_name, one.country, one.control_group, one.established_under)


def on_partners(part: TopicStage, organisations: Iterable[Organisation]) -> tuple[Finding, Finding]:
    """What the rules of the call say of these on countries and independence, on the day of the deadline."""
    standing = standings(rules_of(part.stage.call).countries, day_of(part.stage.closes_at))
    return judged(eligibility_of(part), [entity_of(one) for one in organisations], standing)


def outside_industry(
    part: TopicStage, organisations: list[Organisation], members: Collection[UUID] = ()
) -> Finding | None:
    """E-09, asked of short proposals alone: the industry consortium of the topic joins the full one.

    As far as names tell: legal, short and other names, as they are compared in the register. `members` are
    those that the office has named beside it: no applicant may learn who they are, so that they are looked at
    after closing alone (C-09).
    """
    companies: Mapping[str, Any] = part.topic.industry_consortium
    if part.stage.kind != "short" or not (companies or members):
        return None
    industry = {folded(name) for name in companies}
    industry |= {folded(one.legal_name) for one in organisations if one.id in members}
    return apart_from_industry(((one.legal_name, _names(one)) for one in organisations), industry)


def _names(one: Organisation) -> set[str]:
    return {plain for name in (one.legal_name, one.short_name, *one.aliases) if (plain := folded(name))}


def eligibility_problems(consortium: Consortium) -> Iterator[Entry]:
    """What the present partners lack (E-02 to E-04, E-06, E-09), and whether the invited would bring it."""
    part = consortium.topic_stage
    present = [p.organisation for p in consortium.partners if p.state in LIVE]
    asked = [p.organisation for p in consortium.partners if p.state == PartnerState.INVITED]
    for found, then in zip(on_partners(part, present), on_partners(part, [*present, *asked]), strict=True):
        if not found.passed:
            yield _warning(found, lacking(found) + _hope(len(asked) if then.passed else 0))
    industry = outside_industry(part, [*present, *asked])
    if industry is not None and not industry.passed:
        yield _warning(industry, industry.text)


def _hope(invited: int) -> str:
    return WITH_INVITED.format(number=invited) if invited > 1 else WITH_ONE_INVITED if invited else ""


def _warning(found: Finding, told: str) -> Entry:
    return Entry(f"{found.rule.lower()}-not-met", told, "/partners", "coordinator", found.rule)


def unsigned(consortium: Consortium) -> Iterator[Entry]:
    """Those in it that have not signed their part; it warns, and blocks where the rule set says so."""
    needed = rules_of(consortium.topic_stage.stage.call).sign_offs == "block"
    for one in consortium.partners:
        if one.state == PartnerState.ACCEPTED:
            told = f"{one.organisation.legal_name} has not signed its part."
            yield Entry("not-signed", told, f"/partners/{one.id}", "partner", blocks=needed)
