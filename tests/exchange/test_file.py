"""The auditor's file: all that happened to one proposal, nothing that is its author's alone, and provable."""

import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text

from app.consortia.models import Partner, Person
from app.core import letters
from app.core.audit import AuditDetail
from app.core.checkpoint import take
from app.core.clock import machine_now
from app.core.db import Base
from app.core.keys import new_p256
from app.core.receipts import public_key
from app.evaluation.consensus.meeting import Meeting as ConsensusMeeting
from app.evaluation.consensus.models import Consensus
from app.evaluation.observer.models import EvaluationReading
from app.exchange.file.belonging import APART, DRAFTS, own
from app.exchange.file.rows import told, writes_a_draft
from app.exchange.file.verify import is_signed, wrong_letters
from app.people.models import Account
from tests.build import Actor, person
from tests.conftest import World
from tests.decisions.redress.build import contested
from tests.evaluation.build import Topic, evaluated, expert, in_evaluation, seated
from tests.experts.test_forgetting import anonymised, long_ago
from tests.proposals.build import Applied, checked, started, submitted, under_check

pytestmark = pytest.mark.anyio
HIDDEN = "Nobody but its authors reads this."


async def checked_with_a_draft(world: World) -> tuple[Applied, Actor]:
    """A proposal under check, in whose draft something was written that was never handed in; an auditor."""
    office, auditor = await person(world, "office", "office"), await person(world, "auditor", "auditor")
    applied, _ = await checked(world, office)
    return applied, auditor


async def ranked(world: World) -> tuple[Topic, Actor]:
    """Two proposals on a closed list, by acts; an auditor."""
    topic, auditor = (
        await evaluated(world, ("4", "4", "4"), ("3", "4", "4")),
        await person(world, "a", "auditor"),
    )
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    return topic, auditor


async def file_of(auditor: Actor, key: str) -> dict[str, Any]:
    answer = await auditor.get(f"/proposals/{key}/file")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def unpacked(auditor: Actor, key: str, folder: Path) -> Path:
    answer = await auditor.get(f"/proposals/{key}/file.zip")
    assert answer.status_code == 200, answer.text
    archive = folder / "file.zip"
    archive.write_bytes(answer.content)
    with ZipFile(archive) as opened:
        opened.extractall(folder / "file")
    return folder / "file"


def by_owner(world: World, statement: str) -> None:
    owner = create_engine(world.database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(statement))
    owner.dispose()


def verified(folder: Path) -> tuple[int, list[str]]:
    """What the program in the archive says, run as an auditor would: without this project."""
    program = [sys.executable, "-I", str(folder / "verify.py")]
    ran = subprocess.run(program, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()


def signature_of(folder: Path) -> str:
    """What is answered to the command that the program names."""
    files = ["-verify", "key.pem", "-signature", "checkpoint.sig", "checkpoint.json"]
    program = ["openssl", "dgst", "-sha256", *files]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False).stdout


async def test_every_act_stands_in_order_with_who_did_it_and_on_which_rule(world: World) -> None:
    applied, auditor = await world.prepared(checked_with_a_draft)
    found = await file_of(auditor, applied.id)
    acts = [(e["entity"], e["act"]) for e in found["events"]]
    assert acts[0] == ("consortium", "form")
    assert next(act for entity, act in acts if entity == "proposal") == "start"
    assert [act for entity, act in acts if entity == "proposal"][-2:] == ["submit", "check"]
    assert [e["at"] for e in found["events"]] == sorted(e["at"] for e in found["events"])
    submit = next(e for e in found["events"] if (e["entity"], e["act"]) == ("proposal", "submit"))
    assert (submit["actor"], submit["before"], submit["after"]) == ("lead", "draft", "submitted")
    assert (submit["own"], "C-03" in submit["rules"]) == (True, True)
    formed = found["events"][0]
    assert formed["own"] is False  # a consortium is there before its proposal
    assert [one["number"] for one in found["receipts"]] == [1]
    assert {one["rule"] for one in found["rests_on"] if one["kind"] == "check"} >= {"E-02", "M-01"}
    assert {mail["kind"] for mail in found["mails"]} == {"receipt"}


