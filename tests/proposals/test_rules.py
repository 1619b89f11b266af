"""Countries, independence, documents: the tables of the rules (E-02, E-03, E-06, M-03 to M-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import RuleSet, named
from app.consortia.rules import Entity, apart_from_industry, by_country, independent, lacking, standings
from app.proposals.rules import added, excess, in_time, missing, readable

IMI2 = named("imi2")


@dataclass(frozen=True)
class Rule:
    rule: str
    least_entities: int = 3
    least_countries: int = 3
    needs_member_state: bool = False


@dataclass(frozen=True)
class Dated:
    code: str
    standing: str
    since: date | None = None
    until: date | None = None


E02, E03 = Rule("E-02"), Rule("E-03", needs_member_state=True)
EUROPE = (
    *(Dated(code, "member") for code in ("DE", "FR", "IT")),
    *(Dated(code, "associated") for code in ("NO", "IL")),
    Dated("CH", "associated", since=date(2025, 1, 1)),
)


def entities(codes: Sequence[str], groups: Sequence[str | None] = ()) -> list[Entity]:
    padded = [*groups, *[None] * len(codes)]
    return [Entity(f"Entity {n}", code, padded[n]) for n, code in enumerate(codes)]


@pytest.mark.parametrize(
    ("codes", "passed"),
    [
        pytest.param(("DE", "FR", "IT"), True, id="E-02-DE-FR-IT-ok"),
        pytest.param(("DE", "FR", "FR"), False, id="E-02-DE-FR-FR-fails"),
        pytest.param(("DE", "FR", "CH"), True, id="E-02-DE-FR-CH-ok"),
        pytest.param(("DE", "FR", "US"), False, id="E-02-E-05-DE-FR-US-fails"),
        pytest.param(("CH", "NO", "IL"), True, id="E-02-CH-NO-IL-ok"),
        pytest.param(("DE", "NO", "IL"), True, id="E-02-DE-NO-IL-ok"),
        pytest.param(("DE", "FR", "GB"), True, id="E-02-DE-FR-GB-ok"),
        pytest.param(("DE", "FR", "IT", "US"), True, id="E-02-E-05-third-country-beside-enough-ok"),
        pytest.param((), False, id="E-02-nobody-fails"),
    ],
)
def test_imi2_countries(codes: tuple[str, ...], passed: bool) -> None:
    standing = standings(IMI2.countries, date(2020, 3, 31))
    found = by_country(IMI2.eligibility, entities(codes), standing)
    assert (found.rule, found.passed) == ("E-02", passed)


@pytest.mark.parametrize(
    ("codes", "day", "passed"),
    [
        pytest.param(("CH", "NO", "IL"), date(2025, 4, 29), False, id="E-03-no-member-state-fails"),
        pytest.param(("DE", "NO", "IL"), date(2023, 3, 15), True, id="E-03-one-member-state-ok"),
        pytest.param(("DE", "FR", "CH"), date(2023, 3, 15), False, id="E-03-CH-before-association-fails"),
        pytest.param(("DE", "FR", "CH"), date(2025, 4, 29), True, id="E-03-CH-associated-ok"),
        pytest.param(("DE", "FR", "CH"), date(2024, 12, 31), False, id="E-03-the-day-before-fails"),
        pytest.param(("DE", "FR", "CH"), date(2025, 1, 1), True, id="E-03-the-first-day-ok"),
    ],
)
def test_a_member_state_is_needed_and_association_is_dated(
    codes: tuple[str, ...], day: date, passed: bool
) -> None:
    assert by_country(E03, entities(codes), standings(EUROPE, day)).passed is passed


def test_the_inputs_name_every_organisation_and_which_countries_count() -> None:
    found = by_country(E02, entities(("DE", "NO", "US")), standings(EUROPE, date(2025, 6, 1)))
    assert found.inputs == {
        "countries": {"Entity 0": "DE", "Entity 1": "NO", "Entity 2": "US"},
        "members": ["DE"],
        "associated": ["NO"],
        "own_place": [],
        "third": ["Entity 2"],
        "least_countries": 3,
        "needs_member_state": False,
    }
    assert found.text == (
        "Entities of 2 countries that count; at least 3 are needed."
        " Beside them, not counted (E-05): Entity 2."
    )


@pytest.mark.parametrize(
    ("codes", "groups", "passed"),
    [
        pytest.param(("DE", "FR", "IT"), (None, None, None), True, id="E-06-no-groups-ok"),
        pytest.param(("DE", "FR", "IT"), ("G", "G", None), False, id="E-06-two-under-one-control-fails"),
        pytest.param(("DE", "FR", "IT", "NO"), ("G", "G", None, None), True, id="E-06-enough-others-ok"),
        pytest.param(("DE", "DE", "FR", "IT"), ("G", None, "G", None), True, id="E-06-another-of-DE-ok"),
        pytest.param(("DE", "FR", "IT", "US"), ("G", None, None, "G"), True, id="E-06-third-country"),
        pytest.param(("DE", "FR", "FR"), (None, None, None), True, id="E-06-lack-of-countries"),
        pytest.param(("DE", "DE", "FR", "FR"), ("G", "H", "G", "H"), True, id="E-06-two-of-two-ok"),
    ],
)
def test_independence(codes: tuple[str, ...], groups: tuple[str | None, ...], passed: bool) -> None:
    found = independent(E02, entities(codes, groups), standings(EUROPE, date(2025, 6, 1)))
    assert (found.rule, found.passed) == ("E-06", passed)


UNION, EUROPEAN = "union_law", "international_european"
E04 = Rule("E-04", least_entities=1, least_countries=1)


@pytest.mark.parametrize(
    ("rule", "codes", "own", "passed"),
    [
        pytest.param(E02, ("DE", "FR", "BE"), (None, None, UNION), True, id="E-07-JRC-is-a-third"),
        pytest.param(
            E02, ("DE", "FR", "FR"), (None, None, UNION), True, id="E-07-JRC-in-one-of-their-countries"
        ),
        pytest.param(E02, ("DE", "FR", "US"), (None, None, EUROPEAN), True, id="E-07-wherever-it-sits"),
        pytest.param(
            E02, ("DE", "DE", "DE"), (None, UNION, EUROPEAN), True, id="E-07-each-a-place-of-its-own"
        ),
        pytest.param(E02, ("DE", "DE", "DE"), (None, None, UNION), False, id="E-07-two-places-are-no-three"),
        pytest.param(
            E03, ("NO", "IL", "CH"), (None, None, UNION), True, id="E-07-counts-as-of-a-member-state"
        ),
        pytest.param(E04, ("DE",), (None,), True, id="E-04-one-is-enough"),
        pytest.param(E04, ("US",), (None,), False, id="E-04-E-05-one-of-a-third-country-is-not"),
        pytest.param(E04, ("NO",), (None,), True, id="E-04-associated-ok"),
        pytest.param(E04, ("US",), (EUROPEAN,), True, id="E-04-E-07-international-ok"),
        pytest.param(E04, (), (), False, id="E-04-nobody-fails"),
    ],
)
def test_entities_with_a_place_of_their_own_and_coordination_actions(
    rule: Rule, codes: tuple[str, ...], own: tuple[str | None, ...], passed: bool
) -> None:
    made = [
        Entity(f"Entity {n}", code, established_under=law)
        for n, (code, law) in enumerate(zip(codes, own, strict=True))
    ]
    standing = standings(EUROPE, date(2025, 6, 1))
    found = by_country(rule, made, standing)
    assert (found.rule, found.passed) == (rule.rule, passed)
    assert found.inputs["own_place"] == [e.name for e in made if e.established_under]
    assert independent(rule, made, standing).passed


def test_independence_holds_for_entities_with_a_place_of_their_own() -> None:
    """E-06, E-07: two places, and one control."""
    made = [Entity("One", "DE", "G"), Entity("Two", "FR"), Entity("Three", "FR", "G", UNION)]
    assert not independent(E02, made, standings(EUROPE, date(2025, 6, 1))).passed


def test_third_countries_are_noted_and_nobody_is_refused_for_taking_part() -> None:
    """E-05, E-10, E-11: more partners, of whatever country, never make a finding worse."""
    enough, standing = entities(("DE", "FR", "IT")), standings(EUROPE, date(2025, 6, 1))
    for more in ("US", "DE", "NO"):
        found = by_country(E02, [*enough, Entity("Another", more)], standing)
        assert (found.passed, found.inputs["third"]) == (True, ["Another"] if more == "US" else [])
        assert independent(E02, [*enough, Entity("Another", more)], standing).passed


@pytest.mark.parametrize(
    ("industry", "within"),
    [
        pytest.param({"a company"}, ["Entity"], id="E-09-by-a-name-of-it"),
        pytest.param({"a company", "acronym"}, ["Entity"], id="E-09-told-once"),
        pytest.param({"another company"}, [], id="E-09-another"),
        pytest.param(set(), [], id="E-09-no-industry-consortium"),
    ],
)
def test_no_applicant_of_a_first_stage_is_of_the_industry_consortium(
    industry: set[str], within: list[str]
) -> None:
    known = [("Entity", {"a company", "acronym"}), ("Institute", {"institute"})]
    found = apart_from_industry(known, industry)
    assert (found.rule, found.passed, found.inputs["within"]) == ("E-09", not within, within)


def lacks(codes: Sequence[str], rule: Rule = E02) -> str:
    return lacking(by_country(rule, entities(codes), standings(EUROPE, date(2025, 6, 1))))


def test_what_is_lacking_is_told_to_those_who_look_for_partners() -> None:
    more = "of the member states and associated countries."
    assert lacks(("DE", "FR", "IT")) == ""
    assert lacks(("DE", "FR", "US")) == f"One more country is needed, {more}"
    assert lacks(("DE",)) == f"2 more countries are needed, {more}"
    assert lacks(("NO", "IL"), E03) == (
        f"One more country is needed, {more} One of them must be a member state."
    )
    assert lacks(("NO", "IL", "CH"), E03) == "A partner in a member state is needed."


@pytest.mark.parametrize(
    ("pages", "limit", "over"),
    [
        pytest.param(70, 70, 0, id="C-20-at-the-limit"),
        pytest.param(71, 70, 1, id="C-20-one-page-beyond"),
        pytest.param(500, None, 0, id="C-20-no-limit"),
        pytest.param(None, 70, 0, id="C-20-pages-not-known"),
    ],
)
def test_excess_pages_are_counted(pages: int | None, limit: int | None, over: int) -> None:
    assert excess(pages, limit) == over


def test_the_last_second_of_the_deadline_is_in_time() -> None:
    """M-01, by the receipt time and the end of the deadline's second (C-02)."""
    last = datetime(2020, 3, 31, 15, 0, 1, tzinfo=UTC)
    assert in_time(datetime(2020, 3, 31, 15, 0, 0, 999_999, tzinfo=UTC), last).passed
    assert not in_time(last, last).passed


