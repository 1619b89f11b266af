"""Two hundred submissions while servers are killed: no acknowledged receipt is lost, none is half there.

What this proves: an answer is sent only after its transaction is committed and out of the hands of every
process that may die, and all that a submission writes is one transaction. What it does not prove: that the
disk keeps what it was told to keep when the machine itself loses power. For that the database relies on
fsync; that it is on, as in production, is asserted here, and what it does is PostgreSQL's own affair.
"""

import asyncio
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
import rfc8785
from psycopg.rows import dict_row

from app.core import audit_cli, receipt_cli, receipts
from app.core.postgres import Database, libpq
from app.core.settings import Settings, load_settings
from app.main import create_app
from app.process import INVARIANTS
from app.proposals.sealing import digest_of
from tests.build import person
from tests.conftest import World
from tests.consortia.build import open_stage
from tests.core.running import ask, gone
from tests.proposals.build import SECTIONS, standing_drafts
from tests.proposals.mortal import ISSUER, PATIENCE, Acknowledged, Client, Mortal, until

DRAFTS, CLIENTS, AGAIN = 100, 8, 40
SUBMISSIONS = 2 * DRAFTS
KILLS = [*["server"] * 2, *["database"] * 2, *["backend"] * 2, "postmaster", "both"]
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")

VERSIONS = """
    SELECT proposal_id::text AS proposal, number, digest, receipt, received_at, manifest, texts, v.answers,
        reference
    FROM sealed_version v JOIN proposal p ON p.id = v.proposal_id
"""
EVENTS = """
    SELECT entity_id::text AS proposal, (detail ->> 'number')::int AS number, detail ->> 'digest' AS digest
    FROM audit_event JOIN audit_detail ON event_id = id WHERE act = 'submit'
"""
MAILS = """
    SELECT entity_id::text AS proposal, subject, text, recipient,
        sent_at IS NOT NULL OR EXISTS (
            SELECT FROM procrastinate_jobs WHERE args ->> 'mail_id' = outbox.id::text
        ) AS on_its_way
    FROM outbox WHERE kind = 'receipt'
"""
ANSWERS = """
    SELECT split_part(route, '/', 4) AS proposal, key, status, answer -> 'receipt' AS receipt
    FROM idempotency WHERE route LIKE '%/submit'
"""
PROPOSALS = "SELECT id::text AS proposal, state, sealed FROM proposal"
CONTACTS = """
    SELECT p.id::text AS proposal, email FROM proposal p JOIN partner USING (consortium_id)
    JOIN partner_person ON partner_id = partner.id
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """On a disk: in memory fsync would be no work at all."""
    path = Path(tempfile.mkdtemp(prefix="imi-test-"))
    yield path
    assert gone(path)
    shutil.rmtree(path)


async def prepared(settings: Settings, place: Database) -> tuple[str, list[str]]:
    """A coordinator's token, and drafts that are ready to be handed in."""
    world = World(create_app(settings, place), settings, place)
    lead = await person(world, "lead")
    drafts = await standing_drafts(world, lead, await open_stage(world), DRAFTS)
    await world.sessions.kw["bind"].dispose()
    return lead.token, drafts


