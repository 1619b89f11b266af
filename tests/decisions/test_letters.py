"""What the letters say, to the day (Z-01, Z-07, K-10)."""

from datetime import date
from typing import get_args

import pytest

from app.calls.rule_set import named
from app.decisions.letters import FIRST_STAGE, NEXT, OUTCOMES, WHY, Facts, days_of, written
from app.proposals.schemas import RejectionReason

DATES = days_of(named("imi2"), date(2021, 3, 1))


def letter(outcome: str, reason: str | None) -> str:
    return written(Facts("P-1", "ACR", "A title", "T-1", "C-1", outcome, reason), DATES)[1]


def test_the_last_day_is_computed_for_a_letter_never_opened_and_for_one_opened_at_once() -> None:
    assert (DATES.deemed_on, DATES.last, DATES.first) == (
        date(2021, 3, 11), date(2021, 4, 12), date(2021, 3, 31),
    )  # fmt: skip
    text = letter("rejected", "BELOW_OVERALL_THRESHOLD")
    assert "12 April 2021, until 23:59:59 Brussels time" in text
    assert "if you open this letter on 01 March 2021, it is\n31 March 2021" in text
    assert "Reason BELOW_OVERALL_THRESHOLD: The proposal did not reach the overall threshold." in text


def test_the_selected_are_told_what_comes_next_and_no_means_of_redress() -> None:
    text = letter("selected", None)
    assert NEXT["selected"] in text
    assert "review" not in text
    assert "Ombudsman" not in text


@pytest.mark.parametrize("outcome", sorted(set(OUTCOMES) - {"selected"}))
def test_everybody_else_is_told_every_means_of_redress(outcome: str) -> None:
    text = letter(outcome, "INSUFFICIENT_BUDGET")
    assert [
        word for word in ("review of the procedure", "Article 263", "Ombudsman") if word not in text
    ] == []


@pytest.mark.parametrize("outcome", sorted(FIRST_STAGE))
def test_a_first_stage_speaks_of_the_second_and_never_of_funding(outcome: str) -> None:
    facts = Facts("P-1", "ACR", "A title", "T-1", "C-1", outcome, None, first_stage=True)
    text = written(facts, DATES)[1]
    assert FIRST_STAGE[outcome] in text
    assert "for funding" not in text
    assert ("Ombudsman" in text) is (outcome != "selected")
    assert ("Until 31 March 2021, 23:59:59 Brussels time" in text) is (outcome == "selected")


def test_every_reason_is_one_of_the_process() -> None:
    assert set(WHY) <= set(get_args(RejectionReason))