async def test_what_was_never_handed_in_is_nowhere_in_it(live: World, tmp_path: Path) -> None:
    office, auditor = await person(live, "office", "office"), await person(live, "auditor", "auditor")
    applied = await submitted(live)
    section = (await applied.lead.get(f"{applied.path}/sections/excellence")).json()
    changed = await applied.lead.patch(
        f"{applied.path}/sections/excellence", {"text": HIDDEN}, section["version"]
    )
    assert changed.status_code == 200, changed.text
    read = (await applied.lead.get(applied.path)).json()
    retitled = await applied.lead.patch(applied.path, {"title": HIDDEN}, read["version"])
    assert retitled.status_code == 200, retitled.text
    await under_check(live)
    await office.make(f"{applied.path}/check")
    async with live.sessions() as session:  # it is there to be told
        details = await session.scalars(select(AuditDetail.detail))
        assert sum(HIDDEN in json.dumps(one) for one in details) == 2

    found = await file_of(auditor, applied.id)
    assert HIDDEN not in json.dumps(found)
    assert found["proposal"]["title"] == "A title"
    withheld = [e["act"] for e in found["events"] if e["withheld"]]
    assert set(withheld) >= {"edit", "write", "attach"}
    assert all(e["detail"] is None for e in found["events"] if e["withheld"])
    folder = await unpacked(auditor, applied.id, tmp_path)
    texts = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert [name for name, text in texts.items() if HIDDEN.encode() in text] == []
    assert {name for name in texts if "documents" in name} == {
        "versions/1/documents/part_b.pdf", "versions/1/documents/exploitation_plan.pdf",
    }  # fmt: skip
    assert b"On excellence." in texts["versions/1/answers.json"]


async def test_no_draft_of_a_report_and_nothing_that_opens_a_meeting_is_in_it(
    live: World, tmp_path: Path
) -> None:
    """An expert writes a remark before sealing; a group and a hearing have a link with a secret."""
    topic, auditor = await ranked(live)
    first = topic.proposals[0]
    async with live.sessions() as session, session.begin():
        group = await session.scalar(select(Consensus.id).where(Consensus.proposal_id == UUID(first.id)))
        slot = ConsensusMeeting(id=uuid4(), consensus_id=group, secret=HIDDEN, place="A link")
        slot.starts_at = slot.ends_at = machine_now()
        slot.ends_at += timedelta(hours=1)
        session.add(slot)
    by_owner(live, "ALTER TABLE report DISABLE TRIGGER USER")  # what a draft says stands in the same columns
    by_owner(live, f"UPDATE report SET remark = '{HIDDEN}', flags = '[\"{HIDDEN}\"]'")
    folder = await unpacked(auditor, first.id, tmp_path)
    kept = {p.name: p.read_text() for p in (folder / "records").iterdir()}
    assert ("A link" in kept["consensus_meeting.json"], "sealed_at" in kept["report.json"]) == (True, True)
    assert [name for name, text in kept.items() if HIDDEN in text] == []


async def test_reports_lists_and_votes_are_in_it_and_what_is_the_groups_alone_is_not(world: World) -> None:
    topic, auditor = await world.prepared(ranked)
    first, second = topic.proposals
    found = await file_of(auditor, first.id)
    acts = {(e["entity"], e["act"], e["own"]) for e in found["events"]}
    assert {("panel", "rank", False), ("panel", "close", False)} <= acts
    (place,) = [one for one in found["rests_on"] if one["kind"] == "list"]
    assert (place["rule"], "rank 1, total 12" in place["says"]) == ("V-01", True)
    assert second.id not in {e["entity_id"] for e in found["events"]}


