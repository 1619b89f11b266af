"""Call files: what they may say, what is refused and where, and what of them is published."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.calls.rule_set import rule_sets
from app.core.fault import Fault
from app.rehearsal.call_file import FOLDER, names, parsed, read
from app.rehearsal.figures import differences
from tests.rehearsal.build import call, call_21


def put(given: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """The same with another value at a place such as `stages.0.deadline`."""
    here: Any = given
    *steps, last = (int(step) if step.isdigit() else step for step in place.split("."))
    for step in steps:
        here = here[step]
    here[last] = value
    return given


INFLOW = "stages.0.inflows.0"
EXPECTED = f"{INFLOW}.expected"


def test_every_file_of_the_package_is_sound_and_names_a_rule_set() -> None:
    assert names() == ["ihi-call-2", "imi2-call-17", "imi2-call-21", "training"]
    for name in names():
        assert read(name).rule_set in rule_sets()


def test_call_21_is_as_published() -> None:
    file = read("imi2-call-21")
    (inflow,) = file.stages[0].inflows
    assert inflow.submitted == 144
    assert sum(group.count for group in inflow.synthetic if group.flaw) == 24
    assert [(t.envelope, t.raised_to) for t in file.topics] == [(45_000_000, 72_000_000)]
    assert (inflow.expected.funded, inflow.expected.above_threshold, inflow.late) == (8, 12, 3)


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("funnel", 1, ": Extra inputs are not permitted"),
        (f"{EXPECTED}.invited_people", 1, ": Extra inputs are not permitted"),
        ("rule_set", "imi9", ": /rule_set: Known rule sets: horizon_europe, ihi, imi1, imi2"),
        ("overrides.0.value.experts", 0, "rule_set: /ethics/experts: Input should be greater"),
        ("overrides.0.path", "/invented/place", "rule_set: /invented/place: The rule set has no such place"),
        ("topics.0.envelope", 0, ": Input should be greater than 0"),
        ("topics.0.envelope", "45", ": Input should be a valid integer"),
        ("topics.0.raised_to", 45_000_000, ": 45000000 does not raise 45000000"),
        (f"{INFLOW}.topic", "OTHER", ": OTHER is no topic of the call"),
        (f"{INFLOW}.real.0.acronym", "NOBODY", ": there is no published project NOBODY"),
        (f"{INFLOW}.real.1.acronym", "CARE", ": CARE stands twice"),
        (f"{INFLOW}.real.0.flaw", "no_plan", f"{INFLOW}.real.0: Give either a flaw or a quality"),
        (f"{INFLOW}.real.0.quality", None, f"{INFLOW}.real.0: Give either a flaw or a quality"),
        (f"{INFLOW}.synthetic.0.count", 0, ": Input should be greater than or equal to 1"),
        ("stages.0.deadline", "2020-03-29T02:30", ": This time does not exist in Brussels"),
        ("stages.0.deadline", "2020-03-03T10:00", ": it is not after opens_on"),
        ("stages.0.released_on", "2020-05-01T10:00", ": it is not after stages.0.decided_on"),
        ("signed_on", "2020-05-12T09:59", ": it is not after stages.0.released_on"),
        (f"{EXPECTED}.evaluated", 145, ": 145 evaluated, but only 144 submitted"),
        (f"{EXPECTED}.evaluated", 121, ": 121 evaluated and 24 not are not 144 submitted"),
        (f"{EXPECTED}.above_threshold", 121, ": 121 above threshold, but only 120 evaluated"),
        (f"{EXPECTED}.funded", 13, ": 13 funded, but only 12 above threshold"),
        (f"{EXPECTED}.funded", 7, f"{EXPECTED}.funded_acronyms: 8 are named, 7 funded"),
        (f"{EXPECTED}.reserve", 5, ": 13 are funded or on the reserve list of 12"),
        (f"{EXPECTED}.inadmissible", 25, f"{EXPECTED}.inadmissible_or_ineligible: 24 is less than 25"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(place: str, value: Any, told: str) -> None:
    """`told` begins with another place, or with none if it is the very one that was changed."""
    with pytest.raises(Fault) as refused:
        parsed(put(call_21(), place, value), "mine.json")
    at = place if told.startswith(":") else ""
    assert f"mine.json: {at}{told}" in str(refused.value)


def test_figures_that_are_not_published_may_be_left_out() -> None:
    file = call(put(call_21(), EXPECTED, {"submitted": 144}))
    assert list(differences(file, {"IMI2-2020-21-01": {"submitted": 144}})) == []


def test_a_difference_names_topic_stage_and_figure() -> None:
    file = call(put(call_21(), EXPECTED, {"submitted": 144, "funded_acronyms": ["CARE", "DRAGON"]}))
    found = {"IMI2-2020-21-01": {"submitted": 143, "funded_acronyms": ["CARE"]}}
    assert list(differences(file, found)) == [
        "IMI2-2020-21-01, stage 1: submitted is 143, expected is 144.",
        "IMI2-2020-21-01, stage 1: funded acronyms is ['CARE'], expected is ['CARE', 'DRAGON'].",
    ]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("stages.0.inflows.0.invited", "good", "stages.0.inflows.0.invited: it is said in a second stage"),
        ("stages.1.inflows.1.invited", None, "stages.1.inflows.1.invited: it is said in a second stage"),
        ("stages.1.inflows.0.late", 1, "stages.1.inflows.0: nothing comes in to a second stage but what"),
        (
            "stages.1.inflows",
            [],
            "stages.1.inflows: what comes in to one of two stages comes in to the other",
        ),
        ("stages.0.inflows.0.expected.merged", 2, "stages.0.inflows.0.expected.merged: 2 merged, but only 1"),
    ],
)
def test_to_a_second_stage_comes_who_was_invited(place: str, value: Any, told: str) -> None:
    given = json.loads((FOLDER / "ihi-call-2.json").read_text(encoding="utf-8"))
    with pytest.raises(Fault) as refused:
        parsed(put(given, place, value), "mine.json")
    assert f"mine.json: {told}" in str(refused.value)


def test_ihi_call_2_is_as_published() -> None:
    file = read("ihi-call-2")
    first, second = file.stages
    assert [inflow.submitted for inflow in first.inflows] == [11, 4]
    assert sum(inflow.expected.above_threshold or 0 for inflow in first.inflows) == 11
    assert [inflow.expected.funded for inflow in second.inflows] == [1, 1]
    assert sum(topic.envelope for topic in file.topics) == 21_929_000


ONLY_ONE_OPENS = "the first stage opens with the call, a second on its own day"
NEEDED = "it is needed where something comes in"


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("stages.0.opens_on", "2020-03-10T10:00", f"stages.0.opens_on: {ONLY_ONE_OPENS}"),
        ("stages.0.panel_on", None, f"stages.0.panel_on: {NEEDED}"),
        ("stages.0.decided_on", None, f"stages.0.decided_on: {NEEDED}"),
        ("stages.0.released_on", None, f"stages.0.released_on: {NEEDED}"),
        ("signed_on", None, f"signed_on: {NEEDED}"),
    ],
)
def test_what_comes_in_has_its_days(place: str, value: Any, told: str) -> None:
    with pytest.raises(Fault) as refused:
        parsed(put(call_21(), place, value), "mine.json")
    assert f"mine.json: {told}" in str(refused.value)


def test_a_second_stage_says_when_it_opens_and_not_before_the_first_is_decided() -> None:
    given = json.loads((FOLDER / "imi2-call-17.json").read_text(encoding="utf-8"))
    for day, told in ((None, ONLY_ONE_OPENS), ("2019-07-31T10:00", "it is not after stages.0.decided_on")):
        given["stages"][1]["opens_on"] = day
        with pytest.raises(Fault, match=told):
            parsed(given, "mine.json")


@pytest.mark.parametrize(("name", "text"), [("nothing", None), ("broken.json", "{")])
def test_what_is_no_file_or_no_json_is_told(tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(
        Fault,
        match="there are: ihi-call-2, imi2-call-17, imi2-call-21, training"
        if text is None
        else "is not JSON",
    ):
        read(str(path))
