"""How votes are counted: quorum, weights, the casting vote; whoever is out counts nowhere."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from app.committee.rules import Rule, carried, count, enough, plain, quorate, read_rule
from app.committee.voting import VotingRule, each_votes_by_one

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Vote:
    choice: str | None = None
    weight: Decimal = Decimal(1)
    recused: str | None = None
    ground: str | None = None
    seated: bool = True
    chairs: bool = False


def said(text: str, **more: Any) -> list[Vote]:
    """y, n, a: a vote; - none; x: out; w: waits; e: its mandate has ended."""
    kinds = {
        "y": Vote(choice="yes", **more), "n": Vote(choice="no", **more), "a": Vote(choice="abstain", **more),
        "-": Vote(**more), "x": Vote(recused="interest", ground="interest"), "w": Vote(seated=False),
        "e": Vote(recused="ended", ground="mandate"),
    }  # fmt: skip
    return [kinds[one] for one in text]


weights = st.decimals(min_value="0.001", max_value="1000", places=3)
votes = st.builds(
    Vote,
    choice=st.sampled_from(["yes", "yes", "yes", "no", "abstain", None]),
    weight=weights,
    chairs=st.booleans(),
)
outside = st.builds(
    Vote, weight=weights, recused=st.just("out"), ground=st.sampled_from(["interest", "mandate", None])
) | st.builds(Vote, weight=weights, seated=st.just(False))
shares = st.decimals(min_value="0.5", max_value="0.999", places=3)
rules = st.builds(
    Rule, quorum=st.decimals(min_value="0.001", max_value="1", places=3), majority=shares,
    of=st.sampled_from(["sides", "entitled"]),
) | st.builds(Rule, quorum=st.just(HALF), majority=st.just(HALF), casting_vote=st.booleans())  # fmt: skip


def outcome(ballots: list[Vote], rule: Rule) -> str:
    found = count(ballots)
    if not enough(found, rule) or not quorate(found, rule):
        return "none"
    return "adopted" if carried(found, rule) else "not adopted"


@given(st.lists(votes, max_size=9), rules, st.data())
def test_a_yes_more_never_turns_adopted_into_not_adopted(
    ballots: list[Vote], rule: Rule, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(ballots)))
    changed = [replace(one, choice="yes") if n == at else one for n, one in enumerate(ballots)]
    more = [*ballots, Vote(choice="yes", weight=data.draw(weights))]
    if outcome(ballots, rule) == "adopted":
        event("adopted")
        assert (outcome(changed, rule), outcome(more, rule)) == ("adopted", "adopted")
    elif outcome(ballots, rule) == "not adopted":
        assert "none" not in (outcome(changed, rule), outcome(more, rule))


@given(st.lists(votes | outside, max_size=9), st.randoms())
def test_the_order_of_ballots_is_irrelevant(ballots: list[Vote], chance: Any) -> None:
    shuffled = list(ballots)
    chance.shuffle(shuffled)
    assert count(shuffled) == count(ballots)


@given(st.lists(votes, max_size=6), st.lists(outside, max_size=6), rules)
def test_whoever_is_out_or_waits_counts_in_no_quorum_and_no_majority(
    ballots: list[Vote], out: list[Vote], rule: Rule
) -> None:
    found, alone = count(ballots + out), count(ballots)
    assert replace(found, seats=alone.seats) == alone
    assert (quorate(found, rule), carried(found, rule)) == (quorate(alone, rule), carried(alone, rule))


@given(st.lists(weights, max_size=50))
def test_weights_are_added_exactly(some: list[Decimal]) -> None:
    found = count([Vote(choice="yes", weight=one) for one in some])
    assert found.yes * 1000 == sum(int(one * 1000) for one in some)


@pytest.mark.parametrize(
    ("ballots", "rule", "wanted"),
    [
        ("yn", Rule(HALF, HALF), "not adopted"),
        ("yna", Rule(HALF, HALF), "not adopted"),
        ("yyn", Rule(HALF, HALF), "adopted"),
        ("y-", Rule(HALF, HALF), "adopted"),
        ("y--", Rule(HALF, HALF), "none"),
        ("aa--", Rule(HALF, HALF), "not adopted"),
        ("yynn", Rule(HALF, Decimal("0.666")), "not adopted"),
        ("yyn", Rule(HALF, Decimal("0.666")), "adopted"),
        ("yya", Rule(HALF, HALF, "entitled"), "adopted"),
        ("yyaa", Rule(HALF, HALF, "entitled"), "not adopted"),
        ("yxx", Rule(HALF, HALF), "none"),
        ("yyxx", Rule(HALF, HALF), "adopted"),
        ("yee", Rule(HALF, HALF), "adopted"),
        ("yww", Rule(HALF, HALF), "adopted"),
        ("", Rule(HALF, HALF), "none"),
    ],
)
def test_at_the_edges(ballots: str, rule: Rule, wanted: str) -> None:
    assert outcome(said(ballots), rule) == wanted


@pytest.mark.parametrize(
    ("chair", "casting", "wanted"),
    [
        ("y", True, "adopted"),
        ("y", False, "not adopted"),
        ("n", True, "not adopted"),
        ("a", True, "not adopted"),
    ],
)
def test_the_chair_decides_between_equals_where_the_rule_says_so(
    chair: str, casting: bool, wanted: str
) -> None:
    others = {"y": "n", "n": "y", "a": "yn"}[chair]
    ballots = said(chair, chairs=True) + said(others)
    assert outcome(ballots, Rule(HALF, HALF, casting_vote=casting)) == wanted


def test_two_chairs_and_nobody_at_all_cast_no_deciding_vote() -> None:
    rule = Rule(HALF, HALF, casting_vote=True)
    assert outcome(said("y", chairs=True) + said("n", chairs=True), rule) == "not adopted"
    assert outcome(said("a", chairs=True) + said("a"), rule) == "not adopted"


def test_sides_are_weighed_and_the_quorum_is_of_heads() -> None:
    heavy, light = Vote(choice="no", weight=Decimal("2.001")), Vote(choice="yes")
    assert outcome([heavy, light, light], Rule(HALF, HALF)) == "not adopted"
    assert outcome([heavy, Vote(), Vote()], Rule(HALF, HALF)) == "none"
    assert outcome([light, heavy, replace(light, weight=Decimal("1.002"))], Rule(HALF, HALF)) == "adopted"
    assert [plain(one) for one in (Decimal("2.000"), Decimal("100"), Decimal("0.50"))] == ["2", "100", "0.5"]


@given(rules)
def test_a_rule_is_kept_as_it_is(rule: Rule) -> None:
    assert read_rule(rule.pinned()) == rule


def ruled(**more: Any) -> VotingRule:
    given = {"bodies": ("scientific_committee",), "confirmed": False, "note": "test"}
    return VotingRule.model_validate(given | more)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "qualified"},
        {"method": "simple", "majority": "0.666"},
        {"method": "qualified", "majority": "0.4"},
        {"method": "qualified", "majority": "1"},
        {"method": "own", "casting_vote": True},
        {"method": "simple", "of": "entitled", "casting_vote": True},
        {"quorum": "0"},
        {"quorum": "1.001"},
    ],
)
def test_a_rule_that_contradicts_itself_stops_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="VotingRule"):
        ruled(**wrong)


def test_each_kind_of_body_votes_on_each_purpose_by_one_rule() -> None:
    plain_rule, special = ruled(), ruled(purposes=("adopt_list",))
    kinds = ("scientific_committee",)
    assert each_votes_by_one([plain_rule, special], kinds) is True
    assert each_votes_by_one([special], kinds) is False
    assert each_votes_by_one([plain_rule, plain_rule], kinds) is False
    assert each_votes_by_one([plain_rule, special, special], kinds) is False
    assert each_votes_by_one([plain_rule], (*kinds, "governing_board")) is False