async def test_it_is_there_for_an_auditor_alone_and_for_nobody_of_the_consortium(world: World) -> None:
    applied, auditor = await world.prepared(checked_with_a_draft)
    others = [applied.lead, applied.fellows[0]]
    for role in ("office", "signatory", "observer", "admin"):
        others.append(await person(world, f"some {role}", role))
    others.append(await person(world, "stranger"))
    for path in ("/file", "/file.zip"):
        assert (await auditor.get(f"{applied.path}{path}")).status_code == 200
        for who in others:
            answer = await who.get(f"{applied.path}{path}")
            nowhere = await who.get(f"/proposals/{uuid4()}{path}")
            told, unknown = answer.json() | {"instance": ""}, nowhere.json() | {"instance": ""}
            assert (answer.status_code, told) == (404, unknown), who.email

    async with world.sessions() as session, session.begin():
        partner = await session.scalar(
            select(Partner.id).where(Partner.consortium_id == UUID(applied.consortium["id"])).limit(1)
        )
        joined = Person(id=uuid4(), partner_id=partner, account_id=auditor.id, email=auditor.email)
        joined.name, joined.part, joined.until = "A", "contact", machine_now()
        session.add(joined)
    for path in ("/file", "/file.zip"):
        assert (await auditor.get(f"{applied.path}{path}")).status_code == 404


async def test_of_a_draft_there_is_none(world: World) -> None:
    auditor, applied = await person(world, "auditor", "auditor"), await started(world)
    assert (await auditor.get(f"{applied.path}/file")).status_code == 404


async def test_each_reading_is_on_record_and_the_next_file_tells_of_it(world: World) -> None:
    applied, auditor = await world.prepared(checked_with_a_draft)
    first = await file_of(auditor, applied.id)
    assert [one["what"] for one in first["seen"]] == ["file"]
    await auditor.get(f"{applied.path}/file.zip")
    again = await file_of(auditor, applied.id)
    assert [(one["name"], one["role"], one["what"]) for one in again["seen"]] == [
        ("auditor", "auditor", "file")
    ] * 3
    async with world.sessions() as session:
        kept = (await session.scalars(select(EvaluationReading.proposal_id))).all()
    assert kept == [UUID(applied.id)] * 3


async def test_a_refused_act_is_told(live: World) -> None:
    applied, auditor = await checked_with_a_draft(live)
    late = await applied.lead.post(f"{applied.path}/submit")
    assert late.status_code == 409
    (refused,) = (await file_of(auditor, applied.id))["refused"]
    assert (refused["act"], refused["actor"]) == ("submit", "lead")


async def test_the_archive_verifies_itself_and_names_what_was_altered(live: World, tmp_path: Path) -> None:
    applied, auditor = await checked_with_a_draft(live)
    async with live.sessions() as session, session.begin():
        checkpoint = await take(session, live.settings.key, machine_now())
    folder = await unpacked(auditor, applied.id, tmp_path)
    code, said = verified(folder)
    assert code == 0, said
    assert f"under the root of checkpoint 1: {checkpoint.root}" in said[1]
    signed = signature_of(folder)
    assert signed == "Verified OK\n"

    chains = json.loads((folder / "chains.json").read_text())
    submitted = next(c for c in chains if c["entity"] == "proposal")["events"][-2]
    submitted["detail"]["digest"] = "0" * 64
    (folder / "chains.json").write_text(json.dumps(chains))
    code, said = verified(folder)
    assert code == 1
    assert said[0] == "chains.json is not what was put in."
    assert said[1].endswith(f"the detail of event {submitted['seq']} was altered.")

    submitted["at"] = "2020-01-01T00:00:00.000000+00:00"
    (folder / "chains.json").write_text(json.dumps(chains))
    assert f"event {submitted['seq']} was altered." in " ".join(verified(folder)[1])


