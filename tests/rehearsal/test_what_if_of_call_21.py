"""IMI2 Call 21 with 45, 60 and 72 million euro: the table of `docs/what-ifs.md`, from the call's file."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from app.decisions.reserve.rules import Waiting
from app.decisions.what_if.rules import Body, Candidate, Figures, Topic, drawn, figures
from app.rehearsal.call_file import read
from app.rehearsal.published import projects
from tests.conftest import World
from tests.decisions.build import ranked
from tests.decisions.what_ifs import compared, drawn_up

TABLE = Path(__file__).parents[2] / "docs" / "what-ifs.md"
ENVELOPES = (45, 60, 72)
MILLION = 1_000_000


def call_21() -> tuple[Topic, Topic]:
    """Its list, in the order of the file, which is no published rank: before and after the money was raised.

    The eight published consortia with their partners, then the synthetic ones above the thresholds.
    """
    call = read("imi2-call-21")
    (inflow,) = call.stages[0].inflows
    listed = []
    for real in inflow.real:
        bodies = [Body(p.name, p.country, p.kind) for p in projects()[real.acronym].participants]
        listed.append((real.acronym, real.asks, bodies))
    for some in inflow.synthetic:
        if some.quality == "good":
            listed += [(f"synthetic {number}", some.asks, []) for number in range(1, some.count + 1)]
    candidates = [
        Candidate(Waiting(UUID(int=rank), name, rank, Decimal(asks)), bodies)
        for rank, (name, asks, bodies) in enumerate(listed, 1)
    ]
    (topic,) = call.topics
    assert topic.raised_to is not None
    return (
        Topic(topic.reference, (), candidates, Decimal(topic.envelope)),
        Topic(topic.reference, (), candidates, Decimal(topic.raised_to)),
    )


def row(told: Figures) -> str:
    def millions(amount: Decimal) -> str:
        return f"{amount / MILLION:.1f}"

    cells = [
        millions(told.envelope), str(told.funded), millions(told.contribution), millions(told.left),
        str(len(told.countries)), ", ".join(told.first_on_reserve) or "nobody",
        ", ".join(told.comes_in) or "none",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


@pytest.fixture(scope="module")
def sets() -> list[Figures]:
    before, _ = call_21()
    return [figures([drawn(before, Decimal(each * MILLION))]) for each in ENVELOPES]


def test_with_72_million_the_eight_published_projects_are_funded(sets: list[Figures]) -> None:
    (inflow,) = read("imi2-call-21").stages[0].inflows
    assert inflow.expected is not None
    assert list(sets[-1].proposals) == sorted(inflow.expected.funded_acronyms or (), key=str.casefold)
    assert [told.funded for told in sets] == [3, 6, 8]
    assert len(sets[-1].first_on_reserve) == 1


def test_more_money_takes_the_next_on_the_list_and_drops_nobody(sets: list[Figures]) -> None:
    for less, more in pairwise(sets):
        assert list(more.proposals[: less.funded]) == list(less.proposals)
    assert [told.falls_out for told in sets] == [[], [], []]
    _, after = call_21()
    back = figures([drawn(after, Decimal(45 * MILLION))])
    assert list(back.falls_out) == list(sets[-1].comes_in)


def test_the_table_of_the_documentation_is_what_the_rules_make_of_the_file(sets: list[Figures]) -> None:
    text = TABLE.read_text(encoding="utf-8").splitlines()
    assert [line for line in text if line.startswith("| ") and line[2].isdigit()] == [
        row(told) for told in sets
    ]


@pytest.mark.anyio
async def test_the_same_list_drawn_up_over_the_wire_comes_to_the_same(
    world: World, sets: list[Figures]
) -> None:
    topic, _ = call_21()
    there = await ranked(world, *(f"{one.place.requested:.2f}" for one in topic.candidates))
    for each in reversed(ENVELOPES):
        amount = {there.topic_stage: f"{each * MILLION}.00"}
        assert (await drawn_up(there, there.office, f"{each} million", **amount)).status_code == 201
    told = [one["figures"] for one in await compared(there, there.members[0])]
    assert [one["funded"] for one in told] == [one.funded for one in sets]
    assert [one["contribution"]["amount"] for one in told] == [f"{one.contribution:.2f}" for one in sets]
    assert [one["left"]["amount"] for one in told] == [f"{one.left:.2f}" for one in sets]
