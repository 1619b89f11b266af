"""Signing a partner's part, what makes a signature void, and who keeps what was signed."""

import asyncio
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from sqlalchemy import select, update

from app.calls.models import Call
from app.calls.rule_set import rule_sets
from app.consortia.models import Partner, PartnerState, Signature
from app.core.audit import AuditEvent
from app.core.outbox import Mail
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.budget.test_budget import budget, ended, euro, says, two
from tests.consortia.build import consortium, declared, give_part, open_stage, partner, signed
from tests.proposals.build import ready

pytestmark = pytest.mark.anyio


async def signatures(actor: Actor, part_id: str) -> list[dict[str, Any]]:
    answer = await actor.get(f"/partners/{part_id}/signatures")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def codes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json()["reasons"]]


async def test_the_contact_signs_what_it_has_read_with_every_declaration(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)
    read = await says(pat, mine, personnel="10.00", requested="12.50")
    path, whole = f"/partners/{mine}/sign", declared(read)
    assert whole["declarations"] == ["participation", "accuracy", "exclusion"]
    contributor = await person(world, "contributor")
    await give_part(world, mine, contributor, "contributor")
    for other in (lead, contributor):
        assert (await other.post(path, whole)).status_code == 403
    assert codes(await pat.post(path, {"version": 2})) == [
        ("not-declared", f"/body/declarations/{key}") for key in whole["declarations"]
    ]
    assert codes(await pat.post(path, whole | {"version": 1})) == [("changed-since", "/body/version")]
    more = whole["declarations"] + ["of_something_else"]
    assert codes(await pat.post(path, whole | {"declarations": more})) == [
        ("no-such-declaration", "/body/declarations")
    ]
    assert (await pat.post(path)).status_code == 422
    assert (await pat.post(path, {"version": 2, "declarations": ["\x00"]})).status_code == 422
    assert (await lead.get(f"/partners/{mine}")).json()["signature"] is None
    done = await pat.make(path, whole)
    assert (done["state"], done["version"], done["signature"]["voided_at"]) == ("signed", 2, None)
    (kept,) = await signatures(lead, mine)
    assert kept == (await signatures(pat, mine))[0]
    assert kept["digest"] == sha256(rfc8785.dumps(kept["signed"])).hexdigest() == done["signature"]["digest"]
    told = kept["signed"]
    assert (told["figures"]["personnel"], told["figures"]["requested"]) == ("10.00", "12.50")
    assert (told["version"], told["signed_by"], len(told["declarations"])) == (2, "partner", 3)
    assert told["organisation"]["id"] == read["organisation"]["id"]
    assert [r["path"] for r in (await budget(pat, made))["unsigned"]] == [
        f"/partners/{made['partners'][0]['id']}"
    ]


async def test_the_coordinators_change_voids_a_signature_and_all_concerned_see_it(
    world: World,
) -> None:
    lead, made, pat, mine = await world.prepared(two)
    await signed(pat, mine)
    read = await says(lead, mine, personnel="1.00", requested="0.00", other_direct="2.00")
    void = read["signature"]
    assert (read["state"], void["voided_by"]) == ("accepted", "coordinator")
    assert void["voided_because"] == "personnel, other direct costs"
    assert void["voided_at"] > void["signed_at"]
    assert (await pat.get(f"/partners/{mine}")).json()["signature"] == void
    assert f"/partners/{mine}" in [r["path"] for r in (await budget(lead, made))["unsigned"]]
    async with world.sessions() as session:
        mail = (await session.scalars(select(Mail).where(Mail.kind == "partner_changed"))).one()
        events = select(AuditEvent).where(AuditEvent.entity_id == UUID(mine)).order_by(AuditEvent.seq.desc())
        event = (await session.scalars(events)).first()
    assert (mail.recipient, "signature of your part is void" in mail.text) == (pat.email, True)
    assert event is not None
    assert (event.act, event.before, event.after, event.actor_id) == ("edit", "signed", "accepted", lead.id)
    again = await signed(pat, mine)
    assert (again["state"], again["signature"]["voided_at"]) == ("signed", None)
    first, second = await signatures(pat, mine)
    assert (first["voided_because"], second["voided_because"]) == (void["voided_because"], None)
    assert second["signed"]["figures"]["personnel"] == "1.00"