SIGNER = new_p256()


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_the_archive_reckons_signatures_as_the_library_does(text: bytes, place: int, change: int) -> None:
    private = load_pem_private_key(SIGNER.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(private.sign(text, ec.ECDSA(SHA256())))
    signature, pem = r.to_bytes(32, "big") + s.to_bytes(32, "big"), public_key(SIGNER)
    altered = bytearray(signature)
    altered[place] ^= change
    told_ = [is_signed(text, signature, pem), is_signed(text + b".", signature, pem)]
    told_ += [is_signed(text, bytes(altered), pem), is_signed(text, signature, public_key(new_p256()))]
    assert told_ == [True, False, False, False]
    assert [is_signed(text, wrong, pem) for wrong in (b"", bytes(64), signature + b"\0")] == [False] * 3


async def with_letters(world: World, folder: Path) -> Path:
    """The archive of a proposal with the letter of its outcome and of what became of its request."""
    here, auditor = await contested(world, "30000000.00", "20000000.00"), await person(world, "a", "auditor")
    await here.admitted(1)
    return await unpacked(auditor, str(here.one(1).id), folder)


async def test_the_archive_verifies_its_letters_by_the_key_and_by_the_trail(
    live: World, tmp_path: Path
) -> None:
    folder = await with_letters(live, tmp_path)
    names = sorted(path.name for path in (folder / "letters").iterdir())
    assert names == ["001-reserve.json", "002-redress.json", "003-redress.json"]
    assert wrong_letters(folder, json.loads((folder / "chains.json").read_text())) == []
    for name in names:  # as whoever received it verifies it
        letters.verified((folder / "key.pem").read_text(), (folder / "letters" / name).read_text())


@pytest.mark.parametrize(
    "what", ["text", "signature", "other", "none", "key", "gone", "swapped", "broken", "untold"]
)
async def test_the_archive_names_a_letter_that_was_altered(live: World, tmp_path: Path, what: str) -> None:
    folder = await with_letters(live, tmp_path)
    path, key = folder / "letters" / "001-reserve.json", folder / "key.pem"
    one, pem = json.loads(path.read_text()), new_p256()
    head, facts, _ = one["signature"].split(".")
    facts = json.loads(urlsafe_b64decode(facts + "=="))
    match what:
        case "text":
            one["text"] += " Or not."
        case "signature":
            one["signature"] = f"{head}.{one['signature'].split('.')[1]}.{'A' * 86}"
        case "other":  # signed anew, by somebody else
            one["signature"] = letters.sign(pem, letters.Facts.model_validate(facts))
        case "none":
            one["signature"] = "nothing"
        case "key":
            key.write_text(public_key(pem))
        case "untold":  # signed by us, and never sent
            one["text"] = "Another."
            facts |= {"digest": letters.digest_of(one["subject"], one["text"])}
            one["signature"] = letters.sign(live.settings.key, letters.Facts.model_validate(facts))
        case "broken":
            del one["text"]
        case "swapped":
            facts |= {"reference": "P-OTHER"}
            one["signature"] = letters.sign(live.settings.key, letters.Facts.model_validate(facts))
    path.write_text(json.dumps(one))
    if what == "gone":
        path.unlink()
    code, said = verified(folder)
    told = {
        "text": "letters/001-reserve.json: its text is not what was signed.",
        "none": "letters/001-reserve.json: it is no letter with a signature that can be read.",
        "broken": "letters/001-reserve.json: it is no letter with a signature that can be read.",
        "untold": "letters/001-reserve.json: the trail does not tell of it.",
        "gone": "A letter that the trail tells of is not here.",
        "swapped": "letters/001-reserve.json: it is a letter about P-OTHER.",
    }
    forged = "letters/001-reserve.json: its signature is not of key.pem, or what is signed was altered."
    assert (code, told.get(what, forged) in said) == (1, True), said


async def test_a_chain_that_was_rewritten_whole_is_not_under_the_signed_root(
    live: World, tmp_path: Path
) -> None:
    applied, auditor = await checked_with_a_draft(live)
    async with live.sessions() as session, session.begin():
        await take(session, live.settings.key, machine_now())
    folder = await unpacked(auditor, applied.id, tmp_path)
    chains = json.loads((folder / "chains.json").read_text())
    proposal = next(c for c in chains if c["entity"] == "proposal")
    proposal["events"].pop()  # the rest follows from each other all the same
    proposal["signed"] |= {"seq": proposal["events"][-1]["seq"], "head": proposal["events"][-1]["hash"]}
    (folder / "chains.json").write_text(json.dumps(chains))
    assert (
        f"proposal {proposal['entity_id']}: its head is not under the root that was signed."
        in verified(folder)[1]
    )


async def test_before_any_checkpoint_it_says_so(world: World, tmp_path: Path) -> None:
    applied, auditor = await world.prepared(checked_with_a_draft)
    code, said = verified(await unpacked(auditor, applied.id, tmp_path))
    assert (code, said[1:]) == (0, ["No checkpoint was signed yet."])


async def test_an_event_that_was_altered_in_the_database_is_named(live: World, tmp_path: Path) -> None:
    applied, auditor = await checked_with_a_draft(live)
    by_owner(live, "ALTER TABLE audit_detail DISABLE TRIGGER USER")
    change = "UPDATE audit_detail SET detail = detail || '{\"version\": 7}' FROM audit_event e"
    by_owner(live, f"{change} WHERE e.id = event_id AND e.act = 'submit' AND e.entity = 'proposal'")
    code, said = verified(await unpacked(auditor, applied.id, tmp_path))
    assert (code, len(said), said[0][:38], said[0][-13:]) == (
        1, 1, f"proposal {applied.id}"[:38], " was altered.",
    )  # fmt: skip


async def test_it_costs_as_many_statements_however_much_has_happened(
    world: World, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    topic, auditor = await world.prepared(ranked)
    with counting() as few:
        await file_of(auditor, topic.proposals[0].id)
    panel = (await topic.office.get("/panels")).json()["items"][0]["id"]
    for _ in range(3):
        fault = {"fault": "wrong_record", "text": "A score was recorded wrongly."}
        await topic.office.post(f"/panels/{panel}/reopen", fault)
        await topic.second.make(f"/panels/{panel}/reopen", fault)
        await topic.office.make(f"/panels/{panel}/rank")
        await topic.office.make(f"/panels/{panel}/close")
    with counting() as many:
        await file_of(auditor, topic.proposals[0].id)
    assert len(many) == len(few) <= 20


def test_every_table_that_names_a_proposal_is_accounted_for() -> None:
    """A table that comes later is in the file by itself; what is left out is left out by name."""
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "proposal" for key in table.foreign_keys) and table.name != "proposal"
    }
    names = {table.name for table in own()}
    assert named <= names
    assert names >= DRAFTS | APART
    assert {"report", "report_version", "consensus_point", "ethics_requirement", "summary_version"} <= names