def rows(place: Database, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(libpq(place.owner_url), row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


def listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def killed_while_they_work(mortal: Mortal, clients: Sequence[Client]) -> None:
    """Kill each at a random moment between the first submission and the last, then the database once more."""
    moments = sorted(mortal.chance.sample(range(CLIENTS, SUBMISSIONS - CLIENTS), len(KILLS)))
    kinds = mortal.chance.sample(KILLS, len(KILLS))
    with ThreadPoolExecutor(len(clients)) as threads:
        working = [threads.submit(client.work) for client in clients]

        def come(moment: int) -> bool:
            for one in working:
                if one.done():
                    one.result()
            return sum(client.seen["submitted"] for client in clients) >= moment

        try:
            for moment, kind in zip(moments, kinds, strict=True):
                until(lambda moment=moment: come(moment), f"submission {moment}")  # type: ignore[misc]
                time.sleep(mortal.chance.uniform(0, 0.05))
                mortal.kill(kind)
            for one in working:
                one.result(PATIENCE)
        finally:
            for client in clients:
                client.stopped = True  # after a failure nobody goes on trying
    mortal.kill("database")


def test_kills_lose_no_acknowledged_receipt_and_leave_no_half_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("IMI_TEST_SEED") or secrets.randbelow(10**6))
    say(capsys, f"kill -9 at random moments, IMI_TEST_SEED={seed}")
    settings = load_settings(data_dir=folder, public_url=ISSUER)
    with Mortal(folder, Random(seed)).living() as mortal:
        for name in DURABLE:
            assert ask(mortal.place.app_url, f"SHOW {name}") == "on"
        token, drafts = asyncio.run(prepared(settings, mortal.place))
        clients = [Client(mortal, token, drafts[n::CLIENTS], Random(seed + n + 1)) for n in range(CLIENTS)]
        killed_while_they_work(mortal, clients)
        acknowledged = [one for client in clients for one in client.acknowledged]
        versions = whole_versions(mortal.place, receipts.public_key(settings.key))
        seen = sum((client.seen for client in clients), Counter[str]())
        told = {"acknowledged": len(acknowledged), "versions": len(versions)} | dict(seen)
        say(capsys, f"{listed(told)}; killed: {listed(mortal.kills)}")
        assert seen["submitted"] == SUBMISSIONS == len(acknowledged) + seen["given up"]
        assert len(acknowledged) <= len(versions) <= SUBMISSIONS
        as_acknowledged(acknowledged, versions)
        same_again(mortal, token, mortal.chance.sample(acknowledged, AGAIN))
        assert len(rows(mortal.place, VERSIONS)) == len(versions)
        commands_agree(folder, settings, mortal.place, acknowledged[-1])
    assert mortal.kills == Counter([*KILLS, "database"])


Versions = dict[tuple[str, int], dict[str, Any]]


def whole_versions(place: Database, public_key: str) -> Versions:
    """Every sealed version, each with all that its transaction writes; and nothing of any other."""
    versions: Versions = {(row["proposal"], row["number"]): row for row in rows(place, VERSIONS)}
    for row in versions.values():
        manifest = row["manifest"]
        assert digest_of(manifest) == row["digest"]
        assert [s["key"] for s in manifest["sections"]] == ["ethics", *SECTIONS]
        assert (sorted(row["texts"]), sorted(row["answers"])) == (list(SECTIONS), ["ethics"])
        written = {"ethics": rfc8785.dumps(row["answers"]["ethics"])}
        written |= {key: text.encode() for key, text in row["texts"].items()}
        for section in manifest["sections"]:
            assert sha256(written[section["key"]]).hexdigest() == section["digest"]
        assert [d["key"] for d in manifest["documents"]] == ["part_b"]
        assert [p["country"] for p in manifest["partners"]] == ["DE", "FR"]
        assert receipts.read(public_key, row["receipt"]) == receipts.Facts(
            iss=ISSUER,
            reference=row["reference"],
            version=row["number"],
            digest=row["digest"],
            received_at=row["received_at"].isoformat(timespec="microseconds"),
        )
    events = [(row["proposal"], row["number"], row["digest"]) for row in rows(place, EVENTS)]
    assert sorted(events) == sorted((*key, row["digest"]) for key, row in versions.items())
    for row in rows(place, PROPOSALS):
        mine = sorted(number for proposal, number in versions if proposal == row["proposal"])
        assert mine == list(range(1, row["sealed"] + 1))
        assert row["state"] == ("submitted" if mine else "draft")
    told(place, versions)
    answers = rows(place, ANSWERS)
    assert {row["status"] for row in answers} == {200}
    kept = [(row["proposal"], row["receipt"]["number"]) for row in answers]
    assert sorted(kept) == sorted(versions)
    return versions


def told(place: Database, versions: Versions) -> None:
    """Each contact has one mail with each receipt, and each mail has been sent or a job is to send it."""
    contacts = [(row["proposal"], row["email"]) for row in rows(place, CONTACTS)]
    due = sorted((*key, email) for key in versions for proposal, email in contacts if proposal == key[0])
    mails = []
    for row in rows(place, MAILS):
        named = re.fullmatch(r"Receipt for \S+, version (\d+)", row["subject"])
        assert named is not None
        key = (row["proposal"], int(named.group(1)))
        assert versions[key]["receipt"] in row["text"]
        assert row["on_its_way"]
        mails.append((*key, row["recipient"]))
    assert sorted(mails) == due


def as_acknowledged(acknowledged: Sequence[Acknowledged], versions: Versions) -> None:
    """What a client was told is what is there, to the last byte; nothing was told twice over."""
    for one in acknowledged:
        row = versions[one.proposal, one.receipt["number"]]
        kept = {name: row[name] for name in ("number", "digest", "receipt")}
        kept["received_at"] = row["received_at"].isoformat().replace("+00:00", "Z")
        assert one.receipt == kept
    assert len({(one.proposal, one.receipt["number"]) for one in acknowledged}) == len(acknowledged)


def same_again(mortal: Mortal, token: str, acknowledged: Sequence[Acknowledged]) -> None:
    """Whoever asks again with its key has the same receipt."""
    client = Client(mortal, token, [], Random(0))
    with client.http:
        for one in acknowledged:
            while (answer := client.submit(one.proposal, one.key)) is None:
                pass
            assert answer.headers["Idempotency-Replayed"] == "true"
            assert answer.json()["receipt"] == one.receipt


def commands_agree(folder: Path, settings: Settings, place: Database, last: Acknowledged) -> None:
    """What `imi audit verify`, `imi invariants` and `imi receipt verify` say."""
    assert audit_cli.verify(settings, place) == 0
    assert audit_cli.invariants(place, INVARIANTS) == 0
    receipt, key = folder / "receipt", folder / "key.pem"
    receipt.write_text(last.receipt["receipt"])
    key.write_text(receipts.public_key(settings.key))
    assert receipt_cli.verify(str(receipt), key, None).startswith(f"Genuine: {ISSUER} received ")
