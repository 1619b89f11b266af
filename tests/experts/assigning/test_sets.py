"""Drafts by hand: seats put and taken, everything that is broken at once, release, invitation, undoing."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.core.clock import machine_now
from app.experts.affinity.measuring import measure
from app.experts.conflicts.models import Conflict, ConflictState
from app.experts.models import Assignment, Contract, ContractState
from app.proposals.models import Proposal, ProposalState
from tests.build import fresh, person
from tests.conftest import Counting, World
from tests.consortia.build import consortium
from tests.evaluation.build import invited
from tests.experts.assigning.build import given, seats_in, stage
from tests.experts.test_campaigns import mails
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


def kinds(read: dict[str, Any]) -> list[str]:
    """What is broken; that a panel is without a rapporteur is looked at apart."""
    return [one["kind"] for one in read["broken"] if one["kind"] != "rapporteur"]


async def test_a_draft_by_hand_shows_loads_affinity_balance_and_what_it_breaks(world: World) -> None:
    here = await stage(world, least=1, most=1)
    await measure(world.sessions, UUID(here.id))
    made = await here.make((0, 0), (0, 1))
    assert (made["state"], made["version"], made["unmeasured"]) == ("draft", 2, 0)
    assert kinds(made) == ["least_load", "least_load", "most_load"]
    assert "expert0 has 2 proposals, at most 1 are allowed." in [one["text"] for one in made["broken"]]
    assert sorted(seat["affinity"] > 0 for seat in made["seats"]) == [False, True]
    assert made["figures"]["balance"] == {
        "least": 0, "most": 2, "mean": pytest.approx(2 / 3), "deviation": pytest.approx(0.9428, abs=1e-4),
        "without": 2,
    }  # fmt: skip
    assert made["figures"]["worst"]["reference"] == here.proposals[1].reference
    assert made["figures"]["total"] == pytest.approx(sum(one["affinity"] for one in made["panels"]))
    moved = {"take": [here.seat(0, 1)], "put": [here.seat(1, 1, fixed=True)]}
    read = (await here.topic.office.patch(f"/assignment_sets/{made['id']}", moved, 2)).json()
    assert kinds(read) == ["least_load"]
    assert {seat["name"]: seat["fixed"] for seat in read["seats"]} == {"expert0": False, "expert1": True}


async def test_a_rule_with_a_weight_is_told_and_is_not_hard(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), rules={"organisation": None, "panel_size": {"weight": 0.1}})
    assert next((one["kind"], one["hard"]) for one in made["broken"]) == ("panel_size", False)
    released = await here.topic.office.post(f"/assignment_sets/{made['id']}/release")
    assert released.status_code == 200, released.text


async def test_nobody_edits_what_they_have_not_read_and_unknown_ids_are_named(world: World) -> None:
    here = await world.prepared(stage)
    made, path = await here.make((0, 0)), "/assignment_sets/"
    stale = await here.topic.office.patch(f"{path}{made['id']}", {"title": "Late"}, 1)
    assert stale.status_code == 412
    unknown = {
        "put": [{"contract_id": str(uuid4()), "proposal_id": str(uuid4())}],
        "terms": given(apart=[[str(uuid4()), here.experts[0].contract]]),
    }
    wrong = await here.topic.office.patch(f"{path}{made['id']}", unknown, 2)
    assert wrong.status_code == 422
    assert [one["path"] for one in wrong.json()["reasons"]] == [
        "/body/put/0/contract_id",
        "/body/put/0/proposal_id",
        "/body/terms/apart/0",
    ]
    gone = await here.topic.office.patch(f"{path}{made['id']}", {"take": [here.seat(2, 1)]}, 2)
    assert gone.json()["reasons"][0]["code"] == "no-such-seat"
    missing = await here.topic.office.post(f"/stages/{here.id}/assignment_sets", {"title": "No terms"})
    assert missing.status_code == 422


async def test_a_copy_has_the_seats_and_is_changed_alone(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    copy = {"title": "Copy", "copy_of": made["id"]}
    copied = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", copy)
    moved = {"take": [here.seat(1, 1)], "put": [here.seat(2, 1)]}
    await here.topic.office.patch(f"/assignment_sets/{copied['id']}", moved, 1)
    told = (await here.topic.office.get(f"/assignment_sets/{made['id']}/comparison/{copied['id']}")).json()
    assert told["both"] == 1
    assert [one["name"] for one in told["only_here"]] == ["expert1"]
    assert [one["name"] for one in told["only_there"]] == ["expert2"]
    assert (told["here"]["seats"], told["there"]["seats"]) == (2, 2)
    other = await stage(world)
    foreign = await other.topic.office.post(f"/stages/{other.id}/assignment_sets", copy)
    assert foreign.json()["reasons"][0]["code"] == "other-stage"
    await here.topic.office.make(f"/assignment_sets/{copied['id']}/discard")


async def test_a_release_proposes_all_seats_and_invites_on_demand(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    read = (await here.topic.office.get(f"/assignment_sets/{made['id']}")).json()
    assert (read["state"], [seat["state"] for seat in read["seats"]]) == ("released", ["proposed"] * 2)
    await here.topic.office.make(f"/assignment_sets/{made['id']}/invite")
    seats = (await here.topic.office.get("/assignments")).json()["items"]
    assert [one["state"] for one in seats] == ["invited"] * 2
    for expert in here.experts[:2]:
        (mail,) = [one for one in await mails(world, expert.actor.email) if "to judge" in one]
        assert "one proposal of call" in mail
        assert not any(one.reference in mail for one in here.proposals)
    assert not any("to judge" in one for one in await mails(world, here.experts[2].actor.email))
    again = await here.topic.office.post(f"/assignment_sets/{made['id']}/invite")
    assert codes(again) == ["all-invited"]


async def test_a_release_is_refused_with_every_reason(world: World) -> None:
    here = await stage(world, proposals=3)
    made = await here.make((0, 0), (1, 1))
    async with world.sessions() as session, session.begin():
        barring = fresh(Conflict, ConflictState.BLOCKING, situation="D2", path="told", reason="r")
        barring.account_id = here.experts[0].actor.id
        barring.expert_id, barring.proposal_id = UUID(here.experts[0].id), UUID(here.proposals[0].id)
        barring.topic_id = here.topic.id
        session.add(barring)
        over = update(Contract).where(Contract.id == UUID(here.experts[1].contract))
        await session.execute(over.values(state=ContractState.ENDED, ended_at=machine_now()))
        early = update(Proposal).where(Proposal.id == UUID(here.proposals[2].id))
        await session.execute(early.values(state=ProposalState.ELIGIBLE))
    refused = await here.topic.office.post(f"/assignment_sets/{made['id']}/release")
    assert sorted(codes(refused)) == [
        "conflict", "no_contract", "not-in-evaluation", "panel_size", "panel_size",
    ]  # fmt: skip
    texts = [one["text"] for one in refused.json()["reasons"]]
    assert (
        "The expert benefits if the proposal is accepted or rejected (D2): a conflict is blocking: told."
        in texts
    )
    assert (await here.topic.office.get("/assignments")).json()["items"] == []


async def test_who_applies_in_the_topic_is_barred_with_the_reason(world: World) -> None:
    here = await world.prepared(stage)
    await consortium(here.experts[0].actor, here.topic.topic_stage)
    made = await here.make((0, 0), (1, 1))
    assert next((one["kind"], one["hard"]) for one in made["broken"]) == ("conflict", True)
    assert "(D9)" in made["broken"][0]["text"]


async def test_a_conflict_that_comes_up_after_the_release_stops_the_invitation(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    await consortium(here.experts[0].actor, here.topic.topic_stage)
    refused = await here.topic.office.post(f"/assignment_sets/{made['id']}/invite")
    assert codes(refused) == ["conflict"]
    assert "(D9)" in refused.json()["reasons"][0]["text"]
    seats = (await here.topic.office.get("/assignments")).json()["items"]
    assert [one["state"] for one in seats] == ["proposed"] * 2


async def test_seats_that_stand_are_in_every_set_and_none_leaves_them_out(world: World) -> None:
    here = await world.prepared(stage)
    await invited(here.topic, here.experts[0], here.proposals[0])
    made = await here.make((1, 1))
    assert {seat["name"]: seat["fixed"] for seat in made["seats"]} == {"expert0": True, "expert1": False}
    read = (
        await here.topic.office.patch(f"/assignment_sets/{made['id']}", {"take": [here.seat(0, 0)]}, 2)
    ).json()
    assert "fixed" in kinds(read)
    assert f"expert0 has a seat on {here.proposals[0].reference} already: keep it, or void it first." in [
        one["text"] for one in read["broken"]
    ]
    await here.topic.office.patch(f"/assignment_sets/{made['id']}", {"put": [here.seat(0, 0)]}, 3)
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    assert len((await here.topic.office.get("/assignments")).json()["items"]) == 2


async def test_a_release_is_undone_as_one_until_the_first_answer(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release", {"invite": True})
    await here.topic.office.make(f"/assignment_sets/{made['id']}/undo")
    seats = (await here.topic.office.get("/assignments")).json()["items"]
    assert [one["state"] for one in seats] == ["voided"] * 2
    for one in seats:
        assert (await here.experts[0].actor.get(f"/assignments/{one['id']}")).status_code == 404
    copy = {"title": "Again", "copy_of": made["id"]}
    again = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", copy)
    await here.topic.office.make(f"/assignment_sets/{again['id']}/release", {"invite": True})
    mine = (await here.experts[0].actor.get("/assignments")).json()["items"]
    await here.experts[0].actor.make(f"/assignments/{mine[0]['id']}/accept", {"clear": True})
    late = await here.topic.office.post(f"/assignment_sets/{again['id']}/undo")
    assert codes(late) == ["answered"]


async def test_experts_are_told_that_they_are_asked_no_longer(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    path = f"/assignment_sets/{made['id']}"
    await here.topic.office.make(f"{path}/release", {"invite": True})
    await here.topic.office.make(f"{path}/undo")
    copy = {"title": "Again", "copy_of": made["id"]}
    again = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", copy)
    await here.topic.office.make(f"/assignment_sets/{again['id']}/release", {"invite": False})
    items = (await here.topic.office.get("/assignments")).json()["items"]
    for seat in items:
        if seat["state"] == "proposed":
            await here.topic.office.make(f"/assignments/{seat['id']}/void", {"reason": "So."})
    for expert in here.experts[:2]:
        told = [text for text in await mails(world, expert.actor.email) if "no longer asked" in text]
        assert len(told) == 1  # of the second seat nobody had been told
        assert not any(one.reference in told[0] for one in here.proposals)
    assert await mails(world, here.experts[2].actor.email) == []


async def test_a_seat_that_is_blocked_or_under_an_earlier_contract_is_a_hard_violation(world: World) -> None:
    here = await world.prepared(stage)
    (blocked, _), office = here.experts[:2], here.topic.office
    seat = await office.make(
        f"/contracts/{blocked.contract}/assignments", {"proposal_id": here.proposals[0].id}
    )
    await office.make(f"/assignments/{seat['id']}/conflicts", {"situation": "P1", "text": "Long ago."})
    (conflict,) = (await office.get("/conflicts")).json()["items"]
    for officer in (office, here.topic.second):
        await officer.post(f"/conflicts/{conflict['id']}/waive", {"reason": "It is long ago."})
    made = await here.make((0, 0), (1, 1))
    assert [one["kind"] for one in made["broken"] if one["hard"]] == ["forbidden"]
    assert "void it first" in made["broken"][0]["text"]
    assert codes(await office.post(f"/assignment_sets/{made['id']}/release")) == ["forbidden"]
    await office.make(f"/assignments/{seat['id']}/void", {"reason": "Waived."})
    await office.make(f"/assignment_sets/{made['id']}/release")


async def test_it_takes_as_many_statements_for_more_seats(world: World, counting: Counting) -> None:
    sent = []
    for proposals in (2, 6):
        here = await stage(world, proposals=proposals)
        made = await here.make(*((0, number) for number in range(proposals)))
        with counting() as statements:
            await here.topic.office.make(f"/assignment_sets/{made['id']}/release", {"invite": True})
        with counting() as more:
            await here.topic.office.make(f"/assignment_sets/{made['id']}/undo")
        sent.append((len(statements), len(more)))
    assert sent[0] == sent[1]


async def test_candidates_come_best_first_and_barred_last(world: World) -> None:
    here = await world.prepared(stage)
    await measure(world.sessions, UUID(here.id))
    await consortium(here.experts[0].actor, here.topic.topic_stage)
    made = await here.make((1, 1))
    path = f"/assignment_sets/{made['id']}/proposals/{here.proposals[1].id}/candidates"
    items = (await here.topic.office.get(path)).json()["items"]
    assert [one["name"] for one in items] == ["expert1", "expert2", "expert0"]
    assert (items[0]["here"], items[0]["seats"]) == (True, 1)
    assert "trials" in items[0]["words"]
    assert "(D9)" in items[2]["barred"][0]


async def test_a_seat_is_explained_by_words_rank_and_what_kept_the_next_best_out(world: World) -> None:
    here = await stage(world, most=1, least=1)
    await measure(world.sessions, UUID(here.id))
    made = await here.make((2, 0), (0, 1))
    path = f"/assignment_sets/{made['id']}/seats/{here.proposals[0].id}/{here.experts[2].contract}/why"
    told = (await here.topic.office.get(path)).json()
    assert (told["name"], told["eligible"]) == ("expert2", 3)
    assert told["rank"] > 1
    assert told["next_best"] == "expert0"
    assert f"The load of expert0 is filled by {here.proposals[1].reference}." in told["kept_out"]
    wrong = f"/assignment_sets/{made['id']}/seats/{here.proposals[0].id}/{here.experts[0].contract}/why"
    assert (await here.topic.office.get(wrong)).status_code == 404


async def test_an_import_takes_all_or_nothing_and_what_is_exported_can_be_read_in(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0))
    path, first = f"/assignment_sets/{made['id']}", here.proposals[0].reference
    table = (
        f"proposal,contract,fixed\n{first},{here.experts[1].actor.email},yes\nP-0,nobody@example.org,maybe\n"
    )
    dry = await here.topic.office.make(f"{path}/import", {"text": table})
    assert [(one["line"], one["code"]) for one in dry["faults"]] == [
        (3, "no-such-proposal"), (3, "no-such-expert"), (3, "bad-fixed"),
    ]  # fmt: skip
    wet = await here.topic.office.post(f"{path}/import", {"text": table, "dry_run": False})
    assert codes(wet) == ["no-such-proposal", "no-such-expert", "bad-fixed"]
    good = {"text": table.rsplit("P-0", 1)[0], "dry_run": False}
    await here.topic.office.make(f"{path}/import", good)
    assert await seats_in(world, made["id"]) == {(here.experts[1].contract, here.proposals[0].id)}
    assert (await here.topic.office.get(path)).json()["version"] == 3
    told = (await here.topic.office.get(f"{path}/seats.csv")).text
    as_json = (await here.topic.office.get(f"{path}/seats.json")).text
    for form, text in (("csv", told), ("json", as_json)):
        await here.topic.office.make(f"{path}/import", {"format": form, "text": text, "dry_run": False})
        assert await seats_in(world, made["id"]) == {(here.experts[1].contract, here.proposals[0].id)}
        read = (await here.topic.office.get(path)).json()
        assert read["seats"][0]["fixed"] is True


async def test_an_officer_who_applies_in_the_stage_sees_no_set_and_makes_none(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0))
    applying = await person(world, "applying", "office")
    assert (await applying.get(f"/assignment_sets/{made['id']}")).status_code == 200
    await consortium(applying, here.topic.topic_stage)
    assert (await applying.get(f"/assignment_sets/{made['id']}")).status_code == 404
    assert (await applying.get("/assignment_sets")).json()["items"] == []
    tried = await applying.post(f"/stages/{here.id}/assignment_sets", {"title": "T", "terms": given()})
    assert tried.status_code == 403
    auditor = await person(world, "auditor", "auditor")
    assert (await auditor.get(f"/assignment_sets/{made['id']}")).json()["actions"] == []
    expert = here.experts[0].actor
    assert (await expert.get(f"/assignment_sets/{made['id']}")).status_code == 404
    assert (await expert.get(f"/assignment_sets/{made['id']}/seats.csv")).status_code == 404


async def test_the_others_of_a_group_read_labels(world: World) -> None:
    here = await world.prepared(stage)
    made = await here.make((0, 0), (1, 1))
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    async with world.sessions() as session:
        found = (await session.scalars(select(Assignment))).all()
        assert {one.label[:7] for one in found} == {"Expert "}


async def test_a_seat_from_which_one_only_reads_stands_in_no_set(world: World) -> None:
    here = await world.prepared(stage)
    body = {"proposal_id": here.proposals[0].id, "reads_only": True}
    await here.topic.office.make(f"/contracts/{here.experts[0].contract}/assignments", body)
    made = await here.make((1, 0), (2, 1))
    read = (await here.topic.office.get(f"/assignment_sets/{made['id']}")).json()
    assert [one for one in read["broken"] if one["hard"]] == []
    taken = await here.make((0, 0), (2, 1))
    refused = await here.topic.office.post(f"/assignment_sets/{taken['id']}/release")
    assert refused.status_code == 409
    assert "to read alone" in str(refused.json()["reasons"])
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