async def test_ones_own_change_voids_too_and_is_told_as_that(world: World) -> None:
    _, _, pat, mine = await world.prepared(two)
    await signed(pat, mine)
    read = await says(pat, mine, self_financed=True)
    assert (read["signature"]["voided_by"], read["state"]) == ("partner", "accepted")
    assert read["signature"]["voided_because"] == "whether it takes part at own cost"
    await signed(pat, mine)
    same = await says(pat, mine, self_financed=True)
    assert same["signature"]["voided_because"] == "the figures, written anew as they were"


async def test_a_part_that_was_signed_before_signatures_were_kept_is_edited_and_signed_anew(
    world: World,
) -> None:
    _, _, pat, mine = await world.prepared(two)
    async with world.sessions() as session, session.begin():
        await session.execute(
            update(Partner).where(Partner.id == UUID(mine)).values(state=PartnerState.SIGNED)
        )
    assert (await pat.get(f"/partners/{mine}")).json()["signature"] is None
    assert (await says(pat, mine, personnel="1.00"))["state"] == "accepted"
    assert (await signed(pat, mine))["state"] == "signed"


@pytest.mark.parametrize("how", ["leave", "remove"])
async def test_who_is_out_keeps_what_it_signed_and_nothing_of_the_others(world: World, how: str) -> None:
    lead, made, pat, mine = await world.prepared(two)
    other, theirs = await partner(world, lead, made["id"], "IT")
    await says(pat, mine, personnel="10.00")
    await signed(pat, mine)
    await signed(other, theirs["id"])
    before = await signatures(pat, mine)
    assert (await (pat if how == "leave" else lead).post(f"/partners/{mine}/{how}")).status_code in (200, 204)
    assert await signatures(pat, mine) == before
    assert await signatures(lead, mine) == before
    hidden = (f"/consortia/{made['id']}", f"/consortia/{made['id']}/budget", f"/partners/{theirs['id']}",
              f"/partners/{theirs['id']}/signatures")  # fmt: skip
    for path in hidden:
        assert (await pat.get(path)).status_code == 404
    kept = await pat.get(f"/partners/{mine}")
    if how == "leave":
        assert (kept.json()["personnel"], kept.json()["signature"]["voided_at"]) == (euro("10.00"), None)
    else:
        assert kept.status_code == 404
    # A fellow partner sees that there was a part, and never what was signed.
    assert await signatures(other, mine) == []
    assert (await (await person(world, "stranger")).get(f"/partners/{mine}/signatures")).status_code == 404
    assert [line["partner_id"] for line in (await budget(lead, made))["lines"]] == [
        made["partners"][0]["id"],
        theirs["id"],
    ]


async def test_who_came_after_a_signature_reads_it_and_who_went_before_does_not(world: World) -> None:
    _, _, pat, mine = await world.prepared(two)
    gone, new = await person(world, "gone"), await person(world, "new")
    await give_part(world, mine, gone, "reader")
    await ended(world, gone)
    await signed(pat, mine)
    await give_part(world, mine, new, "reader")
    assert len(await signatures(new, mine)) == 1
    assert (await gone.get(f"/partners/{mine}/signatures")).status_code == 404


