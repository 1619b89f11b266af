"""Handing in: what is sealed, the receipt, handing in again, withdrawing, coming too late."""

from hashlib import sha256

import pytest
import rfc8785
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from app.core import receipts
from app.core.audit import AuditDetail, AuditEvent, Refusal
from app.core.outbox import Mail
from app.people.desk import desk
from tests.conftest import World
from tests.consortia.build import close
from tests.proposals.build import NO_ISSUE, SECTIONS, complete, pdf, ready, started, submitted, upload

pytestmark = pytest.mark.anyio


async def test_the_receipt_can_be_verified_by_anybody_and_names_what_was_handed_in(world: World) -> None:
    applied = await ready(world, countries=("DE", "FR"))
    done = await applied.lead.make(f"{applied.path}/submit")
    assert (done["state"], done["sealed"], done["receipt"]["number"]) == ("submitted", 1, 1)
    sealed = (await applied.lead.get(f"{applied.path}/sealed/1")).json()
    manifest = sealed["manifest"]
    assert sha256(rfc8785.dumps(manifest)).hexdigest() == sealed["digest"] == done["receipt"]["digest"]
    key = ECKey.import_key(receipts.public_key(desk().tokens.pem))
    read = jws.deserialize_compact(done["receipt"]["receipt"], key, algorithms=["ES256"])
    assert read.headers() == {"alg": "ES256", "typ": "receipt+jws"}
    assert read.payload == rfc8785.dumps(
        {
            "iss": "http://test",
            "reference": done["reference"],
            "version": 1,
            "digest": sealed["digest"],
            "received_at": done["submitted_at"].replace("Z", "+00:00"),
        }
    )
    texts = {key: f"On {key}." for key in SECTIONS}
    assert sealed["texts"] == texts
    hashes = {s["key"]: s["digest"] for s in manifest["sections"]}
    assert hashes.pop("ethics") == sha256(rfc8785.dumps(NO_ISSUE)).hexdigest()
    assert sealed["answers"] == {"ethics": NO_ISSUE}
    assert hashes == {key: sha256(text.encode()).hexdigest() for key, text in texts.items()}
    assert [p["country"] for p in manifest["partners"]] == ["DE", "FR"]
    assert [p["people"] for p in manifest["partners"]][1] == [{"name": "Pat Partner", "part": "contact"}]


async def test_no_receipt_passes_for_an_access_token(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))
    receipt = (await applied.lead.get(applied.path)).json()["receipt"]["receipt"]
    async with world.client(receipt) as forger:
        assert (await forger.get("/v1/me")).status_code == 401


async def test_the_receipt_is_mailed_to_the_contacts(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE", "FR"))
    (pat,) = applied.fellows
    receipt = (await applied.lead.get(applied.path)).json()["receipt"]
    async with world.sessions() as session:
        mails = list(await session.scalars(select(Mail).where(Mail.kind == "receipt")))
    assert {m.recipient for m in mails} == {applied.lead.email, pat.email}
    assert [receipt["receipt"] in m.text for m in mails] == [True, True]


async def test_handing_in_again_seals_the_next_version_and_keeps_the_first(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))
    lead, path = applied.lead, applied.path
    first = (await lead.get(f"{path}/sealed/1")).json()
    assert (await lead.patch(f"{path}/sections/impact", {"text": "Better."}, 2)).status_code == 200
    other = pdf(5)
    assert (await upload(lead, applied.id, other)).status_code == 200
    again = await lead.make(f"{path}/submit")
    assert (again["state"], again["sealed"], again["receipt"]["number"]) == ("submitted", 2, 2)
    second = (await lead.get(f"{path}/sealed/2")).json()
    assert (first["texts"]["impact"], second["texts"]["impact"]) == ("On impact.", "Better.")
    assert (await lead.get(f"{path}/sealed/1")).json() == first
    old = await lead.get(f"{path}/sealed/1/documents/part_b")
    new = await lead.get(f"{path}/sealed/2/documents/part_b")
    assert sha256(old.content).hexdigest() == first["manifest"]["documents"][0]["digest"]
    assert new.content == other != old.content
    assert (await lead.get(f"{path}/sealed/3")).status_code == 404


async def test_one_key_is_one_version(world: World) -> None:
    applied = await ready(world, countries=("DE",))
    key = {"Idempotency-Key": "one-and-the-same"}
    first = await applied.lead.post(f"{applied.path}/submit", headers=key)
    second = await applied.lead.post(f"{applied.path}/submit", headers=key)
    assert (first.status_code, first.json()) == (200, second.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (await applied.lead.get(applied.path)).json()["sealed"] == 1


async def test_handing_in_the_same_again_is_the_same_version(world: World) -> None:
    """Nothing is sealed or mailed for a second click; the record says that it was one. A change is sealed."""
    applied = await world.prepared(submitted, countries=("DE", "FR"))
    lead, path = applied.lead, applied.path
    first = (await lead.get(path)).json()
    again = await lead.make(f"{path}/submit")
    same = ("state", "sealed", "submitted_at", "receipt")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    async with world.sessions() as session:
        mails = await session.scalar(select(func.count()).where(Mail.kind == "receipt"))
        acts = select(AuditDetail.detail).join(AuditEvent).where(AuditEvent.act == "submit")
        told = list(await session.scalars(acts.order_by(AuditEvent.seq)))
    digest = first["receipt"]["digest"]
    assert mails == 2
    assert told == [
        {"number": 1, "digest": digest},
        {"number": 1, "digest": digest, "unchanged": True},
    ]
    assert (await lead.patch(f"{path}/sections/impact", {"text": "Better."}, 2)).status_code == 200
    assert (await lead.make(f"{path}/submit"))["receipt"]["number"] == 2


async def test_it_is_withdrawn_and_revived_until_the_deadline(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE", "FR"))
    lead, (pat,), path = applied.lead, applied.fellows, applied.path
    assert (await pat.post(f"{path}/withdraw")).status_code == 403
    assert (await lead.make(f"{path}/withdraw"))["state"] == "withdrawn"
    assert (await lead.post(f"{path}/submit")).status_code == 409
    assert (await lead.make(f"{path}/revive"))["state"] == "submitted"
    await lead.make(f"{path}/withdraw")
    await close(world)
    late = await lead.post(f"{path}/revive")
    assert [r["code"] for r in late.json()["reasons"]] == ["deadline-passed"]


async def test_who_comes_late_is_refused_and_the_refusal_is_kept(live: World) -> None:
    applied = await started(live, countries=("DE",))
    await complete(applied)
    await close(live)
    refused = await applied.lead.post(f"{applied.path}/submit")
    assert (refused.status_code, [r["code"] for r in refused.json()["reasons"]]) == (409, ["deadline-passed"])
    assert refused.json()["reasons"][0]["text"].startswith("The deadline was ")
    async with live.sessions() as session:
        kept = (await session.scalars(select(Refusal).where(Refusal.act == "submit"))).one()
    assert (kept.entity, str(kept.entity_id)) == ("proposal", applied.id)
    assert (kept.actor_id, kept.codes) == (applied.lead.id, ["deadline-passed"])
    assert (await applied.lead.get(applied.path)).json()["state"] == "draft"
