"""Many at once, on a database with real commits."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select, text, update

from app.calls.models import Stage
from app.core.audit import AuditEvent
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.proposals.models import Proposal, SealedVersion
from tests.build import person
from tests.conftest import World
from tests.consortia.build import consortium, open_stage
from tests.proposals.build import Applied, ready

pytestmark = pytest.mark.anyio
MANY = 50


async def versions(live: World, applied: Applied) -> list[int]:
    async with live.sessions() as session:
        mine = SealedVersion.proposal_id == UUID(applied.id)
        return list(
            await session.scalars(select(SealedVersion.number).where(mine).order_by(SealedVersion.number))
        )


@asynccontextmanager
async def held(live: World, applied: Applied) -> AsyncIterator[None]:
    """Somebody else has the proposal locked, for as long as this lasts."""
    async with live.sessions() as session, session.begin():
        await session.execute(select(Proposal.id).where(Proposal.id == UUID(applied.id)).with_for_update())
        yield


async def waiting(live: World, count: int = 1) -> None:
    """Until so many connections wait for a lock."""
    here = "wait_event_type = 'Lock' AND datname = current_database()"
    blocked = f"SELECT count(*) FROM pg_stat_activity WHERE {here}"
    async with live.sessions() as session:
        for _ in range(400):
            connection = await session.connection()
            if (await connection.exec_driver_sql(blocked)).scalar_one() >= count:
                return
            await session.rollback()
            await asyncio.sleep(0.05)
    raise AssertionError("nobody waits for the lock")


async def handed_in(applied: Applied, key: str) -> httpx2.Response:
    """The answer; whoever is told to come again does so with the same key."""
    headers = {"Idempotency-Key": key}
    while (answer := await applied.lead.post(f"{applied.path}/submit", headers=headers)).status_code == 503:
        await asyncio.sleep(0.5)
    return answer


async def test_fifty_at_once_with_one_key_seal_one_version_and_have_one_receipt(live: World) -> None:
    applied = await ready(live, countries=("DE", "FR"))
    answers = await asyncio.gather(*(handed_in(applied, "the-same-key") for _ in range(MANY)))
    assert [a.status_code for a in answers] == [200] * MANY
    assert [a.json() for a in answers] == [answers[0].json()] * MANY
    assert sum("Idempotency-Replayed" not in a.headers for a in answers) == 1
    assert await versions(live, applied) == [1]
    given = answers[0].json()["receipt"]
    assert (await applied.lead.get(applied.path)).json()["receipt"] == given
    async with live.sessions() as session:
        mails = list(await session.scalars(select(Mail).where(Mail.kind == "receipt")))
        fired = select(func.count()).where(
            AuditEvent.entity_id == UUID(applied.id), AuditEvent.act == "submit"
        )
        events = await session.scalar(fired)
    assert ({m.recipient for m in mails}, events) == ({applied.lead.email, applied.fellows[0].email}, 1)
    assert [given["receipt"] in m.text for m in mails] == [True, True]


async def test_of_fifty_at_once_with_two_keys_all_have_one_receipt(live: World) -> None:
    """Two tabs, each repeating itself: one version."""
    applied = await ready(live, countries=("DE",))
    answers = await asyncio.gather(*(handed_in(applied, f"key-of-tab-{n % 2}") for n in range(MANY)))
    assert [a.status_code for a in answers] == [200] * MANY
    assert len({a.json()["receipt"]["receipt"] for a in answers}) == 1
    assert await versions(live, applied) == [1]


async def test_fifty_at_once_with_keys_of_their_own_seal_one_version(live: World) -> None:
    applied = await ready(live, countries=("DE",))
    answers = await asyncio.gather(*(handed_in(applied, f"key-number-{n}") for n in range(MANY)))
    assert [a.status_code for a in answers] == [200] * MANY
    assert [a.json()["receipt"] for a in answers] == [answers[0].json()["receipt"]] * MANY
    assert await versions(live, applied) == [1]
    async with live.sessions() as session:
        mails = await session.scalar(select(func.count()).where(Mail.kind == "receipt"))
    assert mails == 1


async def test_withdrawing_and_submitting_at_once_leave_one_truth(live: World) -> None:
    applied = await ready(live, countries=("DE",))
    await applied.lead.make(f"{applied.path}/submit")
    acts = ["submit", "withdraw", "revive"] * 5
    answers = await asyncio.gather(*(applied.lead.post(f"{applied.path}/{act}") for act in acts))
    assert {a.status_code for a in answers} <= {200, 409}
    read = (await applied.lead.get(applied.path)).json()
    assert await versions(live, applied) == [1]
    assert (read["sealed"], read["state"] in ("submitted", "withdrawn")) == (1, True)


async def test_a_partner_removed_while_waiting_for_the_lock_is_refused(live: World) -> None:
    applied = await ready(live, countries=("DE", "FR"))
    (pat,) = applied.fellows
    path = f"{applied.path}/sections/impact"
    part = next(p for p in (await pat.get("/partners")).json()["items"] if not p["coordinates"])
    async with held(live, applied):
        writing = asyncio.create_task(pat.patch(path, {"text": "Too late."}, 2))
        await waiting(live)
        await applied.lead.make(f"/partners/{part['id']}/remove")
    assert (await writing).status_code == 404
    assert (await applied.lead.get(path)).json()["answers"]["text"] == "On impact."


async def test_a_submission_that_waits_beyond_the_deadline_counts_by_its_receipt_time(live: World) -> None:
    applied = await ready(live, countries=("DE",))
    async with held(live, applied):
        before = machine_now()
        sending = asyncio.create_task(applied.lead.post(f"{applied.path}/submit"))
        await waiting(live)
        # The second that the deadline names still counts: it closed a second ago, after the request came.
        closes = machine_now() - timedelta(seconds=1)
        async with live.sessions() as session, session.begin():
            await session.execute(update(Stage).values(closes_at=closes))
        await asyncio.sleep(0.05)
        late = await asyncio.wait_for(_refused_without_lock(applied), 10)
    accepted = await sending
    assert accepted.status_code == 200
    received = accepted.json()["submitted_at"]
    assert before.isoformat() <= received.replace("Z", "+00:00") < (closes + timedelta(seconds=1)).isoformat()
    assert late == ["deadline-passed"]


async def _refused_without_lock(applied: Applied) -> list[str]:
    """What the stage says of itself after its deadline, asked where no lock is in the way."""
    acts = (await applied.lead.get(applied.path)).json()["actions"]
    submit = next(act for act in acts if act["name"] == "submit")
    return [reason["code"] for reason in submit["blocked_by"]]


async def test_submitting_and_writing_at_once_end_without_deadlock(live: World) -> None:
    applied = await ready(live, countries=("DE", "FR"))
    (pat,) = applied.fellows
    jobs = []
    for n in range(6):
        jobs.append(applied.lead.post(f"{applied.path}/submit"))
        jobs.append(pat.patch(f"{applied.path}/sections/impact", {"text": f"Text {n}."}, 2))
        jobs.append(pat.get(applied.path))
    answers = await asyncio.gather(*jobs)
    assert {a.status_code for a in answers} <= {200, 412}
    written = sum(a.request.method == "PATCH" and a.status_code == 200 for a in answers)
    assert written == 1
    assert await versions(live, applied) in ([1], [1, 2])


async def test_two_that_begin_at_once_never_draw_one_reference(
    live: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have drawn before either is written: the table takes no row until then."""
    here, lots = await open_stage(live), iter((7, 7, 8, 7, 8, 9))
    leads = [await person(live, name) for name in ("ann", "bob", "cas")]
    groups = [await consortium(lead, here) for lead in leads]
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(lots))
    async with live.sessions() as session, session.begin():
        await session.execute(text("LOCK TABLE proposal IN SHARE MODE"))
        starts = [
            asyncio.create_task(lead.post(f"/consortia/{group['id']}/proposals", {"acronym": "SECRETUM"}))
            for lead, group in zip(leads[:2], groups[:2], strict=True)
        ]
        await waiting(live, len(starts))
    answers = await asyncio.gather(*starts)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(answer.json()["reference"][-6:] for answer in answers) == ["000007", "000008"]
    third = await leads[2].make(f"/consortia/{groups[2]['id']}/proposals", {"acronym": "SECRETUM"})
    assert third["reference"][-6:] == "000009"
