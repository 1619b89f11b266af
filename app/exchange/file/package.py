"""The auditor's file as one archive: data, what was handed in, prints, mails, the trail, a verifier."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.resources import files as packaged
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.calls.rules import in_words
from app.core.checkpoint import der_of, signed_text
from app.core.letters import Signed
from app.core.outbox import Mail
from app.core.receipts import public_key
from app.core.uploads import chunks, entry_of
from app.decisions.letter.models import Letter
from app.evaluation.summary.models import Summary, SummaryPrint, SummaryVersion
from app.exchange.file.belonging import KEY, own_tables
from app.exchange.file.reading import mails
from app.exchange.file.schemas import FileRead
from app.exchange.file.trail import Trail, trail_of
from app.people.desk import desk
from app.proposals.copies import fetched
from app.proposals.models import SealedVersion
from app.workflow.asked import Asked

WITHHELD: Mapping[str, frozenset[str]] = {
    "proposal": frozenset({"acronym", "title", "abstract", "requested"}),
    "report": frozenset({"flags", "remark"}),
    "hearing": frozenset({"secret"}),
    "consensus_meeting": frozenset({"secret"}),
}
"""Columns that are left out, by table: what is a draft, and stands in another once it is handed in or sealed,
and what lets people into a meeting."""


@dataclass
class Package:
    """What goes into the archive: texts as they are, and stored files by their digest."""

    name: str
    at: datetime
    texts: dict[str, bytes] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)


def _json(value: Any) -> bytes:
    return json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=1).encode()


async def package_of(asked: Asked, key: UUID, file: FileRead) -> Package:
    """Read all that goes in, in a constant number of statements."""
    given = {"proposal_id": key}
    made = Package(f"{file.proposal.reference}-file.zip", asked.now)
    made.texts["file.json"] = _json(file)
    trail = await trail_of(asked, key)
    made.texts |= _of_trail(trail)
    for table, such in own_tables().items():
        columns = [c for c in table.c if c.name not in WITHHELD.get(table.name, ())]
        rows = await asked.session.execute(select(*columns).where(such), given)
        if found := [dict(row._mapping) for row in rows]:
            made.texts[f"records/{table.name}.json"] = _json(found)
    for number, letter in enumerate((await asked.session.scalars(mails(), given)).all(), 1):
        made.texts[f"mails/{number:03}-{letter.kind}.txt"] = _mail(letter)
    for number, one in enumerate((await asked.session.scalars(_letters(), given)).all(), 1):
        form = Signed(subject=one.subject, text=one.text, signature=one.signature)
        made.texts[f"letters/{number:03}-{one.kind}.json"] = form.as_file()
    _put_versions(made, (await asked.session.scalars(_versions(), given)).all())
    printed = await asked.session.execute(_prints(), given)
    made.stored |= {f"summaries/{list_id}-{number}.pdf": digest for list_id, number, digest in printed}
    made.texts["verify.py"] = (packaged("app.exchange.file") / "verify.py").read_bytes()
    read_me = (packaged("app.exchange.file") / "read_me.txt").read_text(encoding="utf-8")
    facts = {"reference": file.proposal.reference, "call": file.proposal.call}
    made.texts["README.txt"] = read_me.format(**facts, at=in_words(asked.now), url=desk().public_url).encode()
    return made


def _of_trail(trail: Trail) -> Mapping[str, bytes]:
    pem = desk().tokens.pem
    found = {"chains.json": _json(trail.chains), "key.pem": public_key(pem).encode()}
    if trail.checkpoint is not None:
        found["checkpoint.json"] = signed_text(trail.checkpoint)
        found["checkpoint.sig"] = der_of(trail.checkpoint)
    return found


def _mail(letter: Mail) -> bytes:
    sent = "not sent" if letter.sent_at is None else letter.sent_at.isoformat()
    head = f"To: {letter.recipient}\nSubject: {letter.subject}\nWritten: {letter.written_at.isoformat()}\n"
    return f"{head}Sent: {sent}\n\n{letter.text}".encode()


def _letters() -> Any:
    return select(Letter).where(Letter.proposal_id == KEY).order_by(Letter.created_at, Letter.id)


def _versions() -> Any:
    of = select(SealedVersion).where(SealedVersion.proposal_id == KEY).order_by(SealedVersion.number)
    return of.options(undefer(SealedVersion.texts), undefer(SealedVersion.answers))


def _put_versions(made: Package, versions: Sequence[SealedVersion]) -> None:
    for one in versions:
        here = f"versions/{one.number}"
        made.texts[f"{here}/manifest.json"] = _json(one.manifest)
        made.texts[f"{here}/answers.json"] = _json({"texts": one.texts, "answers": one.answers})
        made.texts[f"{here}/receipt.jws"] = one.receipt.encode()
        for document in one.manifest["documents"]:
            made.stored[f"{here}/documents/{document['key']}.pdf"] = document["digest"]


def _prints() -> Any:
    return (
        select(Summary.list_id, SummaryVersion.number, SummaryPrint.file)
        .join(SummaryVersion, SummaryVersion.summary_id == Summary.id)
        .join(SummaryPrint, SummaryPrint.content_digest == SummaryVersion.digest)
        .where(Summary.proposal_id == KEY, SummaryPrint.file.is_not(None))
    )


async def packed(state: Any, package: Package) -> IO[bytes]:
    """The archive, made while no connection is held; every file is in it under its SHA-256."""
    made = TemporaryFile()  # noqa: SIM115  # whoever asked closes it
    digests: dict[str, str] = {}
    with ZipFile(made, "w") as archive:
        for name, text in sorted(package.texts.items()):
            archive.writestr(entry_of(name, package.at), text, ZIP_DEFLATED)
            digests[name] = sha256(text).hexdigest()
        for name, digest in sorted(package.stored.items()):
            digests[name] = await _put(state, archive, entry_of(name, package.at), digest)
        archive.writestr(entry_of("manifest.json", package.at), _json(digests), ZIP_DEFLATED)
    return made


async def _put(state: Any, archive: ZipFile, entry: Any, digest: str) -> str:
    """Copy a stored file in; gives the digest of what was copied."""
    found = sha256()
    with await fetched(state, digest) as file, archive.open(entry, "w") as into:
        async for chunk in chunks(file):
            found.update(chunk)
            into.write(chunk)
    return found.hexdigest()
