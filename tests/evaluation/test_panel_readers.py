"""Members read what the panel judges, experts of other panels compare it: who reads what, and until when."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import select

from app.consortia.models import Partner
from app.core.outbox import Mail
from app.evaluation.consensus.rules import leaning, mean_of
from tests.build import person
from tests.conftest import Counting, World
from tests.evaluation.build import (
    evaluated,
    expert,
    group,
    in_evaluation,
    reported,
    seated,
)
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_rooms import conflicted, named, panel_of, planned
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
CLEAR = {"conflicts": [], "no_other": True}


async def test_members_read_the_proposals_of_their_panel_once_declared_until_it_is_closed(
    world: World,
) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("3", "3", "4"), ("3", "4", "4"))
    elsewhere = await evaluated(world, ("4", "4", "4"))
    first, second, third = topic.proposals
    panel, other_panel = await panel_of(topic), await panel_of(elsewhere)
    ada, eve = await expert(topic, "ada"), await expert(elsewhere, "eve")
    stranger, watcher = await person(world, "stranger"), await person(world, "watcher", "observer")
    await conflicted(topic, ada, first.id)
    seat = f"/panel_seats/{(await named(topic, panel, ada.actor))['id']}"
    await named(elsewhere, other_panel, eve.actor)
    watching = f"/panel_seats/{(await named(topic, panel, watcher, 'observer'))['id']}"
    paths = [f"/proposals/{one.id}" for one in topic.proposals]
    for path in paths:
        assert (await topic.office.get(path)).status_code == 200
        for who in (ada.actor, eve.actor, watcher, stranger):
            assert await same_as_missing(who, path)
    cards = (await ada.actor.get(f"{seat}/cards")).json()["items"]
    assert {one["proposal_id"] for one in cards} == {second.id, third.id}
    assert (await topic.office.get(f"{seat}/cards")).status_code == 404
    assert (await watcher.get(f"{watching}/cards")).status_code == 404
    assert codes(await watcher.post(f"{watching}/declare", CLEAR)) == ["no-member"]
    assert (await topic.office.post(f"{seat}/declare", CLEAR)).status_code == 403
    said = {"proposal_id": third.id, "situation": "D4", "text": "My brother leads a part of it."}
    wrong = {"conflicts": [said | {"proposal_id": elsewhere.proposals[0].id}], "no_other": True}
    assert codes(await ada.actor.post(f"{seat}/declare", wrong)) == ["no-such-proposal"]
    read = await ada.actor.make(f"{seat}/declare", {"conflicts": [said], "no_other": True})
    assert read["declared_at"] is not None
    for path, reads in zip(paths, (False, True, False), strict=True):
        assert (await ada.actor.get(path)).status_code == (200 if reads else 404)
        assert await same_as_missing(eve.actor, path)
    assert [one["id"] for one in (await ada.actor.get("/proposals")).json()["items"]] == [second.id]
    assert (await ada.actor.get(f"{paths[1]}/sealed/1")).status_code == 200
    assert (await ada.actor.get(f"{paths[0]}/sealed/1")).status_code == 404
    kept = (await topic.office.get(f"{paths[1]}/readings")).json()["items"]
    assert [one["name"] for one in kept] == ["ada"]
    assert (await ada.actor.get("/reports")).json()["items"] == []
    assert (await ada.actor.get("/consensus_reports")).json()["items"] == []
    inadmissible = {"rule": "M-04", "text": "No."}
    assert (await ada.actor.post(f"{paths[1]}/find_inadmissible", inadmissible)).status_code == 403
    because = {"reason": "To be looked into."}
    await topic.office.make(f"/contracts/{ada.contract}/suspend", because)
    assert await same_as_missing(ada.actor, paths[1])
    await topic.office.make(f"/contracts/{ada.contract}/resume", because)
    assert (await ada.actor.get(paths[1])).status_code == 200
    await topic.office.make(f"{panel}/rank")
    await topic.office.make(f"{panel}/close")
    assert await same_as_missing(ada.actor, paths[1])
    assert codes(await ada.actor.post(f"{seat}/declare", CLEAR)) == ["panel-closed"]


async def test_v18_an_expert_of_another_panel_compares_and_the_panel_reads_the_note(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("3", "3", "4"))
    first, second = topic.proposals
    panel, member = await panel_of(topic), await expert(topic, "member")
    await named(topic, panel, member.actor)
    items = {one["proposal_id"]: f"/panel_items/{one['id']}" for one in await planned(topic, panel)}
    dora, emma = await expert(topic, "dora"), await expert(topic, "emma")
    late = await topic.office.post(f"/contracts/{dora.contract}/assignments", {"proposal_id": first.id})
    assert codes(late) == ["not-in-evaluation"]
    asked = {"proposal_id": first.id, "reads_only": True}
    seats = {}
    for who in (dora, emma):
        seat = await topic.office.make(f"/contracts/{who.contract}/assignments", asked)
        seats[who.id] = str(seat["id"])
        await topic.office.make(f"/assignments/{seat['id']}/invite")
        assert await same_as_missing(who.actor, f"/proposals/{first.id}")
        await who.actor.make(f"/assignments/{seat['id']}/accept", {"clear": True})
    (consensus,) = [
        f"/consensus_reports/{one['id']}"
        for one in (await topic.office.get("/consensus_reports")).json()["items"]
        if one["proposal_id"] == first.id
    ]
    assert await same_as_missing(dora.actor, consensus)
    invite = f"{consensus}/invite_to_compare"
    assert (await member.actor.post(invite, {"assignment_id": seats[dora.id]})).status_code == 404
    for who in (dora, emma):
        await topic.office.make(invite, {"assignment_id": seats[who.id]})
    assert [one["kind"] for one in (await dora.actor.get("/me")).json()["waiting"]] == ["read"]
    read = (await dora.actor.get(consensus)).json()
    assert read.keys() == {
        "id", "state", "actions", "proposal_id", "points", "majority_view", "minority_view", "notes",
    }  # fmt: skip
    assert {one["score"] for one in read["points"]} == {"4.00"}
    assert (await dora.actor.get(f"/proposals/{first.id}")).status_code == 200
    for path in (f"{consensus}/workbench", f"/proposals/{second.id}"):
        assert (await dora.actor.get(path)).status_code == 404
    assert (await dora.actor.get("/reports")).json()["items"] == []
    assert codes(await dora.actor.post(f"/assignments/{seats[dora.id]}/reports")) == [
        "reads-across", "not-in-evaluation",
    ]  # fmt: skip
    talk = {"criterion": "impact", "text": "Well."}
    assert (await dora.actor.post(f"{consensus}/discuss", talk)).status_code == 403
    note, said = f"{consensus}/give_note", {"criterion": "impact", "text": "Others got 3.5 for as much."}
    wrong = {"view": "High.", "remarks": [said, said, said | {"criterion": "beauty"}]}
    assert codes(await dora.actor.post(note, wrong)) == ["remarked-twice", "no-criterion"]
    given = await dora.actor.make(note, {"view": "High, beside others.", "remarks": [said]})
    assert [one["view"] for one in given["notes"]] == ["High, beside others."]
    assert (await emma.actor.get(consensus)).json()["notes"] == []
    for who in (member.actor, topic.office):
        (shown,) = (await who.get(items[first.id])).json()["notes"]
        assert (shown["view"], shown["remarks"]) == ("High, beside others.", [said])
        assert "dora" not in shown["label"]
        assert (await who.get(items[second.id])).json()["notes"] == []
    conflict = {"situation": "D4", "text": "My sister works there."}
    await dora.actor.make(f"/assignments/{seats[dora.id]}/declare_conflict", conflict)
    assert (await member.actor.get(items[first.id])).json()["notes"] == []
    assert await same_as_missing(dora.actor, consensus)
    await topic.office.make(f"{panel}/rank")
    for item in items.values():
        await topic.office.make(f"{item}/take_up")
        await topic.office.make(f"{item}/keep", {})
    await topic.office.make(f"{panel}/close")
    assert codes(await emma.actor.post(note, {"view": "Low.", "remarks": []})) == ["panel-closed"]


async def test_a_seat_from_which_one_only_reads_is_none_of_the_experts_needed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    experts = await group(topic, proposal)
    dora = await expert(topic, "dora")
    asked = {"proposal_id": proposal.id, "reads_only": True}
    await topic.office.make(f"/contracts/{dora.contract}/assignments", asked)
    waits = (await topic.office.get("/me")).json()["waiting"]
    assert [one for one in waits if one["kind"] == "replace"] == []
    because = {"reason": "Not what was asked for."}
    await topic.office.make(f"/assignments/{experts[0][1]}/void", because)
    waits = (await topic.office.get("/me")).json()["waiting"]
    assert [one["title"] for one in waits if one["entity"] == "proposal"] != []


async def test_spreads_are_the_offices_and_the_moderators_own(world: World) -> None:
    topic = await in_evaluation(world, 2)
    first, second = topic.proposals
    people = [await expert(topic, name) for name in "abc"]
    scores = {
        first.id: (("5", "4", "4"), ("3", "4", "4"), ("4", "4", "4")),
        second.id: (("4", "4", "4"),) * 3,
    }
    for proposal in topic.proposals:
        for who, given in zip(people, scores[proposal.id], strict=True):
            await reported(who, await seated(topic, who, proposal), given)
    path = f"/calls/{topic.call}/report_spreads"
    mod, stranger = await expert(topic, "mod"), await person(world, "stranger")
    for who in (mod.actor, stranger, people[0].actor, topic.members[0], first.coordinator):
        assert await same_as_missing(who, path)
    found = (await topic.office.get(path)).json()
    assert [(one["reference"], one["spread"], one["reports"]) for one in found["proposals"]] == [
        (first.reference, "2.00", 3), (second.reference, "0.00", 3),
    ]  # fmt: skip
    (excellence, *_) = found["proposals"][0]["criteria"]
    assert (excellence["least"], excellence["most"], excellence["spread"]) == ("3.00", "5.00", "2.00")
    assert {one["name"] for one in found["experts"]} == {"a", "b", "c"}
    assert {(one["reports"], one["leaning"]) for one in found["experts"]} == {(2, None)}

    rapporteur = (await topic.office.get("/assignments", params={"proposal_id": first.id})).json()["items"]
    opened = {"rapporteur_id": rapporteur[0]["id"]}
    consensus = await topic.office.make(f"/proposals/{first.id}/consensus_reports", opened)
    moderates = f"/consensus_reports/{consensus['id']}/name_moderator"
    await topic.office.make(moderates, {"contract_id": mod.contract})
    mine = (await mod.actor.get(path)).json()
    assert [one["reference"] for one in mine["proposals"]] == [first.reference]
    assert {one["name"] for one in mine["experts"]} == {None}
    assert all(len(one["labels"]) == 1 for one in mine["experts"])
    await conflicted(topic, mod, first.id)
    assert await same_as_missing(mod.actor, path)
    read = (await topic.office.get(f"/consensus_reports/{consensus['id']}")).json()
    assert [one["until"] is None for one in read["moderators"]] == [False]


async def test_a_leaning_is_exact_and_stands_on_enough_reports() -> None:
    own = {"a": Decimal("4.5"), "b": Decimal("2")}
    others = [{"a": Decimal(4), "b": Decimal(3)}, {"a": Decimal(3), "b": Decimal(3)}, {"a": Decimal(3)}]
    assert leaning(own, others) == [Fraction(7, 6), Fraction(-1)]
    assert leaning(own, []) == []
    assert mean_of(leaning(own, others)) == Decimal("0.08")


async def test_a_moderator_whom_data_show_to_have_a_conflict_moderates_no_more(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    experts = await group(topic, proposal)
    opened = {"rapporteur_id": experts[0][1]}
    consensus = await topic.office.make(f"/proposals/{proposal.id}/consensus_reports", opened)
    path, mod = f"/consensus_reports/{consensus['id']}", await expert(topic, "mod")
    await topic.office.make(f"{path}/name_moderator", {"contract_id": mod.contract})
    assert (await mod.actor.get(path)).status_code == 200
    async with world.sessions() as session:
        lead = await session.scalar(
            select(Partner.organisation_id).where(Partner.consortium_id == UUID(proposal.consortium))
        )
    job = {"organisation_id": str(lead), "since": "2015-01-01", "until": None}
    await mod.actor.make(f"/experts/{mod.id}/employments", job)
    assert await same_as_missing(mod.actor, path)
    read = (await topic.office.get(path)).json()
    assert [one["until"] is None for one in read["moderators"]] == [False]
    (found,) = (await topic.office.get("/conflicts")).json()["items"]
    assert (found["proposal_id"], found["state"]) == (proposal.id, "found")
    async with world.sessions() as session:
        mails = (await session.scalars(select(Mail).where(Mail.kind == "moderator_lost"))).all()
    assert {mail.recipient for mail in mails} == {topic.office.email, topic.second.email}
    assert not any("mod" in mail.text.replace("moderator", "") for mail in mails)


async def test_spreads_take_as_many_statements_for_more_proposals(world: World, counting: Counting) -> None:
    taken = []
    for count in (1, 4):
        topic = await evaluated(world, *(("4", "4", "4") for _ in range(count)))
        with counting() as statements:
            found = await topic.office.get(f"/calls/{topic.call}/report_spreads")
        assert len(found.json()["proposals"]) == count
        taken.append(len(statements))
    assert taken[0] == taken[1]
