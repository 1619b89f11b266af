"""What the rules on countries and independence say of a consortium, by any rule set and on any day."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query

from app.calls.chosen import eligibility_in, rules_of
from app.calls.periods import day_of
from app.calls.rule_set import RuleSet, rule_sets
from app.consortia.eligibility import NEEDED, entity_of
from app.consortia.models import LIVE, Consortium
from app.consortia.mounts import inside
from app.consortia.rules import judged, standings
from app.core.errors import Malformed
from app.core.reason import Reason
from app.core.schema import Read
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/consortia/{id}/eligibility")
WHO = f"Who: {inside.label}."


class JudgedRead(Read):
    """What a rule says: whether it is met, in words, and what it looked at."""

    rule: str
    passed: bool
    text: str
    inputs: dict[str, Any]


class EligibilityRead(Read):
    """What the rules of a rule set say on a day of those who are in the consortium; it decides nothing."""

    rule_set: str
    day: date
    findings: list[JudgedRead]


@router.get(
    "",
    responses=refusals(401, 404),
    summary="Judge a consortium on countries and independence (E-02 to E-07)",
    description=f"{WHO} Left out, the rules are those of the call, the day that of its deadline.",
    operation_id="consortium_eligibility",
)
async def read_eligibility(
    asked: Asking,
    consortium_id: Annotated[UUID, Path(alias="id")],
    rule_set: Annotated[str | None, Query(max_length=40)] = None,
    day: date | None = None,
) -> EligibilityRead:
    found, _ = await look(asked.session, Consortium, consortium_id, asked.actor, NEEDED, by=inside)
    part = found.topic_stage
    rules = rules_of(part.stage.call) if rule_set is None else _known(rule_set)
    on = day or day_of(part.stage.closes_at)
    rule, standing = eligibility_in(rules, part.action_type), standings(rules.countries, on)
    entities = [entity_of(one.organisation) for one in found.partners if one.state in LIVE]
    said = [JudgedRead.model_validate(asdict(one)) for one in judged(rule, entities, standing)]
    return EligibilityRead(rule_set=rules.code, day=on, findings=said)


def _known(code: str) -> RuleSet:
    """The newest rule set of this code. Raises Malformed."""
    if (rules := rule_sets().get(code)) is None:
        told = f"There is no rule set {code}; there are {', '.join(sorted(rule_sets()))}."
        raise Malformed(reasons=[Reason("no-such-rule-set", told, "/query/rule_set", "sender")])
    return rules
