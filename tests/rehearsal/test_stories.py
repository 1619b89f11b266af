"""Stories and calls that are only set up: played as anybody plays them, and what they tell at the end."""

import pytest

from app.decisions.replay import redrawn
from app.evaluation.panel.replay import replayed
from app.rehearsal.call_file import CallFile
from app.rehearsal.cast import Cast
from app.rehearsal.figures import differences
from app.rehearsal.play import Piece, Played, play, prepare
from app.rehearsal.published import projects
from app.rehearsal.stories import STORIES, found
from app.rehearsal.stories.assignment import corpus
from app.rehearsal.stories.consortia_177 import broken, published
from tests.conftest import World
from tests.rehearsal.build import working

pytestmark = pytest.mark.anyio
JU_CALL_17 = 40_786_000
"""The contribution that was published of IMI2 Call 17, in euro."""
LISTED = "adopt_list with votes"


async def staged(world: World, piece: Piece) -> Played:
    async with working(world):
        return await play(piece, world.client, await prepare(piece.call, world.sessions), seed=1)


async def test_five_ideas_become_two_topics_and_two_projects(live: World) -> None:
    piece = STORIES["topics"]
    played = await staged(live, piece)
    assert list(differences(piece.call, played.topics)) == []
    told = played.cast.told
    assert sorted(state for _, state, _ in told["Five ideas"]) == [
        "drafting", "drafting", "merged", "rejected", "withdrawn",
    ]  # fmt: skip
    assert [last for *_, last in told["Opinions and votes on the first topic"]] == [
        "negative",
        "positive_with_remarks",
        "adjourned",
        "adopted",
    ]
    assert told["Consulted on"] == [[f"IMI2-STORY-0{n}", "2 rounds", "6 comments"] for n in (1, 2)]
    assert [(before, after) for _, before, after in told["Changes after publication"]] == [
        ("2026-07-07", "2026-07-21"),
        ("2026-07-21", "2026-07-28"),
    ]
    ((_, codes),) = told["Refused"]
    assert codes == "evaluation-begun"
    (trail,) = [rows for title, rows in told.items() if title.startswith("From project")]
    assert [act for _, act, _ in trail] == [
        "project", "close", "correct", "put in call", "adopt", "finalise", "consult", "redraft", "consult",
        "take up", "submit idea", "sketch", "merged into it",
    ]  # fmt: skip


async def test_call_17_is_set_up_with_its_money_and_a_deadline_on_each_side_of_summer_time(
    live: World,
) -> None:
    played = await staged(live, found("imi2-call-17"))
    rows = played.cast.told["As published"]
    assert {(when, at) for when, at, *_ in rows} == {
        ("stage 1 closes 2019-04-25T17:00 in Brussels", "2019-04-25T15:00:00Z"),
        ("stage 2 closes 2019-11-07T17:00 in Brussels", "2019-11-07T16:00:00Z"),
    }
    for stage in ("stage 1", "stage 2"):
        money = [float(amount) for when, _, _, amount in rows if when.startswith(stage)]
        assert (len(money), sum(money)) == (3, JU_CALL_17)
    assert (played.topics, played.lists) == ({}, {})


SOME = ("AB-Direct", "DECISION", "Impentri", "KRONO", "TRIC-TB")
"""All but DECISION lean on countries that were not associated on every day."""


async def test_published_consortia_are_judged_on_countries_then_and_now(live: World) -> None:
    story = STORIES["consortia-177"]

    async def gather(cast: Cast) -> None:
        await published.gather_these(cast, [projects()[acronym] for acronym in SOME])

    async def gather_one_of_each(cast: Cast) -> None:
        await broken.gather_so_many(cast, 1)

    fewer = {published.gather: gather, broken.gather: gather_one_of_each}
    acts = tuple(fewer.get(act, act) for act in story.acts)
    told = (await staged(live, Piece(story.call, acts))).cast.told
    assert [row[1:] for row in told["Judged on countries"]] == [
        ["5", "0", ""],
        ["5", "4", "AB-Direct, Impentri, KRONO, TRIC-TB"],
        ["5", "0", ""],
    ]
    assert {tuple(row[2:]) for row in told["Told which rule is broken"]} == {
        (rule, rule) for rule in ("E-03", "E-04", "E-06", "E-08", "F-05")
    }
    assert len(told["Told which rule is broken"]) == len(broken.BREACHES)


