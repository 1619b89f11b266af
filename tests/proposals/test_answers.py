"""Answers to forms, without a database: what is taken, what is asked, what counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.chosen import Form
from app.calls.form import Section
from app.calls.form_schema import schema_of
from app.calls.rule_set import rule_sets
from app.proposals.answers import counted, gaps, shown, unfit
from app.rehearsal.acts.proposals import _answers
from tests.proposals.accepts import accepts

CHAIN = Section.model_validate(
    {
        "key": "s",
        "title": "S",
        "fields": [
            {"kind": "yes_no", "key": "a", "title": "A"},
            {"kind": "yes_no", "key": "b", "title": "B", "only_if": {"field": "a", "answer": True}},
            {
                "kind": "text",
                "key": "c",
                "title": "C",
                "limit": 5,
                "only_if": {"field": "b", "answer": False},
            },
        ],
    }
)
MONEY = Section.model_validate(
    {
        "key": "m",
        "title": "M",
        "fields": [{"kind": "number", "key": "n", "title": "N", "least": "0", "most": "9.99", "decimals": 2}],
    }
)
bools = st.sampled_from([True, False, None])


def keys(answers: dict[str, Any]) -> list[str]:
    return [one.key for one in shown(CHAIN.asks, answers)]


@given(bools, bools)
def test_what_hangs_on_what_is_not_asked_is_not_asked(a: bool | None, b: bool | None) -> None:
    wanted = ["a"] + ["b"] * (a is True) + ["c"] * (a is True and b is False)
    given_ = {"a": a, "b": b, "c": "Kept."}
    assert keys(given_) == wanted
    assert list(counted(CHAIN, given_, {})) == [key for key in wanted if given_[key] is not None]


@given(bools, bools, st.sampled_from(["", " ", "Text."]))
def test_what_counts_lacks_what_the_draft_lacks(a: bool | None, b: bool | None, c: str) -> None:
    drafted: dict[str, Any] = {"a": a, "b": b, "c": c}
    form = Form((CHAIN,), ())
    lacks = [r.code for r in gaps(form, "T", "A", set(), {"s": drafted}, set())]
    sealed = counted(CHAIN, drafted, {})
    assert [r.code for r in gaps(form, "T", "A", set(), {"s": sealed}, set())] == lacks
    assert list(unfit(CHAIN.asks, sealed)) == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("9.99", None), ("0", None), ("-3", None), ("9.991", "other-kind"), ("1e2", "other-kind"),
        ("NaN", "other-kind"), ("10", "number-too-large"), (5, "other-kind"), ("", "other-kind"),
        ("٣", "other-kind"), ("9" * 16, "other-kind"),
    ],
)  # fmt: skip
def test_a_number_with_decimals_is_an_exact_string(answer: Any, code: str | None) -> None:
    assert [r.code for r in unfit(MONEY.asks, {"n": answer})] == ([code] if code else [])


def test_a_bound_below_is_asked_for_when_it_is_handed_in() -> None:
    found = list(gaps(Form((MONEY,), ()), "T", "A", set(), {"m": {"n": "-3"}}, set()))
    assert [(r.code, r.path) for r in found] == [("m-n-too-small", "/sections/m/n")]


def test_rows_of_a_table_are_as_many_as_asked_for() -> None:
    column = {"kind": "text", "key": "x", "title": "X", "limit": 5, "required": False}
    table = {"kind": "table", "key": "t", "title": "T", "least": 2, "most": 3, "columns": [column]}
    section = Section.model_validate({"key": "s", "title": "S", "fields": [table]})
    for rows, codes in ([], ["s-t-missing"]), ([{}], ["s-t-too-few"]), ([{}, {}], []):
        answers = {"s": {"t": rows}}
        assert [r.code for r in gaps(Form((section,), ()), "T", "A", set(), answers, set())] == codes
    assert [r.code for r in unfit(section.asks, {"t": [{}] * 4})] == ["too-many-rows"]


def test_a_document_is_missed_once_whoever_asks_for_it() -> None:
    rules = rule_sets()["horizon_europe"]
    documents = tuple(d.model_copy(update={"required": True}) for d in rules.documents)
    answers = {"clinical_studies": {"included": True}}
    found = gaps(Form(rules.sections, documents), "T", "A", set(), answers, {"part_b"})
    assert [r.code for r in found].count("clinical_studies-missing") == 1


@pytest.mark.parametrize("code", rule_sets())
def test_a_rehearsal_fills_in_the_form_of_every_rule_set(code: str) -> None:
    rules = rule_sets()[code]
    drawn = rules.model_dump(mode="json")["sections"]
    answers = {s["key"]: _answers(s) for s in drawn}
    for section in rules.sections:
        assert list(unfit(section.asks, answers[section.key])) == []
    form, attached = Form(rules.sections, rules.documents), {d.key for d in rules.documents}
    assert list(gaps(form, "T", "A", {s.key for s in rules.sections}, answers, attached)) == []


CLINICAL = next(s for s in rule_sets()["horizon_europe"].sections if s.key == "clinical_studies")
FILE = {"clinical_studies": "a" * 64}


def some(**answers: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=answers)


people = st.integers(0, 3)
row = some(title=st.sampled_from([" ", "A study"]), participants=people, approved=st.booleans())
drafts = some(
    included=st.booleans(),
    rationale=st.sampled_from(["", " ", "Why."]),
    design=st.sampled_from(["interventional", "performance"]),
    participants=people,
    studies=st.lists(row, max_size=2),
)
whole = {"included": True, "rationale": "Why.", "design": "performance", "participants": 3}
study = {"title": "A study", "participants": 3, "approved": False}


@given(st.one_of(drafts, st.just(whole | {"studies": [study]})), st.sampled_from([{}, FILE]))
def test_the_schema_accepts_what_is_handed_in_exactly_where_nothing_is_missing(
    drafted: dict[str, Any], attached: dict[str, str]
) -> None:
    rules = rule_sets()["horizon_europe"]
    documents = tuple(d for d in rules.documents if d.key == "clinical_studies")
    lacks = list(gaps(Form((CLINICAL,), documents), "T", "A", set(), {CLINICAL.key: drafted}, attached))
    handed_in = {CLINICAL.key: counted(CLINICAL, drafted, attached)}
    assert accepts(schema_of([CLINICAL]), handed_in) is not bool(lacks)


def test_the_schema_accepts_nothing_that_is_not_asked() -> None:
    schema = schema_of([CLINICAL])
    for answers, fine in (
        ({"included": False}, True),
        ({"included": False, "rationale": "Why."}, False),
        ({"included": False, "invented": 1}, False),
        (whole | {"studies": [study], "essential_information": "a" * 64}, True),
        (whole | {"studies": [study | {"invented": 1}], "essential_information": "a" * 64}, False),
    ):
        assert accepts(schema, {CLINICAL.key: answers}) is fine, answers
    assert not accepts(schema, {CLINICAL.key: {"included": False}, "invented": {}})
