"""When reports are due, and what is pointed at in their text: the tables."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.calls.rule_parts import ReportTerms
from app.calls.rule_set import rule_sets
from app.consortia.disclosure import Watch
from app.evaluation.report.rules import (
    below_without_reason,
    copied,
    due_at,
    named,
    reminders_by,
    scored_though_out_of_scope,
)

REST = rule_sets()["imi2"].rest
TERMS = ReportTerms(days=21, reminder_days=(7, 2), overdue_days=(1, 4), copied_words=4)
MONDAY = datetime(2030, 3, 4, 9, tzinfo=UTC)


@dataclass
class Said:
    criterion: str
    score: Decimal | None
    shortcomings: str = ""


@dataclass
class Asked:
    code: str
    title: str
    threshold: Decimal


ASKED = [Asked("excellence", "Excellence", Decimal(3)), Asked("impact", "Impact", Decimal(3))]


@pytest.mark.parametrize(
    ("terms", "ends_on", "day"),
    [
        (TERMS, None, date(2030, 3, 25)),
        (TERMS, date(2030, 3, 20), date(2030, 3, 20)),
        (TERMS, date(2030, 4, 20), date(2030, 3, 25)),
        (None, date(2030, 3, 20), date(2030, 3, 20)),
        (ReportTerms(days=19, copied_words=4), None, date(2030, 3, 25)),  # a Saturday moves it
    ],
)
def test_a_report_is_due_at_the_end_of_its_day_and_never_after_the_evaluation(
    terms: ReportTerms | None, ends_on: date | None, day: date
) -> None:
    due = due_at(MONDAY, terms, ends_on, REST)
    assert due == datetime(day.year, day.month, day.day, 22, 59, 59, tzinfo=UTC)


def test_nothing_is_due_where_nothing_says_so() -> None:
    assert due_at(MONDAY, None, None, REST) is None


def test_reminders_come_before_and_after_the_date() -> None:
    due = MONDAY + timedelta(days=10)
    days = (2, 3, 8, 10, 11, 14)
    counts = [reminders_by(MONDAY, due, MONDAY + timedelta(days=n), TERMS) for n in days]
    assert counts == [0, 1, 2, 2, 3, 4]
    late = due - timedelta(days=1)  # accepted after both reminders would have gone out
    assert reminders_by(late, due, due, TERMS) == 0


def test_v24_a_score_below_its_threshold_needs_a_shortcoming() -> None:
    marks = [Said("excellence", Decimal("2.5")), Said("impact", Decimal(3))]
    assert [p.path for p in below_without_reason(marks, ASKED)] == ["/marks/excellence/shortcomings"]
    marks[0].shortcomings = "The objectives are vague."
    assert list(below_without_reason(marks, ASKED)) == []
    assert list(below_without_reason([Said("impact", None)], ASKED)) == []


def test_v24_what_is_out_of_scope_does_not_pass_everywhere() -> None:
    marks = [Said("excellence", Decimal(4)), Said("impact", Decimal(3))]
    assert [p.code for p in scored_though_out_of_scope(["out_of_scope"], marks, ASKED)] == [
        "scored-though-out-of-scope"
    ]
    assert list(scored_though_out_of_scope(["ethics"], marks, ASKED)) == []
    marks[0].score = Decimal(2)
    assert list(scored_though_out_of_scope(["out_of_scope"], marks, ASKED)) == []


def test_experts_other_proposals_and_addresses_are_pointed_at() -> None:
    texts = {
        "/a": "As Dr Martin and CARE, ada@example.org.",
        "/b": "We care: 0000-0002-1825-0097.",
    }
    found = named(texts, Watch(["Ada Martin"], references=["IMI2-2030-1", "CARE"]))
    assert [(point.code, point.path, point.passage) for point in found] == [
        ("expert-named", "/a", "Martin"),
        ("proposal-named", "/a", "CARE"),
        ("address-given", "/a", "ada@example.org"),
        ("address-given", "/b", "0000-0002-1825-0097"),
    ]


def test_passages_are_found_whatever_stands_around_them() -> None:
    mine = "Well planned: the work is clear, and it fits. New words. The budget fits the work here."
    other = "the work is CLEAR and it fits us - the budget fits the work"
    assert list(copied(mine, other, 4)) == ["the work is clear, and it fits", "The budget fits the work"]
    assert list(copied("one two three", "one two three", 4)) == []
    assert list(copied("", other, 4)) == []
