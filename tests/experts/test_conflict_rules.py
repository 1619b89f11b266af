"""The finder by itself: boundaries of dates and names, and a whole call at once."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.calls.periods import years_later
from app.experts.conflicts.rules import find, name_key
from app.experts.conflicts.ties import Applicant, Asked, Fact, Named, Settled, Who
from app.topics.programme import Conflicts, programme

RULES = programme().conflicts


def who(name: str = "Ada", email: str = "ada@example.org", *, expert: bool = True) -> Who:
    return Who(uuid4(), uuid4() if expert else None, name, email, confirmed=True)


def asked(number: int, topic: UUID, call: UUID, day: date = date(2025, 5, 31)) -> Asked:
    return Asked(uuid4(), f"P-{number}", uuid4(), topic, call, day)


def applicant(one: Asked, *people: Named, **more: Any) -> Applicant:
    facts: dict[str, Any] = {"organisation_id": uuid4(), "organisation": "Institute", "group": None}
    facts |= {"names": ("institute",), "settled": True, "number": 1} | more
    return Applicant(uuid4(), one.consortium_id, one.topic_id, people=people, **facts)


@pytest.mark.parametrize(
    ("day", "earliest"),
    [(date(2025, 5, 31), date(2022, 5, 31)), (date(2024, 2, 29), date(2021, 2, 28))],
)
def test_years_are_counted_to_the_day(day: date, earliest: date) -> None:
    assert years_later(day, -3) == earliest


@pytest.mark.parametrize(
    ("one", "other"), [("Ada Lovelace", "LOVELACE, Ada"), ("José Núñez", "jose nunez"), ("Ða Řez", "Da Rez")]
)
def test_a_name_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_name_without_letters_is_nobodys() -> None:
    topic, call = uuid4(), uuid4()
    here = asked(1, topic, call)
    nameless = applicant(here, Named(uuid4(), None, "x@institute.fr", "…"))
    assert find([who("—")], [], [], [nameless], [here], RULES, Settled()).open == []


def test_only_an_expert_is_left_open() -> None:
    here = asked(1, uuid4(), uuid4())
    there = applicant(here, Named(uuid4(), None, "x@institute.fr", "Ada"))
    people = [who(), who(expert=False)]
    found = find(people, [], [], [there], [here], RULES, Settled())
    assert [one.account_id for one in found.open] == [people[0].account_id]


def test_a_call_of_four_hundred_experts_is_matched_by_what_they_have_in_common() -> None:
    call, topics = uuid4(), [uuid4() for _ in range(5)]
    proposals = [asked(n, topics[n % 5], call) for n in range(150)]
    applicants = [
        applicant(one, Named(uuid4(), None, f"p{n}-{k}@u{n}{k}.eu", f"Person {n} {k}"), number=k + 1,
                  organisation=f"University {n} {k}", names=(f"university {n} {k}",))
        for n, one in enumerate(proposals)
        for k in range(10)
    ]  # fmt: skip
    people = [who(f"Expert {n}", f"e{n}@home{n}.eu") for n in range(400)]
    facts = [
        Fact(one.account_id, "employer", "employer", "employed by",
             applicants[n].organisation_id, applicants[n].organisation)
        for n, one in enumerate(people)
    ]  # fmt: skip
    found = find(people, facts, [], applicants, proposals, RULES, Settled())
    pairs = {pair for pair, some in found.found.items() if some}
    expected = {(one.account_id, proposals[n // 10].proposal_id) for n, one in enumerate(people)}
    assert (pairs, found.open) == (expected, [])


def test_the_situations_of_the_programme_are_held_to_their_form() -> None:
    given = RULES.model_dump(mode="json")
    twice = given | {"situations": [*given["situations"], given["situations"][0]]}
    untold = given | {"situations": [s for s in given["situations"] if s["code"] != "P3"]}
    for bad in (twice, untold):
        with pytest.raises(ValueError, match="situation"):
            Conflicts.model_validate(bad)