async def test_declarations_are_those_of_the_rules_and_of_the_kind_of_organisation(world: World) -> None:
    stage, lead = await open_stage(world, "horizon_europe"), await person(world, "lead")
    made = await consortium(lead, stage, kind="sme")
    pat, part = await partner(world, lead, made["id"], kind="higher_education")
    own = (await lead.get(f"/partners/{made['partners'][0]['id']}")).json()
    keys = [[one["key"] for one in read["declarations"]] for read in (own, part)]
    assert keys == [
        ["participation", "accuracy", "exclusion"],
        ["participation", "accuracy", "exclusion", "gender_equality_plan"],
    ]
    short = declared(part) | {"declarations": keys[0]}
    refused = await pat.post(f"/partners/{part['id']}/sign", short)
    assert codes(refused) == [("not-declared", "/body/declarations/gender_equality_plan")]
    assert refused.json()["reasons"][0]["text"].endswith("when the grant is signed.")


async def blocking(world: World, **changes: Any) -> str:
    """A stage of a call whose rules differ from the published ones."""
    stage = await open_stage(world)
    rules = rule_sets()["imi2"].model_dump(mode="json") | changes
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).values(rules=rules))
    return stage


async def test_a_call_that_pinned_rules_without_declarations_is_signed_by_the_version_alone(
    world: World,
) -> None:
    stage = await open_stage(world)
    rules = rule_sets()["imi2"].model_dump(mode="json")
    del rules["declarations"], rules["sign_offs"]
    rules["funding"] = {name: rules["funding"][name] for name in ("rates", "non_profit", "indirect")}
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).values(rules=rules))
    lead = await person(world, "lead")
    made = await consortium(lead, stage)
    here = made["partners"][0]["id"]
    assert (await lead.make(f"/partners/{here}/sign", {"version": 1}))["state"] == "signed"
    await says(lead, here, personnel="100.00", requested="125.01")
    assert [m["code"] for m in (await budget(lead, made))["messages"]] == ["over-funding-rate"]


async def test_a_missing_signature_keeps_a_proposal_back_only_where_the_rules_say_so(world: World) -> None:
    applied = await ready(world, await blocking(world, sign_offs="block"))
    lead, path = applied.lead, f"{applied.path}/submit"
    parts = (await lead.get(f"/partners?consortium_id={applied.consortium['id']}")).json()["items"]
    assert {one["blocks"] for one in (await budget(lead, applied.consortium))["unsigned"]} == {True}
    refused = codes(await lead.post(path))
    assert sorted(refused) == sorted(("not-signed", f"/partners/{part['id']}") for part in parts)
    offered = (await lead.get(applied.path)).json()["actions"]
    blocked = next(act["blocked_by"] for act in offered if act["name"] == "submit")
    assert [reason["code"] for reason in blocked] == ["not-signed"] * 3
    assert blocked[0]["who"] == "partner"
    for actor in (lead, *applied.fellows):
        mine = next(p["id"] for p in (await actor.get("/partners")).json()["items"] if "sign" in p["actions"])
        await signed(actor, mine)
    assert (await budget(lead, applied.consortium))["unsigned"] == []
    assert (await lead.make(path))["state"] == "submitted"
    sealed = (await lead.get(f"{applied.path}/sealed/1")).json()["manifest"]
    assert [part["signed"] for part in sealed["partners"]] == [True] * 3


async def test_of_a_signature_and_a_change_at_once_nobody_signs_what_was_not_read(live: World) -> None:
    lead, _, pat, mine = await two(live)
    whole = declared((await pat.get(f"/partners/{mine}")).json())
    done, changed = await asyncio.gather(
        pat.post(f"/partners/{mine}/sign", whole),
        lead.patch(f"/partners/{mine}", {"personnel": euro("5.00")}, 1),
    )
    assert changed.status_code == 200
    assert done.status_code in (200, 409)
    assert (await pat.get(f"/partners/{mine}")).json()["state"] == "accepted"
    async with live.sessions() as session:
        kept = (await session.scalars(select(Signature))).all()
    assert [one.voided_because for one in kept] == ["personnel"] * (done.status_code == 200)
    assert all(one.signed["figures"]["personnel"] == "0.00" for one in kept)