def with_so_many(call: CallFile, *counts: int) -> CallFile:
    """The same call with so many proposals on each topic."""
    (stage,) = call.stages
    inflows = [
        inflow.model_copy(update={"synthetic": (inflow.synthetic[0].model_copy(update={"count": count}),)})
        for inflow, count in zip(stage.inflows, counts, strict=True)
    ]
    return call.model_copy(update={"stages": (stage.model_copy(update={"inflows": tuple(inflows)}),)})


async def test_panels_are_found_mended_and_filled_again_and_every_case_of_conflict_is_as_told(
    live: World,
) -> None:
    story = STORIES["assignment"]
    told = (await staged(live, Piece(with_so_many(story.call, 3, 1), story.acts))).cast.told
    assert "4 proposals need the expertise patient representative; 3 seats exist." in [
        sentence for (sentence,) in told["A run that the rules block, and how it is mended"]
    ]
    *_, (lost, moved, _, _) = told["Who dropped out, and who took over"]
    assert (lost.split()[0] != "0", moved) == (True, "0 seats moved")
    assert len(told[corpus.TOLD]) == len(corpus.CORPUS.cases)
    shown = {finding.situation for case in corpus.CORPUS.cases for finding in case.finds.values()}
    assert shown == {"D1", "D5", "D6", "D8", "D9", "P1", "P2", "P3", "open"}


async def test_a_panel_has_a_long_day_and_its_list_comes_back(live: World) -> None:
    played = await staged(live, piece := STORIES["panel"])
    assert list(differences(piece.call, played.topics)) == []
    told = played.cast.told
    assert [words for _, words in told["How the groups came to an end"]] == [
        "agreed after an objection",
        "majority and minority are on record",
        "final without one who was written to 2 times",
        "begun anew after a late conflict",
    ]
    versions = told["The versions of the list"]
    assert (versions[0][1:], versions[6]) == (
        ["not closed", "2 pairs are ex aequo"],
        ["1", "given back", "The panel lowered a score and does not say why."],
    )
    first, second = ([total for _, _, total in versions[n : n + 5]] for n in (1, 7))
    assert first == [
        "13.00 parted by coverage",
        "13.00 parted by coverage",
        "12.00 parted by excellence",
        "12.00 parted by excellence",
        "10.50 ",
    ]
    assert second == [*first[:4], "11.00 "]
    heard = [words.split(";")[0] for _, words in told["Hearings"]]
    assert heard[:-1] == [
        "the list is not closed before all are heard",
        "heard",
        "nobody came",
        *["heard"] * 3,
    ]
    async with live.sessions() as session:
        lists = await replayed(session, piece.call.reference)
    assert [(one.places, one.faults) for one in lists] == [(5, []), (5, [])]


