"""The receipt as a PDF: for whoever reads the version, always the same bytes, and verified as it is."""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest
import typst
from sqlalchemy import select, update

from app.core import receipts
from app.core.receipt_cli import verify
from app.people.desk import desk
from app.proposals import receipt
from app.proposals.models import Proposal, SealedVersion
from tests.build import committee, person
from tests.conftest import World
from tests.proposals.build import Applied, pdf, ready, submitted, upload

pytestmark = pytest.mark.anyio


def path(applied: Applied, number: int = 1) -> str:
    return f"{applied.path}/versions/{number}/receipt.pdf"


async def test_it_is_the_same_whenever_it_is_asked_for_and_tells_of_its_own_version(world: World) -> None:
    applied = await submitted(world, countries=("DE", "FR"))
    (pat,) = applied.fellows
    first = await applied.lead.get(path(applied))
    assert (first.status_code, first.headers["Content-Type"]) == (200, "application/pdf")
    reference = (await applied.lead.get(applied.path)).json()["reference"]
    named = f'attachment; filename="{reference}-1-receipt.pdf"'
    assert (first.headers["Content-Disposition"], first.content[:5]) == (named, b"%PDF-")
    assert (await upload(applied.lead, applied.id, pdf(5))).status_code == 200
    await applied.lead.make(f"{applied.path}/submit")
    assert (await pat.get(path(applied))).content == first.content
    assert (await pat.get(path(applied, 2))).content != first.content


async def test_the_file_itself_is_verified(world: World, tmp_path: Any) -> None:
    applied = await submitted(world, countries=("DE",))
    given = (await applied.lead.get(applied.path)).json()["receipt"]
    (tmp_path / "receipt.pdf").write_bytes((await applied.lead.get(path(applied))).content)
    (tmp_path / "key.pem").write_text(receipts.public_key(desk().tokens.pem))
    told = verify(str(tmp_path / "receipt.pdf"), tmp_path / "key.pem", None)
    assert (told.startswith("Genuine: http://test received "), given["digest"] in told) == (True, True)


async def test_it_shows_what_was_sealed_and_when(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []

    async def keep(template: bytes, facts: dict[str, Any], at: object) -> bytes:
        shown.append(json.loads(json.dumps(facts)))
        return b""

    applied = await submitted(world, countries=("DE",))
    given = (await applied.lead.get(applied.path)).json()["receipt"]
    manifest = (await applied.lead.get(f"{applied.path}/sealed/1")).json()["manifest"]
    monkeypatch.setattr(receipt, "typeset", keep)
    await applied.lead.get(path(applied))
    async with world.sessions() as session:
        version = (await session.scalars(select(SealedVersion))).one()
        version.received_at = datetime(2020, 3, 31, 14, 59, 59, 999999, tzinfo=UTC)
        await receipt.receipt_pdf(version)
        session.expunge_all()
    asked_for, facts = shown
    assert dict(asked_for["rows"])["Received, UTC"] == given["received_at"].replace("Z", "+00:00")
    assert dict(facts["rows"]) == {
        "Reference": manifest["reference"],
        "Acronym": "SECRETUM",
        "Version": "1",
        "Received, Brussels time": "31 March 2020, 16:59:59",
        "Received, UTC": "2020-03-31T14:59:59.999999+00:00",
    }
    files = [[d["key"], str(d["pages"]), str(d["size"]), d["digest"]] for d in manifest["documents"]]
    assert (facts["documents"], len(files)) == (files, 2)
    assert [row[2] for row in facts["sections"]] == [s["digest"] for s in manifest["sections"]]
    assert ("".join(facts["signed"]), facts["digest"]) == (given["receipt"], given["digest"])
    assert facts["issuer"] == "http://test"


async def test_it_is_for_those_who_read_the_version_and_for_others_not_there(world: World) -> None:
    applied = await ready(world, countries=("DE", "FR"))
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    _, (member,) = await committee(world, "member")
    assert (await applied.lead.get(path(applied))).status_code == 404
    await applied.lead.make(f"{applied.path}/submit")
    readers = [await who.get(path(applied)) for who in (applied.lead, *applied.fellows, office)]
    assert [answer.status_code for answer in readers] == [200, 200, 200]
    missing = await stranger.get(f"/proposals/{applied.topic_stage}/versions/1/receipt.pdf")
    for other in (stranger, member):
        hidden = await other.get(path(applied))
        assert (hidden.status_code, hidden.json() | {"instance": ""}) == (
            404,
            missing.json() | {"instance": ""},
        )
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1{path(applied)}")).status_code == 404
    assert (await applied.lead.get(path(applied, 2))).status_code == 404


@pytest.mark.parametrize(
    "acronym", ['#panic("run")', '*bold* $x$ [#read("/etc/passwd")]', "Ж Ω 漢字 \u202e", "\\"]
)
async def test_what_was_written_is_shown_as_text_and_never_run(world: World, acronym: str) -> None:
    applied = await world.prepared(ready, countries=("DE",))
    async with world.sessions() as session, session.begin():
        mine = Proposal.id == UUID(applied.id)
        await session.execute(update(Proposal).where(mine).values(acronym=acronym))
    await applied.lead.make(f"{applied.path}/submit")
    made = await applied.lead.get(path(applied))
    assert made.status_code == 200
    with pikepdf.open(BytesIO(made.content)) as read:
        assert (len(read.pages), list(read.attachments)) == (1, ["receipt.jws"])


def test_a_template_would_run_what_is_markup() -> None:
    with pytest.raises(typst.TypstError, match="run"):
        typst.compile(b'#panic("run")')