def test_what_the_tables_say_of_an_act() -> None:
    assert told("proposal", "declare_gone_and_forgotten") == (None, ())
    doc, rules = told("decision", "adopt")
    assert doc is not None
    assert "K-03" in rules
    drafts = {("proposal", "write"), ("proposal", "edit"), ("report", "edit"), ("partner", "edit")}
    assert {pair for pair in drafts if not writes_a_draft(*pair)} <= {("report", "edit")}
    kept = [("proposal", "check"), ("proposal", "submit"), ("report", "seal"), ("motion", "vote")]
    assert [pair for pair in kept if writes_a_draft(*pair)] == []


async def test_the_archive_still_verifies_once_an_expert_is_forgotten_and_names_nobody(
    world: World, tmp_path: Path
) -> None:
    """What was done stays in every chain; of what it was done with only the seal is left."""
    topic = await in_evaluation(world)
    ada = await expert(topic, "ada")
    await seated(topic, ada, topic.proposals[0])
    async with world.sessions() as session, session.begin():
        (await session.get_one(Account, ada.actor.id)).name = "Nominata Rara"
    key, auditor = topic.proposals[0].id, await person(world, "a", "auditor")
    told = {"account_id": str(ada.actor.id), "situation": "P3", "text": "Nominata said so to us."}
    await topic.office.make(f"/proposals/{key}/conflicts", told)
    await topic.office.make(f"/contracts/{ada.contract}/end")
    await long_ago(topic, ada.contract, 5 * 366)
    for folder, named in (("before", True), ("after", False)):
        (tmp_path / folder).mkdir()
        found = await unpacked(auditor, key, tmp_path / folder)
        words = "".join(one.read_text() for one in sorted(found.rglob("*.json")))
        assert ("Nominata" in words, ada.actor.email in words) == (named, False)
        code, said = verified(found)
        assert code == 0, said
        chains = json.loads((found / "chains.json").read_text())
        acts = [(c["entity"], e["act"]) for c in chains for e in c["events"]]
        assert {("assignment", "accept"), ("conflict", "record")} - set(acts) == set()
        if named:
            await anonymised(topic, ada.id)
