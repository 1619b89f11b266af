"""What is made up: the same again from the same seed, within what it is meant to be, and labelled."""

from csv import DictReader
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import rule_sets
from app.evaluation.rules import off_scale, passes, total
from app.rehearsal.call_file import Quality, read
from app.rehearsal.driver import PASSWORD, address_of
from app.rehearsal.knowledge import ABOUT, FIELDS, profile_of, publications_of, subject_of
from app.rehearsal.plan import LABEL, drawn
from app.rehearsal.published import FOLDER, projects
from app.rehearsal.synthetic import Synthetic

SCHEME = rule_sets()["imi2"].scheme
CRITERIA = [criterion.code for criterion in SCHEME.criteria]
SEEDS = st.integers(0, 10**6)


@given(SEEDS, st.sampled_from(["excellent", "good", "weak"]))
def test_a_quality_is_what_it_says_on_the_scale(seed: int, quality: Quality) -> None:
    scores = Synthetic(seed).scores(quality, CRITERIA)
    assert not [reason for score in scores.values() for reason in off_scale(score, SCHEME)]
    assert passes(scores, SCHEME) == (quality != "weak")
    assert (total(scores) > 12) == (quality == "excellent")


@given(SEEDS, st.sampled_from(["excellent", "good", "weak"]), st.integers(1, 4).map(lambda n: 2 * n - 1))
def test_a_group_agrees_on_what_stands_in_the_middle(seed: int, quality: Quality, experts: int) -> None:
    synthetic = Synthetic(seed)
    agreed = synthetic.scores(quality, CRITERIA)
    views = synthetic.views(agreed, experts)
    assert len(views) == experts
    for code in CRITERIA:
        scores = sorted(view[code] for view in views)
        assert scores[experts // 2] == agreed[code]
        assert not [reason for score in scores for reason in off_scale(score, SCHEME)]


@given(SEEDS, st.integers(1_000_000, 100_000_000))
def test_an_amount_is_near_what_was_meant(seed: int, amount: int) -> None:
    found = Synthetic(seed).near(amount)
    assert abs(found - amount) <= Decimal(amount) / 10 + 1000
    assert found % 1000 == 0


@pytest.mark.parametrize("seed", [1, 2, 3, 20])
def test_a_call_is_drawn_with_its_counts_and_each_flaw(seed: int) -> None:
    (plan,) = drawn(read("imi2-call-21"), Synthetic(seed), CRITERIA)
    again = drawn(read("imi2-call-21"), Synthetic(seed), CRITERIA)
    assert [plan] == again
    papers = plan.papers
    assert len(papers) == 144
    assert len({paper.acronym for paper in papers}) == 144
    assert all(LABEL in paper.abstract for paper in (*papers, *plan.late))
    assert sum(paper.divided for paper in papers) == 1
    people = [seat.person for paper in (*papers, *plan.late) for seat in paper.seats]
    assert len(set(people)) == len(people)
    for paper in papers:
        countries = {seat.country for seat in paper.seats}
        assert (len(countries) < 3) == (paper.flaw == "too_few_countries")
        owners = {seat.control_group or seat.name for seat in paper.seats}
        assert (len(owners) < 3) == (paper.flaw == "not_independent")
        assert ("preventive vaccine" in paper.abstract) == (paper.flaw == "out_of_scope")
        assert bool(paper.agreed) == (paper.flaw is None)


def test_the_tour_signs_in_as_somebody_whom_the_demo_makes() -> None:
    (plan,) = drawn(read("imi2-call-21"), Synthetic(1), CRITERIA)
    tour = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert plan.papers[0].acronym == "CARE"
    assert f'"email": "{address_of(plan.papers[0].coordinator.person)}", "password": "{PASSWORD}"' in tour


def test_real_consortia_are_as_published_and_five_partners_have_no_code() -> None:
    funded = [real.acronym for real in read("imi2-call-21").stages[0].inflows[0].real]
    found = [projects()[acronym] for acronym in funded]
    assert [(p.number, len(p.participants)) for p in found] == [
        ("101005077", 42), ("101005177", 10), ("101005111", 4), ("101005122", 19), ("101005142", 5),
        ("101005075", 5), ("101005026", 9), ("101005144", 5),
    ]  # fmt: skip
    assert sum(not part.pic for project in found for part in project.participants) == 5
    assert all(project.participants[0].coordinates for project in found)
    assert projects()["CARE"].months == 60


def test_every_real_project_has_its_own_participants() -> None:
    """Also those whose number is not known."""
    with (FOLDER / "projects.csv").open(encoding="utf-8", newline="") as file:
        published = {row["acronym"]: int(row["n_participants"]) for row in DictReader(file)}
    assert len(published) == 177
    assert {name: len(project.participants) for name, project in projects().items()} == published


def test_experts_and_proposals_are_made_up_of_the_same_words_and_labelled() -> None:
    words = [one for field in FIELDS.values() for one in field]
    for name in ("Ada Adlerby", "Zita Zandrine 2", "SYN-001"):
        assert sum(one in subject_of(name) for one in words) == ABOUT
        profile, papers = profile_of(name), publications_of(name)
        assert (profile, papers) == (profile_of(name), publications_of(name))
        assert {one["term"] for one in profile["expertise"]} <= FIELDS.keys()
        assert sum(one in profile["text"] for one in words) == 2 * ABOUT
        assert all(told.startswith("Synthetic") for told in (profile["text"], *(p["title"] for p in papers)))
