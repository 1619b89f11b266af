"""What figures come to, and what is over a limit, by the tables of the rules (F-01 to F-13)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_parts import Funding
from app.calls.rule_set import named
from app.consortia.budget.rules import (
    CONTRIBUTIONS,
    COSTS,
    FIGURES,
    Body,
    Line,
    Part,
    Share,
    line_of,
    over_limits,
    over_together,
    request_differs,
    share,
    totals,
    why_unfunded,
)

MILLION = Decimal(1_000_000)
IHI, IMI2, IMI1, EUROPE = (named(code).funding for code in ("ihi", "imi2", "imi1", "horizon_europe"))
assert IHI is not None
assert IMI2 is not None
assert EUROPE is not None
COMPANY, INSTITUTE = Body(kind="mid_cap"), Body(kind="other", non_profit=True)


def part(body: Body = INSTITUTE, key: str = "1", self_financed: bool = False, **figures: Any) -> Part:
    amounts = {name: Decimal(str(amount)) for name, amount in figures.items()}
    return Part(key, f"Body {key}", amounts, body, self_financed)


def codes(line: Line, rule: Funding | None = EUROPE) -> list[str]:
    return [reason.code for reason in over_limits(rule, line)]


@pytest.mark.parametrize(
    ("action_type", "body", "figures", "total", "grant"),
    [
        pytest.param("RIA", COMPANY, {"personnel": 100}, "125.00", "125.00", id="F-01-F-02-RIA"),
        pytest.param("CSA", COMPANY, {"personnel": 100}, "125.00", "125.00", id="F-01-CSA"),
        pytest.param("IA", COMPANY, {"personnel": 100}, "125.00", "87.50", id="F-01-IA-for-profit"),
        pytest.param("IA", INSTITUTE, {"personnel": 100}, "125.00", "125.00", id="F-01-IA-non-profit"),
        pytest.param(
            "RIA",
            COMPANY,
            {"personnel": 80, "subcontracting": 20},
            "120.00",
            "120.00",
            id="F-03-subcontracting",
        ),
        pytest.param(
            "RIA",
            COMPANY,
            {"other_direct": 80, "third_party_support": 20},
            "120.00",
            "120.00",
            id="F-03-third",
        ),
        pytest.param("IA", COMPANY, {"personnel": "0.01"}, "0.0125", "0.00875", id="nothing-is-rounded"),
    ],
)
def test_the_funding_table(
    action_type: str, body: Body, figures: dict[str, Any], total: str, grant: str
) -> None:
    line = line_of(EUROPE, action_type, part(body, **figures))
    assert (line.eligible_costs, line.highest) == (Decimal(total), Decimal(grant))


@pytest.mark.parametrize(
    ("body", "funded"),
    [
        pytest.param(Body("mid_cap", turnover=Decimal(500_000_000)), True, id="500-000-000"),
        pytest.param(Body("mid_cap", turnover=Decimal(500_000_001)), False, id="500-000-001"),
        pytest.param(
            Body("sme", turnover=30 * MILLION, group_turnover=Decimal("Infinity")), False, id="affiliated"
        ),
        pytest.param(Body("higher_education"), True, id="university"),
        pytest.param(Body("other", non_profit=True, turnover=Decimal("Infinity")), True, id="non-profit"),
        pytest.param(Body("research", group_turnover=Decimal("Infinity")), True, id="research"),
        pytest.param(Body("patient_organisation"), True, id="patients"),
        pytest.param(Body("sme"), True, id="sme"),
        pytest.param(Body("sme", counts=False), False, id="E-05-third-country"),
        *(
            pytest.param(Body("large_company", industry_member=member), False, id=f"F-08-{member}")
            for member in ("constituent", "affiliated", "contributing_partner")
        ),
    ],
)
def test_who_is_funded_in_imi2(body: Body, funded: bool) -> None:
    assert IMI2 is not None
    assert (why_unfunded(IMI2, body) == "") is funded
    line = line_of(IMI2, "RIA", part(body, personnel=100))
    assert line.rate == (100 if funded else 0)
    assert (line.highest == 125) is funded


@pytest.mark.parametrize(
    ("eligible", "additional", "brought", "member", "percent", "passes"),
    [
        pytest.param("20.0", "0", "9.0", "constituent", "45.00", True, id="F-12-45.00"),
        pytest.param("20.0", "0", "8.99", "constituent", "44.95", False, id="F-12-44.95"),
        pytest.param("18.0", "2.0", "7.0", "affiliated", "45.00", True, id="F-12-IKAA"),
        pytest.param(
            "18.0", "2.0", "7.0", "contributing_partner", "38.88", False, id="F-13-IKAA-of-a-partner"
        ),
        pytest.param("20.0", "0", "8.99999999999", "constituent", "44.99", False, id="nothing-is-rounded"),
        pytest.param("20.0", "0", "9.0", None, "0.00", False, id="F-13-of-no-member"),
    ],
)
def test_the_table_of_the_45_percent_rule(
    eligible: str, additional: str, brought: str, member: str | None, percent: str, passes: bool
) -> None:
    assert IHI is not None
    body = Body("large_company", industry_member=member)
    figures = {"in_kind_operational": Decimal(brought), "in_kind_additional": Decimal(additional)}
    giver = part(body, **{name: MILLION * amount for name, amount in figures.items()})
    costs = part(key="2", subcontracting=MILLION * Decimal(eligible))
    found = share(IHI, [line_of(IHI, "RIA", one) for one in (giver, costs)])
    assert found is not None
    assert (found.percent, found.enough) == (Decimal(percent), passes)
    lower = IHI.model_copy(update={"least_contribution": Decimal("38.88")})
    less = share(lower, [line_of(IHI, "RIA", one) for one in (giver, costs)])
    assert less is not None
    assert less.enough is (found.given > 0)


def test_money_counts_like_contributions_in_kind_and_without_costs_there_is_no_share() -> None:
    giver = part(Body("large_company", industry_member="constituent"), financial_contribution=9)
    costs = part(key="2", subcontracting=20)
    found = share(IHI, [line_of(IHI, "RIA", one) for one in (giver, costs)])
    assert found == Share(Decimal(9), Decimal(20), Decimal(45))
    none = share(IHI, [])
    assert none is not None
    assert (none.percent, none.enough) == (None, False)
    assert [r.text for r in over_together(totals([]), MILLION, "binding", none)] == [
        "Industry brings EUR 0.00 of EUR 0.00; at least 45 % are needed."
    ]
    assert share(IMI2, []) is None
    assert share(None, []) is None


def test_who_asks_for_more_than_its_rate_is_told_the_figures_and_the_rule() -> None:
    asks = part(COMPANY, personnel=100, requested="87.51")
    (reason,) = over_limits(EUROPE, line_of(EUROPE, "IA", asks))
    told = (reason.rule, reason.code, reason.path, reason.who, reason.blocks)
    assert told == ("F-05", "over-funding-rate", "/partners/1/requested", "partner", False)
    assert reason.text == (
        "Body 1 asks for EUR 87.51; 70 % of its eligible costs of EUR 125.00 are at most EUR 87.50."
    )
    assert codes(line_of(EUROPE, "IA", part(COMPANY, personnel=100, requested="87.50"))) == []
    assert codes(line_of(EUROPE, "IA", part(INSTITUTE, personnel=100, requested="125"))) == []


def test_who_takes_part_at_its_own_cost_is_marked_and_not_refused() -> None:
    line = line_of(EUROPE, "RIA", part(self_financed=True, personnel=100))
    assert (line.at_own_cost, line.rate, line.highest) == ("it has said so itself", 0, 0)
    assert codes(line) == []
    (reason,) = over_limits(EUROPE, line_of(EUROPE, "RIA", part(self_financed=True, requested=1)))
    assert reason.text == (
        "Body 1 is not eligible for funding, participates at own cost: it has said so itself; "
        "it asks for EUR 1.00."
    )
    assert codes(line_of(IMI1, "RIA", part(self_financed=True, requested=1)), IMI1) == ["at-own-cost"]


def test_contributions_are_held_to_ones_own_costs_and_to_the_members_they_are_taken_from() -> None:
    member = Body("large_company", industry_member="constituent")
    assert codes(line_of(IHI, "RIA", part(member, personnel=100, in_kind_operational=125)), IHI) == []
    over = part(member, personnel=100, in_kind_operational="125.01")
    (reason,) = over_limits(IHI, line_of(IHI, "RIA", over))
    assert (reason.rule, reason.code) == ("F-10", "over-own-costs")
    assert reason.text.startswith("Body 1 brings EUR 125.01 in kind")
    partner = Body("large_company", industry_member="contributing_partner")
    brings = part(partner, in_kind_additional=1, financial_contribution=1)
    (reason,) = over_limits(IHI, line_of(IHI, "RIA", brings))
    told = (reason.rule, reason.code, reason.path)
    assert told == ("F-13", "not-counted", "/partners/1/in_kind_additional")
    assert reason.text == (
        "In-kind contributions to additional activities (IKAA) of Body 1 do not count towards the "
        "contributions of industry."
    )
    nobody = part(personnel=100, in_kind_operational=1, in_kind_additional=1, financial_contribution=1)
    assert codes(line_of(IHI, "RIA", nobody), IHI) == ["not-counted"] * 3


def test_a_company_whose_size_is_unknown_is_asked_for_it() -> None:
    asks = part(Body("mid_cap"), personnel=100, requested=1)
    assert codes(line_of(IMI2, "RIA", asks), IMI2) == ["turnover-unknown"]
    assert codes(line_of(IMI2, "RIA", part(Body("sme"), personnel=100, requested=1)), IMI2) == []
    assert codes(line_of(IMI2, "RIA", part(Body("mid_cap"), personnel=100)), IMI2) == []


@pytest.mark.parametrize("kind", ["binding", "indicative"])
def test_a_ceiling_is_told_by_its_kind_and_reached_exactly(kind: str) -> None:
    lines = [line_of(EUROPE, "RIA", part(key=str(n), requested="0.10")) for n in range(3)]
    assert list(over_together(totals(lines), Decimal("0.30"), kind, None)) == []
    (reason,) = over_together(totals(lines), Decimal("0.29"), kind, None)
    assert (reason.rule, reason.code, reason.who) == ("F-05", "over-ceiling", "coordinator")
    assert reason.text == (
        f"The partners ask for EUR 0.30 together; the topic has EUR 0.29, which is {kind}."
    )


def test_a_request_is_that_of_the_partners_once_one_of_them_says_anything() -> None:
    silent = [line_of(EUROPE, "RIA", part())]
    assert list(request_differs(MILLION, silent)) == []
    said = [line_of(EUROPE, "RIA", part(personnel=1))]
    assert [r.text for r in request_differs(MILLION, said)] == [
        "The proposal asks for EUR 1,000,000.00, its partners together for EUR 0.00."
    ]
    assert list(request_differs(Decimal(5), [line_of(EUROPE, "RIA", part(requested=5))])) == []


def test_without_rules_of_funding_nothing_is_computed_but_the_sums() -> None:
    line = line_of(IMI1, "RIA", part(personnel=100, requested=1_000, in_kind_operational=5_000))
    assert (line.direct, line.indirect, line.eligible_costs) == (100, 0, 100)
    assert (line.rate, line.highest, codes(line, None)) == (None, None, [])


AMOUNT = st.decimals(0, Decimal("999999999999.99"), places=2)
BODY = st.builds(
    Body,
    kind=st.sampled_from(["sme", "mid_cap", "large_company", "research", "other"]),
    non_profit=st.booleans(),
    counts=st.booleans(),
    industry_member=st.sampled_from([None, "constituent", "affiliated", "contributing_partner"]),
    turnover=st.sampled_from([None, MILLION, Decimal("Infinity")]),
)
PART = st.builds(
    Part,
    key=st.just("1"),
    name=st.just("One"),
    figures=st.fixed_dictionaries(dict.fromkeys(FIGURES, AMOUNT)),
    body=BODY,
    self_financed=st.booleans(),
)
RULE = st.sampled_from([IHI, IMI2, EUROPE])
ACTION = st.sampled_from(["RIA", "IA", "CSA"])


@given(RULE, ACTION, st.lists(PART, max_size=6))
def test_sums_are_exact_and_nothing_is_negative(rule: Funding, action_type: str, drawn: list[Part]) -> None:
    lines = [line_of(rule, action_type, one) for one in drawn]
    found = totals(lines)
    for name in FIGURES:
        cents = sum(int(one[name] * 100) for one in drawn)
        assert found[name] * 100 == cents
    cents = sum(int(one[name] * 100) for one in drawn for name in COSTS)
    base = sum(int(one[name] * 100) for one in drawn for name in rule.indirect_base)
    assert found["eligible_costs"] * 400 == cents * 4 + base
    for line in lines:
        assert line.highest is not None
        assert 0 <= line.highest <= line.eligible_costs
        assert bool(line.at_own_cost) is (line.highest == 0 and line.rate == 0)
        assert line.indirect >= 0
        assert line.eligible_costs == line.direct + line.indirect
    industry = share(rule, lines)
    if industry is not None:
        assert industry.given >= 0
        assert industry.enough is (
            industry.of > 0 and int(industry.given * 400) * 100 >= 45 * int(industry.of * 400)
        )


@given(RULE, ACTION, PART, st.sampled_from(COSTS), AMOUNT)
def test_more_costs_never_lower_what_may_be_asked_for(
    rule: Funding, action_type: str, drawn: Part, name: str, more: Decimal
) -> None:
    richer = Part(
        drawn.key, drawn.name, {**drawn.figures, name: drawn[name] + more}, drawn.body, drawn.self_financed
    )
    before, after = line_of(rule, action_type, drawn), line_of(rule, action_type, richer)
    assert before.highest is not None
    assert after.highest is not None
    assert after.highest >= before.highest
    assert after.eligible_costs - before.eligible_costs >= more


@given(PART, st.sampled_from(CONTRIBUTIONS), AMOUNT)
def test_more_contributions_never_lower_the_share(drawn: Part, name: str, more: Decimal) -> None:
    costs = part(key="2", subcontracting=10 * MILLION)
    richer = Part(drawn.key, drawn.name, {**drawn.figures, name: drawn[name] + more}, drawn.body)
    before, after = (
        share(IHI, [line_of(IHI, "RIA", costs), line_of(IHI, "RIA", one)]) for one in (drawn, richer)
    )
    assert before is not None
    assert after is not None
    if before.given <= before.of:
        assert after.given * before.of >= before.given * after.of