async def test_a_list_is_decided_on_twice_and_what_follows_is_in_order(live: World) -> None:
    played = await staged(live, piece := STORIES["decisions"])
    assert list(differences(piece.call, played.topics)) == []
    told = played.cast.told
    assert [row[:3] for row in told["What other envelopes would fund"]] == [
        ["45 million euro", "funds ALDER, BIRCH", "first on reserve CEDAR"],
        ["60 million euro", "funds ALDER, BIRCH, CEDAR, DOGWOOD", "first on reserve ELM"],
        ["72 million euro", "funds ALDER, BIRCH, CEDAR, DOGWOOD, ELM", "first on reserve FIR"],
        ["Otto Member", "applies on the topic", "reads none"],
    ]
    assert [row[:2] for row in told["The committee's votes"]] == [
        ["the list", "no quorum"],
        ["the session", "adjourned"],
        ["the money", "adopted"],
        ["the list", "has fallen"],
        ["the list", "adopted"],
        ["its return", "adopted"],
        ["the list", "adopted"],
    ]
    assert told["The committee's votes"][0][2] == "2 of 6 have voted"
    assert told["The committee's votes"][-1][2] == "5 of 7 vote"
    assert told["Lists and decisions"] == [
        ["decision 1", "selected", "ALDER, BIRCH, CEDAR, DOGWOOD, ELM"],
        ["decision 1", "reserve", "FIR, HAZEL, GINKGO, IVY"],
        ["decision 1", "rejected", "nobody"],
        ["list 1", "taken back", "ALDER, BIRCH, CEDAR, DOGWOOD, ELM, FIR, HAZEL, GINKGO, IVY"],
        ["list 2", "counts", "ALDER, BIRCH, CEDAR, DOGWOOD, ELM, FIR, GINKGO, HAZEL, IVY"],
        ["decision 2", "selected", "ALDER, BIRCH, DOGWOOD, ELM, FIR"],
        ["decision 2", "reserve", "GINKGO, HAZEL, IVY"],
        ["decision 2", "rejected", "CEDAR"],
    ]
    unmoved = "5 answers are the same bytes, 7 lists are empty"
    assert told["Between decision and release"] == [
        [name, unmoved] for name in ("ALDER", "CEDAR", "JUNIPER", "MAPLE")
    ]
    assert [row[:2] for row in told["Passed over"]] == [["CEDAR", "keeps rank 3"]]
    assert told["The release"] == [
        ["the first digest", "refused", "IVY has withdrawn"],
        ["the second digest", "released", "1 ineligible, 4 rejected, 2 reserve, 5 selected, 1 withdrawn"],
    ]
    assert told["Who reads what of the sessions"] == [
        ["before the release", "Milan Member", ", ".join(["raise_envelope with votes", *[LISTED] * 3])],
        ["before the release", "Nadia Member", "nothing"],
        ["before the release", "Otto Member", "nothing"],
        ["public", "raise_envelope", "Adopted; out: Nadia Member, Otto Member"],
        ["public", "adopt_list", "Adjourned, not decided; out: Otto Member"],
        ["public", "adopt_list", "Adjourned, not decided; out: Nadia Member, Otto Member"],
        ["public", "adopt_list", "Adopted; out: Nadia Member, Otto Member"],
        ["published", "Nadia Member", f"raise_envelope, {LISTED}, adopt_list, adopt_list"],
    ]
    at_once = ["opened at once", "2020-06-03", "2020-07-03"]
    assert told["Letters, and the last day to ask for a review"] == [
        *([name, *at_once] for name in ("CEDAR", "JUNIPER", "KAPOK", "MAPLE")),
        ["LARCH", "never opened", "2020-06-13", "2020-07-13"],
    ]
    assert told["Reviews"] == [
        ["KAPOK", "refused", "filed the day after 2020-07-03"],
        ["LARCH", "dismissed", "It names no shortcoming of the procedure and no error of fact."],
        ["JUNIPER", "vote", "14.00 points, rank 4 on the list"],
        ["MAPLE", "reserve", "11.00 points, rank 9 on the list"],
        ["JUNIPER", "first_on_reserve", "asks for 10000000.00, left are 6600000.00"],
    ]
    assert told["Who stands in for a member"] == [
        ["Alma Alternate", "for Quentin Member", "one of 6 who may vote"]
    ]
    assert told["The vote on the review that was upheld"] == [
        ["in writing", "lapsed", "1 of 5 has voted"],
        ["put again", "too few may vote", "3 of 7"],
        ["the governing board", "adopted", "first_on_reserve"],
    ]
    assert told["Nobody who is selected loses a place"] == [
        ["before the reviews", "ALDER, BIRCH, DOGWOOD, ELM, FIR"],
        ["after them", "ALDER, BIRCH, DOGWOOD, ELM, FIR"],
    ]
    assert [row[:2] for row in told["The reserve list"]] == [
        ["waits", "JUNIPER, GINKGO, HAZEL, MAPLE"],
        ["ELM withdraws", "its grant falls"],
        ["HAZEL is not promoted", "not-the-first"],
        ["promoted", "JUNIPER"],
        ["HAZEL is not promoted", "money-missing, not-the-first"],
        *(["expired 2021-06-03", name] for name in ("GINKGO", "HAZEL", "MAPLE")),
    ]
    in_time = ["122", "in_time, due 2020-11-30"]
    assert told["How long it took, in days"] == [
        ["to inform", "64", "in_time, due 2020-08-31"],
        *([f"to grant {name}", *in_time] for name in ("ALDER", "BIRCH", "DOGWOOD", "FIR")),
        ["to grant JUNIPER", "122", "not counted: reserve"],
    ]
    *both, (_, _, said) = told["What the auditor finds"]
    assert both == [
        [name, "2 lists, 2 decisions", "superseded, released"] for name in ("Olga Office", "Anton Auditor")
    ]
    assert said.endswith("events follow from each other; every file is as it was put in.")
    async with live.sessions() as session:
        lists = await replayed(session, piece.call.reference)
        decisions = await redrawn(session, piece.call.reference)
    assert [(one.places, one.faults) for one in lists] == [(12, []), (12, [])]
    assert [(one.lines, one.faults) for one in decisions] == [(12, []), (12, [])]
