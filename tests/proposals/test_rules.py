"""Countries, independence, documents: the tables of the rules (E-02, E-03, E-06, M-03 to M-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import RuleSet, named
from app.calls.rules import standings
from app.proposals.rules import Entity, added, by_country, independent, missing, readable

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
        "least_countries": 3,
        "needs_member_state": False,
    }
    assert found.text == "Entities of 2 countries that count; at least 3 are needed."


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
    found = missing("A title", " ", rules.sections, {"impact"}, required, set())
    assert [(r.code, r.path) for r in found] == [
        ("abstract-missing", "/abstract"),
        ("excellence-missing", "/sections/excellence"),
        ("implementation-missing", "/sections/implementation"),
        ("part_b-missing", "/documents/part_b"),
    ]
    everything = {s.key for s in rules.sections}
    assert list(missing("A", "B", rules.sections, everything, required, {"part_b"})) == []


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
