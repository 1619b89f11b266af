"""Whom an agreement is signed with, and the reason to sign although somebody is not validated."""

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select, text, update

from app.calls.models import Call
from app.calls.rule_set import RuleSet, named
from app.calls.rules import BRUSSELS
from app.consortia.models import Partner, PartnerState
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.audit import AuditDetail, AuditEvent
from app.core.clock import machine_now
from tests.conftest import World
from tests.grants.build import Granted, prepared

pytestmark = pytest.mark.anyio
WHY = {"unidentified_reason": "Validation is under way; the work cannot wait."}


async def unidentified(world: World) -> None:
    """One partner has no PIC, one has one that nobody has validated."""
    async with world.sessions() as session, session.begin():
        german, french = Organisation.country == "DE", Organisation.country == "FR"
        await session.execute(update(Organisation).where(german).values(pic=None))
        registered = {"state": OrganisationState.REGISTERED}
        await session.execute(update(Organisation).where(french).values(**registered))


async def ruled(world: World, made: Granted, rule: str) -> None:
    """The call has pinned this rule; rules are read once for each instant of publication."""
    rules = named("imi2").model_dump(mode="json") | {"unidentified_partners": rule}
    async with world.sessions() as session, session.begin():
        here = update(Call).where(Call.id == UUID(made.there.made["call"]["id"]))
        await session.execute(here.values(rules=rules, published_at=machine_now()))


def codes(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [reason["code"] for reason in answer.json()["reasons"]]


async def signature(world: World, made: Granted) -> dict[str, Any]:
    async with world.sessions() as session:
        wanted = select(AuditDetail.detail).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        wanted = wanted.where(AuditEvent.entity_id == UUID(made.grant["id"]), AuditEvent.act == "sign")
        return dict((await session.scalars(wanted)).one())


async def test_with_a_reason_it_is_signed_and_the_reason_is_kept(world: World) -> None:
    made = await prepared(world, **WHY)
    await unidentified(world)
    read = (await made.signatory.get(made.path)).json()
    assert read["unidentified_reason"] == WHY["unidentified_reason"]
    shown = [(one["name"][:11], one["pic"] is None, one["validated"]) for one in read["partners"]]
    assert shown == [
        ("Institute 0", False, True), ("Institute 1", True, True), ("Institute 2", False, False),
    ]  # fmt: skip
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"
    kept = await signature(world, made)
    assert kept["unidentified_reason"] == WHY["unidentified_reason"]
    assert kept["unidentified"] == [one["name"] for one in read["partners"][1:]]


@pytest.mark.parametrize("why", [None, "", "  \n"])
async def test_without_a_reason_every_partner_who_is_not_validated_stands_against_it(
    world: World, why: str | None
) -> None:
    made = await prepared(world, unidentified_reason=why)
    await unidentified(world)
    assert codes(await made.signatory.post(f"{made.path}/sign")) == ["no-pic", "not-validated"]
    edited = await made.there.office.patch(made.path, WHY, made.grant["version"])
    assert (edited.status_code, edited.json()["months"]) == (200, 24)
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"


async def test_where_the_rules_refuse_them_a_reason_changes_nothing(world: World) -> None:
    made = await prepared(world, **WHY)
    await unidentified(world)
    await ruled(world, made, "refused")
    assert codes(await made.signatory.post(f"{made.path}/sign")) == ["no-pic", "not-validated"]
    await ruled(world, made, "with_reason")
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"


async def test_where_the_rules_refuse_them_a_validated_consortium_signs(world: World) -> None:
    made = await world.prepared(prepared)
    await ruled(world, made, "refused")
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"
    assert "unidentified" not in await signature(world, made)


async def test_who_has_left_is_no_party_and_stands_against_nothing(world: World) -> None:
    made = await world.prepared(prepared)
    await unidentified(world)
    async with world.sessions() as session, session.begin():
        others = update(Partner).where(~Partner.coordinates)
        await session.execute(others.values(state=PartnerState.REMOVED))
    read = (await made.signatory.get(made.path)).json()
    assert [one["name"][:11] for one in read["partners"]] == ["Institute 0"]
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"


async def test_its_consortium_reads_whom_it_signs_with_and_why(world: World) -> None:
    made = await prepared(world, "20000000.00", "10000000.00", **WHY)
    mine, other = (p.coordinator for p in made.there.proposals)
    staff, seen = [(await who.get(made.path)).json() for who in (made.signatory, mine)]
    for name in ("partners", "unidentified_reason", "starts_before_signature"):
        assert seen[name] == staff[name]
    assert len(seen["partners"]) == 3
    assert (await other.get(made.path)).status_code == 404


@pytest.mark.parametrize(("days", "early"), [(-1, True), (0, False), (1, False)])
async def test_whether_it_starts_before_signature_is_known_once_it_is_signed(
    world: World, days: int, early: bool
) -> None:
    starts = (machine_now().astimezone(BRUSSELS) + timedelta(days=days)).date()
    made = await prepared(world, starts_on=str(starts), early_start_reason="It does not wait.")
    assert made.grant["starts_before_signature"] is None
    signed = await made.signatory.make(f"{made.path}/sign")
    assert signed["starts_before_signature"] is early
    seen = await made.there.proposals[0].coordinator.get(made.path)
    assert seen.json()["starts_before_signature"] is early


async def test_a_project_with_a_partner_without_a_pic_is_shown_to_all(world: World) -> None:
    made = await prepared(world, **WHY)
    await unidentified(world)
    await made.signatory.make(f"{made.path}/sign")
    async with world.client() as anyone:
        read = await anyone.get(f"/v1/projects/{made.grant['number']}")
        assert (read.status_code, WHY["unidentified_reason"] in read.text) == (200, False)
        files = [await anyone.get(f"/v1/open_data/{name}.csv") for name in ("projects", "organizations")]
        assert [answer.status_code for answer in files] == [200, 200]


@pytest.mark.parametrize(("before", "after"), [(True, "refused"), (False, "with_reason")])
async def test_a_call_keeps_the_rules_it_was_published_with(world: World, before: bool, after: str) -> None:
    made = await world.prepared(prepared)
    revision = import_module("migrations.versions.0004_no_consensus_raised_envelopes_reasons")
    rules = named("imi2").model_dump(mode="json") | {"pic_before_signature": before}
    del rules["unidentified_partners"]
    rules["unconfirmed"] = ["rest", "pic_before_signature", "scheme.tie_break"]
    async with world.sessions() as session, session.begin():
        here = Call.id == UUID(made.there.made["call"]["id"])
        await session.execute(update(Call).where(here).values(rules=rules))
        forth = {"old": revision.OLD, "new": revision.NEW, "cases": revision.FORTH}
        await session.execute(text(revision.REWORDED.format(**forth)))
        found = (await session.scalars(select(Call.rules).where(here))).one()
        assert RuleSet.model_validate(found).unidentified_partners == after
        assert found["unconfirmed"] == ["rest", "unidentified_partners", "scheme.tie_break"]
        back = {"old": revision.NEW, "new": revision.OLD, "cases": revision.BACK}
        await session.execute(text(revision.REWORDED.format(**back)))
        session.expire_all()
        assert (await session.scalars(select(Call.rules).where(here))).one() == rules