some = st.lists(
    st.tuples(st.sampled_from(["DE", "FR", "IT", "NO", "US"]), st.sampled_from([None, "G", "H"])), max_size=6
)


@given(some)
def test_independence_agrees_with_trying_every_choice(drawn: list[tuple[str, str | None]]) -> None:
    """The matching is as large as the best of all ways to pick entities of different countries and groups."""
    found = independent(
        E02, entities([c for c, _ in drawn], [g for _, g in drawn]), standings(EUROPE, date(2025, 6, 1))
    )
    counted = [(c, g or f"alone {n}") for n, (c, g) in enumerate(drawn) if c != "US"]
    best = 0
    for order in permutations(counted):
        countries: set[str] = set()
        groups: set[str] = set()
        for country, group in order:
            if country not in countries and group not in groups:
                countries.add(country)
                groups.add(group)
        best = max(best, len(countries))
    assert found.inputs["independent"] == best


@given(some, st.randoms())
def test_the_order_of_partners_does_not_matter(drawn: list[tuple[str, str | None]], chance: object) -> None:
    standing = standings(EUROPE, date(2025, 6, 1))
    made = entities([c for c, _ in drawn], [g for _, g in drawn])
    mixed = list(made)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    for rule in (by_country, independent):
        assert rule(E03, made, standing).passed == rule(E03, mixed, standing).passed


