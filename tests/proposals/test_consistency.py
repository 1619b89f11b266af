"""C-10: how a full proposal differs from the short one, beyond the merger; plain values alone."""

from typing import Any

import pytest

from app.proposals.consistency import consistency

HOSPITAL, INSTITUTE, COMPANY, SCHOOL = "hospital", "institute", "company", "school"


def handed_in(lead: str, *others: str, title: str = "A title", amount: str = "10.00") -> dict[str, Any]:
    """What was sealed: the first coordinates."""
    partners = [
        {"organisation_id": key, "legal_name": f"The {key}", "coordinates": key == lead}
        for key in (lead, *others)
    ]
    money = {"amount": amount, "currency": "EUR"}
    return {"acronym": "ACR", "title": title, "requested": money, "partners": partners}


SHORT = handed_in(HOSPITAL, INSTITUTE)


@pytest.mark.parametrize(
    ("full", "codes"),
    [
        (handed_in(HOSPITAL, INSTITUTE, COMPANY), []),
        (handed_in(HOSPITAL, COMPANY), ["partner-gone"]),
        (handed_in(HOSPITAL, INSTITUTE, COMPANY, SCHOOL), ["partner-added"]),
        (handed_in(HOSPITAL, SCHOOL), ["partner-gone", "partner-added"]),
        (handed_in(INSTITUTE, HOSPITAL), ["other-coordinator"]),
        (handed_in(HOSPITAL, INSTITUTE, amount="10.01"), ["requested-changed"]),
        (handed_in(HOSPITAL, INSTITUTE, title="Another"), ["title-changed"]),
    ],
)
def test_what_is_told(full: dict[str, Any], codes: list[str]) -> None:
    assert [note.code for note in consistency(SHORT, full, {COMPANY}, {})] == codes


def test_an_organisation_that_was_merged_in_the_register_is_the_one_that_stays() -> None:
    stays = {INSTITUTE: SCHOOL}
    assert consistency(SHORT, handed_in(HOSPITAL, SCHOOL), set(), stays) == []
    assert consistency(handed_in(INSTITUTE, HOSPITAL), handed_in(SCHOOL, HOSPITAL), set(), stays) == []
