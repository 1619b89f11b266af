"""What-if sets: what other envelopes would fund on closed lists, who sees them; nothing is touched."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage
from app.decisions.what_if.models import WhatIfReading
from app.evaluation.panel.models import Panel, PanelState
from tests.build import person
from tests.conftest import Counting, World
from tests.decisions.build import Ranked, decided, motion_on, ranked, released
from tests.decisions.money import apply, reasons
from tests.decisions.reserves import closed, withdrawn
from tests.decisions.votes import named, put
from tests.decisions.what_ifs import another_topic, compared, digests, drawn_up, in_field, sealed
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
FOUR = ("30000000.00", "10000000.00", "8000000.00", "2000000.00")
"""Of 45 million the first two are funded; the third starts the reserve list, before a cheap fourth."""


async def test_a_set_tells_what_comes_in_and_falls_out_and_the_list_is_untouched(world: World) -> None:
    there = await ranked(world, *FOUR, below=("1000.00",))
    first, second, third, fourth = (one.reference for one in there.proposals[:4])
    await sealed(world, *there.proposals[:2], kinds=("research", "sme", "large_company"), brings="5000000")
    await sealed(world, there.proposals[2], kinds=("patient_organisation", "sme", "sme"), brings="1000.5")
    before = await digests(world)
    for name, amount in (("less", "39999999.99"), ("more", "48000000.00"), ("all", "50000000.00")):
        assert (await drawn_up(there, there.office, name, **{there.topic_stage: amount})).status_code == 201
    more, less, everything = _by_name(await compared(there, there.office), "more", "less", "all")
    told = [one["figures"] for one in (less, more, everything)]
    assert [one["funded"] for one in told] == [1, 3, 4]
    assert [one["contribution"]["amount"] for one in told] == ["30000000.00", "48000000.00", "50000000.00"]
    assert [one["left"]["amount"] for one in told] == ["9999999.99", "0.00", "0.00"]
    assert [one["first_on_reserve"] for one in told] == [[second], [fourth], []]
    assert [one["comes_in"] for one in told] == [[], [third], [third, fourth]]
    assert [one["falls_out"] for one in told] == [[second], [], []]
    assert [one["in_kind"]["amount"] for one in told] == ["5000000.00", "10001000.50", "10001000.50"]
    assert [one["financial"]["amount"] for one in told] == ["500000.00", "1000100.05", "1000100.05"]
    assert [(one["smes"], one["patient_organisations"]) for one in told] == [(1, 0), (4, 1), (4, 1)]
    assert told[1]["countries"] == ["BE", "DE", "FR"]
    assert [one["moved"]["amount"] for one in (less, more)] == ["-5000000.01", "3000000.00"]
    assert more["present"]["proposals"] == [first, second]
    assert await digests(world) == before == [(now, now) for now, _ in before]
    assert (await decided(there))["lines"][2]["outcome"] == "reserve"


def _by_name(items: list[dict[str, object]], *names: str) -> list[dict[str, object]]:
    found = {one["name"]: one for one in items}
    return [found[name] for name in names]


async def test_money_moved_between_topics_is_told_together_and_by_topic(world: World) -> None:
    there = await world.prepared(ranked, *FOUR)
    other = await another_topic(world, there, "10000000.00", "6000000.00", "5000000.00")
    await in_field(world, there, "Vaccines")
    moved = {there.topic_stage: "44000000.00", other.topic_stage: "11000000.00"}
    made = (await drawn_up(there, there.members[1], "move a million", **moved)).json()
    assert made["moved"]["amount"] == "0.00"
    assert (made["figures"]["funded"], made["present"]["funded"]) == (4, 3)
    assert made["figures"]["comes_in"] == [other.proposals[1].reference]
    assert made["figures"]["focus_areas"] == ["Vaccines"]
    one, two = made["parts"]
    assert [part["figures"]["left"]["amount"] for part in (one, two)] == ["4000000.00", "0.00"]
    assert [part["present"]["amount"] for part in (one, two)] == ["45000000.00", "10000000.00"]
    panels = (await there.office.get("/panels")).json()["items"]
    kept = {(await is_there(there.office, f"/panels/{each['id']}"))["digest"] for each in panels}
    assert {part["list_digest"] for part in (one, two)} == kept


async def test_who_has_left_takes_no_money_in_a_set_either(world: World) -> None:
    there = await world.prepared(ranked, *FOUR)
    await closed(world, there)
    made = (await drawn_up(there, there.office, "as now", **{there.topic_stage: "45000000.00"})).json()
    assert made["figures"]["proposals"] == [one.reference for one in there.proposals[:2]]
    await withdrawn(there, 0)
    now = await is_there(there.office, f"/what_ifs/{made['id']}")
    assert now["figures"]["proposals"] == [one.reference for one in there.proposals[1:]]
    assert now["outdated"] is False


async def test_sets_are_drawn_up_before_the_vote_and_after_the_release(world: World) -> None:
    there = await world.prepared(ranked, *FOUR)
    await decided(there)
    assert (await drawn_up(there, there.office, "then", **{there.topic_stage: "1.00"})).status_code == 201
    there = await ranked(world, *FOUR)
    await released(there)
    answer = await drawn_up(there, there.members[0], "still", **{there.topic_stage: "48000000.00"})
    assert answer.json()["figures"]["funded"] == 3


async def test_a_set_whose_list_was_reopened_is_outdated_and_told_of_the_old_list(world: World) -> None:
    there = await world.prepared(ranked, *FOUR)
    made = (await drawn_up(there, there.office, "before", **{there.topic_stage: "48000000.00"})).json()
    panel = (await there.office.get("/panels")).json()["items"][0]["id"]
    fault = {"fault": "late_conflict", "text": "A conflict came up after the list was closed."}
    await there.office.post(f"/panels/{panel}/reopen", fault)
    await there.second.make(f"/panels/{panel}/reopen", fault)
    now = await is_there(there.members[0], f"/what_ifs/{made['id']}")
    assert (made["outdated"], now["outdated"], now["parts"][0]["outdated"]) == (False, True, True)
    assert now["figures"] == made["figures"]
    refused = await drawn_up(there, there.office, "again", **{there.topic_stage: "48000000.00"})
    assert reasons(refused) == [("no-closed-list", "/body/envelopes/0/topic_stage_id")]


async def test_no_set_is_drawn_up_on_what_is_open_short_twice_elsewhere_or_unknown(world: World) -> None:
    there, elsewhere = await ranked(world, *FOUR), await ranked(world, "1.00")
    path = [("no-closed-list", "/body/envelopes/0/topic_stage_id")]
    for key in (elsewhere.topic_stage, str(uuid4())):
        assert reasons(await drawn_up(there, there.office, "other", **{key: "1.00"})) == path
    twice = [{"topic_stage_id": there.topic_stage, "envelope": {"amount": "1.00", "currency": "EUR"}}] * 2
    answer = await there.office.post(
        f"/calls/{there.made['call']['id']}/what_ifs", {"name": "twice", "envelopes": twice}
    )
    assert reasons(answer) == [("topic-twice", "/body/envelopes/1/topic_stage_id")]
    nothing = await drawn_up(there, there.office, "nothing", **{there.topic_stage: "0.00"})
    assert nothing.status_code == 422
    async with world.sessions() as session, session.begin():
        stage = update(Stage).where(Stage.id == UUID(there.made["stage"]["id"]))
        await session.execute(stage.values(kind="short"))
    assert reasons(await drawn_up(there, there.office, "short", **{there.topic_stage: "1.00"})) == path
    async with world.sessions() as session, session.begin():
        await session.execute(stage.values(kind="full"))
        here = update(Panel).where(Panel.topic_stage_id == UUID(there.topic_stage))
        await session.execute(here.values(state=PanelState.RANKED, digest=None))
    assert reasons(await drawn_up(there, there.office, "open", **{there.topic_stage: "1.00"})) == path
    assert (await there.office.get("/what_ifs")).json()["items"] == []


async def two_sets(world: World) -> tuple[Ranked, Ranked, str, str]:
    """One set on both topics of a call, one on the second alone."""
    there = await ranked(world, *FOUR)
    other = await another_topic(world, there, "10000000.00", "6000000.00", "5000000.00")
    both = {there.topic_stage: "44000000.00", other.topic_stage: "11000000.00"}
    one = await drawn_up(there, there.office, "both", **both)
    two = await drawn_up(there, there.office, "second", **{other.topic_stage: "11000000.00"})
    return there, other, one.json()["id"], two.json()["id"]


@pytest.mark.parametrize("who", ["applying member", "recused member", "applying officer"])
async def test_who_is_out_of_one_list_sees_no_set_that_has_it_nowhere(world: World, who: str) -> None:
    there, other, both, second = await world.prepared(two_sets)
    actor = there.second if who == "applying officer" else there.members[2]
    assert [one["id"] for one in await compared(there, actor)] == [second, both]
    if who == "recused member":
        motion = await motion_on(there)
        await there.office.make(f"/motions/{motion['id']}/put_to_vote")
        out = {"account_id": str(actor.id), "reason": "A former colleague applies."}
        await there.office.post(f"/motions/{motion['id']}/recuse_member", out)
        await there.second.make(f"/motions/{motion['id']}/recuse_member", out)
    else:
        await apply(world, there, actor)
    await is_hidden(actor, f"/what_ifs/{both}")
    assert [one["id"] for one in (await actor.get("/what_ifs")).json()["items"]] == [second]
    (left,) = await compared(there, actor)
    assert left["id"] == second
    path = f"/calls/{there.made['call']['id']}/what_if_comparison"
    for key in (both, str(uuid4())):
        assert (await actor.get(path, params={"what_if": key})).status_code == 404
    hidden = await drawn_up(there, actor, "again", **{there.topic_stage: "1.00"})
    missing = await drawn_up(there, actor, "again", **{str(uuid4()): "1.00"})
    assert reasons(hidden) == reasons(missing) == [("no-closed-list", "/body/envelopes/0/topic_stage_id")]
    assert (await drawn_up(there, actor, "mine", **{other.topic_stage: "1.00"})).status_code == 201


async def test_who_is_out_of_the_last_topic_of_a_set_is_out_of_the_set(world: World) -> None:
    there, other, both, second = await world.prepared(two_sets)
    first = (await drawn_up(there, there.office, "first", **{there.topic_stage: "1.00"})).json()["id"]
    await apply(world, other, there.members[1])
    for key in (both, second):
        await is_hidden(there.members[1], f"/what_ifs/{key}")
    assert [one["id"] for one in await compared(there, there.members[1])] == [first]


async def test_applicants_experts_and_strangers_see_no_set(world: World) -> None:
    there, _, both, _ = await world.prepared(two_sets)
    path = f"/calls/{there.made['call']['id']}/what_if_comparison"
    for who in (there.proposals[0].coordinator, await person(world, "stranger")):
        await is_hidden(who, f"/what_ifs/{both}")
        assert (await who.get(path)).status_code == 404
        assert (await drawn_up(there, who, "mine", **{there.topic_stage: "1.00"})).status_code == 403
    assert (await world.client().get(f"/v1{path}")).status_code == 404


async def test_who_looks_at_a_set_is_kept_for_staff_to_read(world: World) -> None:
    there, _, both, second = await world.prepared(two_sets)
    member, auditor = there.members[1], await person(world, "auditor", "auditor")
    await compared(there, member, both)
    seen = await is_there(member, f"/what_ifs/{second}")
    assert "readings" not in seen
    told = (await is_there(auditor, f"/what_ifs/{both}"))["readings"]
    assert [one["account_id"] for one in told] == [str(there.office.id), str(member.id)]
    async with world.sessions() as session:
        of_member = select(WhatIfReading.what_if_id).where(WhatIfReading.account_id == member.id)
        assert [str(key) for key in await session.scalars(of_member.order_by(WhatIfReading.at))] == [
            both, second,
        ]  # fmt: skip


async def test_more_sets_cost_no_more_statements(world: World, counting: Counting) -> None:
    there = await world.prepared(ranked, *FOUR)
    await sealed(world, *there.proposals)
    other = await another_topic(world, there, "10000000.00", "6000000.00", "5000000.00")
    await drawn_up(there, there.office, "one", **{there.topic_stage: "1.00"})
    with counting() as few:
        assert len(await compared(there, there.office)) == 1
    for number in range(4):
        both = {there.topic_stage: f"{number + 1}0000000.00", other.topic_stage: "11000000.00"}
        await drawn_up(there, there.office, f"set {number}", **both)
    with counting() as many:
        assert len(await compared(there, there.office)) == 5
    assert len(many) == len(few)


async def test_a_set_is_drawn_as_the_motion_on_the_list_passes_over(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", "15000000.00")
    await sealed(world, *there.proposals)
    first, second, third = (one.reference for one in there.proposals)
    made = (await drawn_up(there, there.office, "As it is", **{there.topic_stage: "45000000.00"})).json()
    (part,) = (await is_there(there.office, f"/what_ifs/{made['id']}"))["parts"]
    assert (part["passed_over"], part["figures"]["proposals"]) == ([], [first])
    motion = await put(there, passed_over=[named(there, 2)])
    assert motion.status_code == 201, motion.text
    read = await is_there(there.office, f"/what_ifs/{made['id']}")
    (part,) = read["parts"]
    assert (part["passed_over"], part["figures"]["proposals"]) == ([second], [first, third])
    assert (read["present"]["proposals"], part["figures"]["first_on_reserve"]) == ([first, third], [second])
    more = (await drawn_up(there, there.office, "More", **{there.topic_stage: "50000000.00"})).json()
    read = await is_there(there.office, f"/what_ifs/{more['id']}")
    assert read["figures"]["proposals"] == [first, second], "what fits is not passed over for want of money"