def test_what_is_missing_is_named_part_by_part() -> None:
    rules = IMI2
    required = [d for d in rules.documents if d.required]
    plain = [section for section in rules.sections if section.plain]
    found = missing("A title", " ", plain, {"impact"}, required, set())
    assert [(r.code, r.path) for r in found] == [
        ("abstract-missing", "/abstract"),
        ("excellence-missing", "/sections/excellence"),
        ("implementation-missing", "/sections/implementation"),
        ("part_b-missing", "/documents/part_b"),
    ]
    everything = {s.key for s in plain}
    assert list(missing("A", "B", plain, everything, required, {"part_b"})) == []


@dataclass(frozen=True)
class Paper:
    """A document of a form."""

    key: str
    rule: str | None = None

    @property
    def title(self) -> str:
        return self.key.title()


@pytest.mark.parametrize(
    ("sealed", "told"),
    [
        pytest.param({"pages": 2, "fault": None}, "", id="M-04-sound"),
        pytest.param({"pages": 2}, "", id="M-04-an-older-manifest-without-the-word"),
        pytest.param(
            {"pages": 2, "fault": "Page 1 is blank."}, "part_b: Page 1 is blank.", id="M-04-a-fault"
        ),
        pytest.param({"pages": 0}, "part_b: It has no page.", id="M-04-an-older-manifest-with-no-page"),
    ],
)
def test_a_sealed_document_with_a_fault_is_found(sealed: dict[str, Any], told: str) -> None:
    found = readable([{"key": "part_b"} | sealed, {"key": "annex", "pages": 1, "fault": None}])
    assert (found.rule, found.passed) == ("M-04", not told)
    assert found.text == (told or "Every document can be read.")
    assert found.inputs["pages"] == {"part_b": sealed["pages"], "annex": 1}


def test_no_document_at_all_is_readable() -> None:
    assert readable([]).passed


def test_a_rule_of_its_own_finds_the_documents_that_are_missing_and_is_said_once() -> None:
    form = [Paper("part_b"), Paper("plan", "M-05"), Paper("annex", "M-05")]
    assert list(added(form[:1], set())) == []
    for attached, gaps in ((set(), ["plan", "annex"]), ({"plan"}, ["annex"]), ({"plan", "annex"}, [])):
        (found,) = added(form, attached | {"part_b"})
        assert (found.rule, found.passed, found.inputs["missing"]) == ("M-05", not gaps, gaps)
        assert [gap for gap in ("Plan", "Annex") if gap in found.text] == [gap.title() for gap in gaps]


def test_rules_pinned_before_documents_had_rules_still_load() -> None:
    pinned = IMI2.model_dump(mode="json")
    for document in pinned["documents"]:
        del document["rule"]
    assert [d.rule for d in RuleSet.model_validate(pinned).documents] == [None, None]
    assert [d.rule for d in IMI2.documents] == [None, "M-05"]
