"""Calls played from their first idea to their last signature: the figures are computed, not read."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.calls.rule_set import rule_sets
from app.evaluation.rules import passes
from app.rehearsal.acts import ethics
from app.rehearsal.call_file import FOLDER
from app.rehearsal.figures import differences
from app.rehearsal.plan import drawn
from app.rehearsal.play import Played
from app.rehearsal.synthetic import Synthetic
from tests.conftest import World
from tests.rehearsal.build import REAL, call, order, played, small

pytestmark = pytest.mark.anyio

COUNTS = {
    "submitted": 10,
    "inadmissible": 2,
    "ineligible": 3,
    "inadmissible_or_ineligible": 5,
    "evaluated": 5,
    "above_threshold": 3,
    "invited": 0,
    "merged": 0,
    "funded": 2,
    "funded_acronyms": ["DECISION", "RAPID-COVID"],
    "reserve": 1,
    "late_refused": 1,
    "envelope_eur": 8_000_000,
    "time_to_inform_days": 42,
    "time_to_grant_days": 122,
}
"""Of the small copy: 2 excellent and 1 good pass; the 2 take 7.1 of 8 million, the third asks for more."""
WITHOUT_ITALY = {"acronym": "KRONO", "quality": "excellent", "asks": 2_300_000, "leave_out": ["IT"]}
MORE = {
    "UNRAISED": (8_000_000, 1, [real for real in REAL if real["acronym"] in ("Impentri", "MAD-CoV 2")]),
    "WITHOUT": (3_600_000, 2, [WITHOUT_ITALY]),
}
"""Further topics of the same call: the envelope, how many good proposals, which consortia."""


def with_more_topics(given: dict[str, Any]) -> dict[str, Any]:
    """The same call with further topics, on which nothing is raised and nobody is late."""
    (inflow,) = given["stages"][0]["inflows"]
    for code, (envelope, good, real) in MORE.items():
        topic = {**given["topics"][0], "reference": code, "envelope": envelope, "raised_to": None}
        given["topics"].append(topic)
        synthetic = [{"count": good, "quality": "good", "asks": 1_500_000}]
        given["stages"][0]["inflows"].append(
            {**inflow, "topic": code, "late": 0, "synthetic": synthetic, "real": real}
        )
    return given


async def test_each_topic_gets_its_own_figures_and_they_follow_from_what_is_changed(live: World) -> None:
    given = with_more_topics(small())
    found = await played(live, given)
    assert found.topics[given["topics"][0]["reference"]] == COUNTS

    # By hand: of 8 million the first takes 7.6; 4.8 more do not fit, and nobody is passed over. Eleven
    # proposals of the first topic and two of this one come before the synthetic one.
    assert order(found, "UNRAISED") == [
        ("MAD-CoV 2", "selected"),
        ("Impentri", "reserve"),
        ("SYN-014", "reserve"),
    ]

    # With Italy KRONO would take 2.3 of 3.6 million and leave the others too little; so it is ineligible.
    figures = found.topics["WITHOUT"]
    assert (figures["submitted"], figures["ineligible"], figures["evaluated"]) == (3, 1, 2)
    assert (figures["funded_acronyms"], figures["reserve"]) == (["SYN-016", "SYN-017"], 0)

    # Two of the first topic, one and two of the others are within the money; the best of all owes something.
    marks = found.cast.marks
    screened = [marks[f"ethics screenings {state}"] for state in ("conditional", "cleared")]
    assert screened == [1, 4]
    told = found.cast.told[ethics.TOLD]
    owes = told[0][0]
    assert [words for reference, _, words in told if reference == owes] == [
        "conditional",
        "not signed before there is: consent",
        "board is due on 2021-01-31",
    ]

    assert found.cast.marks["minority views"] == 3
    assert found.cast.marks["recused"] > 0


async def test_another_seed_gives_the_same_counts_and_other_scores(live: World) -> None:
    given = small()
    inflow = given["stages"][0]["inflows"][0]
    inflow["synthetic"] = [group for group in inflow["synthetic"] if group.get("flaw") in (None, "no_plan")]
    found = await played(live, given, seed=7)
    fewer = {"submitted": 6, "inadmissible": 1, "ineligible": 0, "inadmissible_or_ineligible": 1}
    assert list(found.topics.values()) == [COUNTS | fewer]
    one, other = (drawn(call(given), Synthetic(seed), found.cast.criteria)[0] for seed in (1, 7))
    assert [paper.agreed for paper in one.papers] != [paper.agreed for paper in other.papers]
    assert [paper.acronym for paper in one.papers] == [paper.acronym for paper in other.papers]
    await somebody_tries_the_next_call(live, found)


async def somebody_tries_the_next_call(live: World, found: Played) -> None:
    """When all is over one call is open, and whoever has an account may form a consortium for it."""
    token = found.cast.fields[0].entries[0].coordinator.token
    async with live.client(token) as client:
        newest = (await client.get("/v1/topic_stages")).json()["items"][0]
        own = {"name": "TOUR", "organisation_id": next(iter(found.cast.organisations.values()))}
        made = await client.post(f"/v1/topic_stages/{newest['id']}/consortia", json=own)
    assert (newest["state"], made.status_code) == ("scheduled", 201)


async def test_a_threshold_raised_by_half_a_point_changes_the_funnel(
    live: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = rule_sets()["imi2"].scheme
    criteria = [c.model_copy(update={"threshold": c.threshold + Decimal("0.5")}) for c in scheme.criteria]
    stricter = scheme.model_copy(update={"criteria": tuple(criteria)})
    rules = rule_sets()["imi2"].model_copy(update={"code": "stricter", "scheme": stricter})
    monkeypatch.setitem(rule_sets(), "stricter", rules)
    given = small() | {"rule_set": "stricter"}
    inflow = given["stages"][0]["inflows"][0]
    inflow["real"] = inflow["real"][:1]
    inflow["synthetic"] = [{"count": 4, "quality": "good", "asks": 1_500_000}]
    inflow["expected"] = {"above_threshold": 5, "funded": 5}
    found = await played(live, given)
    # Five reach 3 on every criterion and 10 together. By hand, of this seed: 5, 4, 5 and 3.5, 3.5, 3.5 reach
    # 3.5 on every one; 3.5, 3, 4 and 3, 4, 3 and the last do not.
    (papers,) = (field.plan.papers for field in found.cast.fields)
    assert [passes(paper.agreed, scheme) for paper in papers] == [True] * 5
    assert list(differences(call(given), found.topics)) == [
        "IMI2-2020-21-01, stage 1: above threshold is 2, expected is 5.",
        "IMI2-2020-21-01, stage 1: funded is 2, expected is 5.",
    ]


async def test_two_stages_are_played_to_the_signature_of_what_was_merged(live: World) -> None:
    """The second topic of IHI Call 2: four short proposals, three above the thresholds, one goes on."""
    given = json.loads((FOLDER / "ihi-call-2.json").read_text(encoding="utf-8"))
    given["topics"] = given["topics"][1:]
    for stage in given["stages"]:
        stage["inflows"] = stage["inflows"][1:]
    found = await played(live, given)
    first, second = (stage.topics["HORIZON-JU-IHI-2022-02-02"] for stage in found.stages)
    counted = ("submitted", "above_threshold", "invited", "merged", "funded", "reserve")
    assert [first[name] for name in counted] == [4, 3, 1, 1, 0, 0]
    assert [second[name] for name in counted] == [1, 1, 0, 0, 1, 0]
    assert list(differences(call(given), *(stage.topics for stage in found.stages))) == []
    (ranked,) = (stage.lists["HORIZON-JU-IHI-2022-02-02"] for stage in found.stages[:1])
    assert [place.outcome for place in ranked] == ["selected", "reserve", "reserve"]
    assert second["funded_acronyms"] == [ranked[0].acronym]
    assert second["time_to_grant_days"] == 184
