"""The list by rule: order, steps that part equals, a threshold that follows from the money."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import named
from app.calls.scheme import Scheme
from app.evaluation.panel.inputs import figures_in
from app.evaluation.panel.rules import Entry, Parting, Ranked, cut, ex_aequo, rank
from app.evaluation.rules import passes, weighted
from tests.evaluation.test_rules import CODES, IA, IMI2, scores

SHORT = named("horizon_europe").all_schemes()["short"]
RULED = IMI2.model_copy(update={"tie_break": ("excellence", "impact")})
SAME = ("4", "4", "4")
Cards = dict[str, tuple[str, ...]]


def entries(cards: Cards) -> list[Entry]:
    return [Entry(key, scores(*card)) for key, card in cards.items()]


def ranks(scheme: Scheme, cards: Cards, *partings: Parting) -> dict[str, int | None]:
    return {place.key: place.rank for place in rank(entries(cards), scheme, partings)}


def awaited(scheme: Scheme, cards: Cards, *partings: Parting) -> dict[str, str]:
    return {p.key: p.awaits for p in rank(entries(cards), scheme, partings) if p.awaits is not None}


def said(step: str, *groups: str) -> Parting:
    """What the panel decided: each letter is a proposal."""
    return Parting(step, tuple(frozenset(group) for group in groups))


def test_5_5_the_higher_sum_comes_first_and_below_a_threshold_there_is_no_rank() -> None:
    cards: Cards = {"a": ("3", "3", "4"), "b": ("5", "5", "2.5"), "c": SAME}
    assert ranks(IMI2, cards) == {"c": 1, "a": 2, "b": None}


@pytest.mark.parametrize(
    ("scheme", "cards", "found"),
    [
        (RULED, {"a": SAME, "b": ("4.5", "4", "3.5"), "c": ("4", "4.5", "3.5")}, {"b": 1, "c": 2, "a": 3}),
        (IA, {"a": ("4.5", "4", "4"), "b": ("3", "5", "4")}, {"a": 2, "b": 1}),
        (RULED, {"a": SAME, "b": SAME, "c": ("3", "4", "4")}, {"a": 1, "b": 1, "c": 3}),
    ],
)
def test_5_5_equal_sums_are_parted_by_the_criteria_of_the_scheme(
    scheme: Scheme, cards: Cards, found: dict[str, int]
) -> None:
    assert ranks(scheme, cards) == found


def test_5_5_weights_make_sums_equal_and_impact_parts_an_innovation_action() -> None:
    assert weighted(scores("4.5", "4", "4"), IA) == weighted(scores("3", "5", "4"), IA)
    (first, second) = rank(entries({"a": ("4.5", "4", "4"), "b": ("3", "5", "4")}), IA)
    assert (first.key, first.parted_by, second.parted_by) == ("b", "impact", "impact")


def test_5_5_coverage_comes_before_what_is_computed_and_the_panel_is_asked() -> None:
    cards: Cards = {"a": SAME, "b": ("4.5", "4", "3.5"), "c": ("3", "4", "4")}
    assert ranks(IMI2, cards) == {"a": 1, "b": 1, "c": 3}
    assert awaited(IMI2, cards) == {"a": "coverage", "b": "coverage"}
    assert ranks(IMI2, cards, said("coverage", "a", "b")) == {"a": 1, "b": 2, "c": 3}
    assert ranks(IMI2, cards, said("coverage", "ab")) == {"b": 1, "a": 2, "c": 3}


def test_5_5_step_after_step_down_to_the_panels_own() -> None:
    cards: Cards = dict.fromkeys("abcd", SAME)
    steps = [("coverage", ("abc", "d")), ("sme_budget", ("abc",)), ("gender_balance", ("ab", "c"))]
    partings: list[Parting] = []
    for step, groups in steps:
        assert set(awaited(IMI2, cards, *partings).values()) == {step}
        partings.append(said(step, *groups))
    assert ranks(IMI2, cards, *partings) == {"a": 1, "b": 1, "c": 3, "d": 4}
    assert awaited(IMI2, cards, *partings) == {"a": "other", "b": "other"}
    assert ranks(IMI2, cards, *partings, said("other", "b", "a")) == {"b": 1, "a": 2, "c": 3, "d": 4}


def test_5_5_who_is_equal_under_every_step_stays_ex_aequo() -> None:
    cards: Cards = {"a": SAME, "b": SAME}
    found = ranks(RULED, cards, said("other", "ab"))
    assert (found, ex_aequo(found.values())) == ({"a": 1, "b": 1}, [1])
    assert awaited(RULED, cards, said("other", "ab")) == {"a": "other", "b": "other"}


def test_5_5_a_decision_counts_for_exactly_those_it_was_about_and_the_latest_one() -> None:
    cards: Cards = dict.fromkeys("abc", SAME)
    assert set(awaited(RULED, cards, said("other", "a", "b"))) == set("abc")
    assert ranks(RULED, cards, said("other", "a", "bc"), said("other", "c", "b", "a")) == {
        "c": 1,
        "b": 2,
        "a": 3,
    }


@pytest.mark.parametrize(("figure", "other", "first"), [("2", "10", "b"), ("10", "9", "a")])
def test_5_5_a_figure_is_compared_as_a_number_where_it_is_known_of_all(
    figure: str, other: str, first: str
) -> None:
    scheme = IMI2.model_copy(update={"tie_break": ("sme_budget",)})
    two = [Entry(k, scores(*SAME), {"sme_budget": Decimal(f)}) for k, f in (("a", figure), ("b", other))]
    assert next((p.key, p.rank, p.parted_by) for p in rank(two, scheme)) == (first, 1, "sme_budget")
    unknown = [two[0], Entry("b", scores(*SAME))]
    assert {p.awaits for p in rank(unknown, scheme)} == {"sme_budget"}


def test_5_5_figures_come_from_what_was_handed_in_and_none_is_made_up() -> None:
    def partner(kind: str, country: str, amount: str) -> dict[str, object]:
        return {"kind": kind, "country": country, "requested": {"amount": amount, "currency": "EUR"}}

    partners = [partner("sme", "DE", "100.10"), partner("sme", "FR", "0.05"), partner("research", "DE", "9")]
    assert figures_in(partners) == {"sme_budget": Decimal("100.15"), "geographical_diversity": 2}
    assert figures_in([{"country": "DE"}]) == {"geographical_diversity": 1}
    assert figures_in([]) == {}


MILLION = Decimal(1_000_000)


def short(*cards: tuple[str, str, int]) -> list[Entry]:
    """First-stage proposals: excellence, impact, and what each asks for in millions."""
    return [
        Entry(str(number), {"excellence": Decimal(e), "impact": Decimal(i)}, requested=asked * MILLION)
        for number, (e, i, asked) in enumerate(cards)
    ]


@pytest.mark.parametrize(
    ("cards", "threshold", "requested", "why"),
    [
        ([("5", "5", 10), ("4.5", "4.5", 10), ("4.5", "4", 10), ("4", "4", 10)], "8.5", 30, "three times"),
        ([("5", "5", 10), ("4.5", "4.5", 10), ("4", "4", 20)], "8", 40, "twenty would be too little"),
        ([("5", "5", 10), ("4.5", "4", 16), ("4", "4", 9)], "8.5", 26, "nearer to thirty than 35"),
        ([("5", "5", 5), ("4", "4", 5)], "8", 10, "there is not so much"),
        ([("5", "5", 20), ("4.5", "4", 5), ("4", "4", 10)], "8", 35, "as near above as below"),
        ([("5", "3.5", 90), ("4", "4", 30)], "8", 30, "who fails a criterion asks for nothing"),
        ([], "8", 0, "nobody"),
    ],
)  # fmt: skip
def test_v02_the_overall_threshold_follows_from_the_money(
    cards: list[tuple[str, str, int]], threshold: str, requested: int, why: str
) -> None:
    found = cut(short(*cards), SHORT, 10 * MILLION)
    assert found is not None
    assert (found.threshold, found.requested) == (Decimal(threshold), requested * MILLION), why


def test_v02_only_where_the_scheme_says_so() -> None:
    assert cut(entries({"a": SAME}), IMI2, MILLION) is None


def test_v02_who_is_below_the_threshold_has_no_rank() -> None:
    three = short(("5", "5", 15), ("4.5", "4.5", 15), ("4", "4", 15))
    found = cut(three, SHORT, 10 * MILLION)
    assert found is not None
    assert (found.threshold, found.passing) == (Decimal("8.5"), 2)
    assert [(p.key, p.rank) for p in rank(three, SHORT, (), found.threshold)] == [
        ("0", 1),
        ("1", 2),
        ("2", None),
    ]


half = st.integers(0, 10).map(lambda number: Decimal(number) / 2)
card = st.fixed_dictionaries(dict.fromkeys(CODES, half))
names = st.sampled_from("abcdefgh")
field = st.dictionaries(names, card, max_size=8)
schemes = st.sampled_from([IMI2, IA, RULED])
Field = dict[str, dict[str, Decimal]]


@st.composite
def decisions(draw: st.DrawFn) -> Parting:
    """What a panel may have decided of some of them, whoever is equal."""
    some = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    split = draw(st.integers(0, len(some)))
    groups = [frozenset(some[:split]), frozenset(some[split:])]
    step = draw(st.sampled_from(["coverage", "sme_budget", "gender_balance", "other"]))
    return Parting(step, tuple(group for group in groups if group))


said_before = st.lists(decisions(), max_size=4)


def listed(given: Field, scheme: Scheme, partings: list[Parting]) -> list[Ranked]:
    return rank([Entry(key, card) for key, card in given.items()], scheme, partings)


@given(field, schemes, said_before, st.integers())
def test_the_order_of_the_input_plays_no_part(
    given: Field, scheme: Scheme, partings: list[Parting], seed: int
) -> None:
    shuffled = list(given.items())
    Random(seed).shuffle(shuffled)
    assert listed(dict(shuffled), scheme, partings) == listed(given, scheme, partings)


@given(field.filter(bool), schemes, said_before, st.data())
def test_a_better_score_never_worsens_a_rank(
    given: Field, scheme: Scheme, partings: list[Parting], data: st.DataObject
) -> None:
    who = data.draw(st.sampled_from(sorted(given)))
    code = data.draw(st.sampled_from(CODES))
    higher = data.draw(st.integers(int(given[who][code] * 2), 10)) / Decimal(2)
    better = {**given, who: {**given[who], code: higher}}
    before, after = (
        next(place.rank for place in listed(each, scheme, partings) if place.key == who)
        for each in (given, better)
    )
    assert before is None or (after is not None and after <= before)


@given(st.lists(st.tuples(half, half, st.integers(0, 30)), min_size=1, max_size=8), st.data())
def test_v02_a_better_score_never_worsens_a_rank_under_a_threshold_that_moves(
    given: list[tuple[Decimal, Decimal, int]], data: st.DataObject
) -> None:
    who = data.draw(st.integers(0, len(given) - 1))
    excellence, impact, asked = given[who]
    higher = data.draw(st.integers(int(excellence * 2), 10)) / Decimal(2)

    def place(cards: list[tuple[Decimal, Decimal, int]]) -> int | None:
        some = short(*((str(e), str(i), m) for e, i, m in cards))
        found = cut(some, SHORT, 10 * MILLION)
        assert found is not None
        return next(p.rank for p in rank(some, SHORT, (), found.threshold) if p.key == str(who))

    before, after = place(given), place([*given[:who], (higher, impact, asked), *given[who + 1 :]])
    assert before is None or (after is not None and after <= before)


@given(field, schemes, said_before)
def test_the_list_is_whole_total_and_exact(given: Field, scheme: Scheme, partings: list[Parting]) -> None:
    places = listed(given, scheme, partings)
    assert sorted(place.key for place in places) == sorted(given)
    for place in places:
        assert place.total * 2 == sum(int(score * 2) for score in given[place.key].values())
        assert place.above == passes(given[place.key], scheme)
    above = [place.rank for place in places if place.rank is not None]
    assert above == [1 + above.index(number) for number in above]
    assert {p.rank for p in places if p.awaits is not None} == set(ex_aequo(above))
