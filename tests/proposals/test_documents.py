"""Documents: taken in without a lock, looked at apart, refused with the reason."""

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from app.core.pdf import READER
from app.core.pdf_child import SECONDS
from app.rehearsal.paper import unreadable_pdf
from tests.build import person
from tests.conftest import World
from tests.proposals.build import pdf, ready, started, upload
from tests.proposals.corpus import REFUSED, blank, bomb, scripted

pytestmark = pytest.mark.anyio


async def test_a_document_is_kept_by_its_content_and_read_as_a_download(
    world: World,
) -> None:
    applied = await started(world, countries=("DE", "FR"))
    (pat,), body = applied.fellows, pdf(3)
    kept = (await upload(pat, applied.id, body)).json()
    assert (kept["digest"], kept["size"], kept["pages"]) == (sha256(body).hexdigest(), len(body), 3)
    read = await applied.lead.get(f"{applied.path}/documents/part_b")
    assert (read.status_code, read.content) == (200, body)
    reference = (await pat.get(applied.path)).json()["reference"]
    wanted = ("Content-Disposition", "Content-Type", "X-Content-Type-Options", "Content-Security-Policy")
    assert [read.headers[name] for name in wanted] == [
        f'attachment; filename="{reference}-part_b.pdf"',
        "application/pdf",
        "nosniff",
        "sandbox; default-src 'none'",
    ]


async def test_a_later_document_takes_the_place_of_the_earlier(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    for pages in (1, 2):
        assert (await upload(applied.lead, applied.id, pdf(pages))).status_code == 200
    assert [d["pages"] for d in (await applied.lead.get(applied.path)).json()["documents"]] == [2]


@pytest.mark.parametrize("named", ["empty", "word-document", "encrypted", "launch", "looped-tree", "no-page"])
async def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(world: World, named: str) -> None:
    make, why = REFUSED[named]
    applied = await started(world, countries=("DE",))
    refused = await upload(applied.lead, applied.id, make())
    assert (refused.status_code, [r["text"] for r in refused.json()["reasons"]]) == (422, [why])
    assert (await applied.lead.get(applied.path)).json()["documents"] == []


async def test_a_bomb_ends_its_fork_and_nothing_else(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    assert (await upload(applied.lead, applied.id, pdf())).status_code == 200
    lasting, began = READER.process, monotonic()
    refused = await upload(applied.lead, applied.id, bomb())
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "unreadable-file")
    assert monotonic() - began <= SECONDS + 1
    assert (await upload(applied.lead, applied.id, pdf())).status_code == 200
    assert (READER.process, lasting and lasting.poll()) == (lasting, None)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        pytest.param(
            lambda: unreadable_pdf("A"), "Page 2 cannot be read: it is damaged.", id="one-page-damaged"
        ),
        pytest.param(blank, "No page has any content.", id="nothing-on-any-page"),
    ],
)
async def test_what_cannot_be_read_is_told_and_kept_and_blocks_nothing(
    world: World, make: Callable[[], bytes], fault: str
) -> None:
    applied = await world.prepared(ready, countries=("DE", "FR"))
    lead, (fellow,), path = applied.lead, applied.fellows, applied.path
    kept = await upload(lead, applied.id, make())
    assert (kept.status_code, kept.json()["fault"], kept.json()["pages"]) == (200, fault, 2)
    for reader in (lead, fellow):
        told = {d["key"]: d["fault"] for d in (await reader.get(path)).json()["documents"]}
        assert told == {"part_b": fault, "exploitation_plan": None}
    offered = {a["name"]: a["blocked_by"] for a in (await lead.get(path)).json()["actions"]}
    assert offered["submit"] == []
    await lead.make(f"{path}/submit")
    sealed = (await lead.get(f"{path}/sealed/1")).json()["manifest"]["documents"]
    assert {d["key"]: d["fault"] for d in sealed} == {"part_b": fault, "exploitation_plan": None}
    assert (await upload(lead, applied.id, pdf())).json()["fault"] is None
    told = {d["key"]: d["fault"] for d in (await lead.get(path)).json()["documents"]}
    assert told == {"part_b": None, "exploitation_plan": None}


async def test_a_file_that_is_refused_is_not_kept(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    bad = scripted() + b"% mark"
    await upload(applied.lead, applied.id, bad)
    good = pdf(mark="good")
    assert (await upload(applied.lead, applied.id, good)).status_code == 200
    stored = {p.name for p in Path(world.settings.data_dir, "files").rglob("*") if p.is_file()}
    assert (sha256(good).hexdigest() in stored, sha256(bad).hexdigest() in stored) == (True, False)


async def test_who_may_not_attach_is_refused_before_anything_is_taken_in(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    stranger = await person(world, "stranger")
    assert (await upload(stranger, applied.id, b"nonsense")).status_code == 404
    assert (await upload(applied.lead, applied.id, pdf(), key="nonsense")).status_code == 409
    wrong = await upload(applied.lead, applied.id, b"<html>", **{"Content-Type": "text/html"})
    assert wrong.status_code == 415
    async with world.client() as nobody:
        sent = {"Content-Type": "application/pdf"}
        path = f"/v1/proposals/{applied.id}/documents/part_b"
        assert (await nobody.put(path, content=pdf(), headers=sent)).status_code == 404


MB = 1024 * 1024


async def test_sixty_megabytes_are_refused_without_being_read(world: World) -> None:
    applied, read = await started(world, countries=("DE",)), 0

    async def much() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(60):
            read += 1
            yield b" " * MB

    before = stored(world)
    told = await upload(applied.lead, applied.id, much(), **{"Content-Length": str(60 * MB)})
    assert (told.status_code, told.json()["type"], read) == (413, "/problems/too-large", 0)
    told = await upload(applied.lead, applied.id, much())
    assert (told.status_code, told.json()["type"]) == (413, "/problems/too-large")
    assert read <= world.settings.upload_limit // MB + 1
    assert (await applied.lead.get(applied.path)).json()["documents"] == []
    assert stored(world) == before


def stored(world: World) -> set[str]:
    return {p.name for p in Path(world.settings.data_dir, "files").rglob("*") if p.is_file()}


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("kind", [WORD, "application/zip", "application/octet-stream", "text/html", "", "x"])
async def test_another_kind_of_content_is_refused_in_a_sentence(world: World, kind: str) -> None:
    applied = await world.prepared(started, countries=("DE",))
    told = await upload(applied.lead, applied.id, pdf(), **{"Content-Type": kind})
    assert (told.status_code, told.json()["title"]) == (415, "This kind of content is not accepted here.")
    assert (await applied.lead.get(applied.path)).json()["documents"] == []


@pytest.mark.parametrize("broken", [b"", b"%PDF-", pdf()[:400]])
async def test_an_upload_that_breaks_off_leaves_nothing(world: World, broken: bytes) -> None:
    """The client goes away before its last byte: no answer can reach it, and nothing is kept."""
    applied, before = await started(world, countries=("DE",)), stored(world)
    messages: list[Any] = [{"type": "http.request", "body": broken, "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    path = f"/v1/proposals/{applied.id}/documents/part_b"
    token = applied.lead.client.headers["Authorization"]
    headers = [(b"content-type", b"application/pdf"), (b"authorization", token.encode())]
    scope = {"type": "http", "http_version": "1.1", "method": "PUT", "scheme": "http", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers}
    await world.app(scope | {"server": ("test", 80), "client": ("test", 1)}, receive, send)
    assert sent[0]["status"] == 422
    assert (await applied.lead.get(applied.path)).json()["documents"] == []
    assert stored(world) == before


@pytest.mark.parametrize(
    "name",
    ["..%2F..%2Fx", "../../x", "%2e%2e%2fx", "a/b", "part_b.pdf", "PART_B", "%00", "x" * 300],
)
async def test_no_name_of_the_clients_reaches_the_store(world: World, name: str) -> None:
    applied, before = await started(world, countries=("DE",)), stored(world)
    told = await upload(applied.lead, applied.id, pdf(mark=name), name)
    assert told.status_code in (404, 405, 409, 422)
    assert stored(world) == before
    sent = {"Content-Disposition": f'attachment; filename="../../{name}.docx"'}
    assert (await upload(applied.lead, applied.id, pdf(), **sent)).status_code == 200
    read = await applied.lead.get(f"{applied.path}/documents/part_b")
    assert read.headers["Content-Disposition"].endswith('-part_b.pdf"')


async def test_the_documents_of_a_proposal_have_a_size_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied, body = await started(world, countries=("DE",)), pdf(2)
    monkeypatch.setattr(world.settings, "proposal_limit", 2 * len(body))
    for key in ("part_b", "exploitation_plan", "part_b"):
        assert (await upload(applied.lead, applied.id, body, key)).status_code == 200
    larger, read = pdf(9), False

    async def sent() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield larger

    announced = {"Content-Length": str(len(larger))}
    size = len(body)
    told = f"The documents of a proposal may have {2 * size} bytes together; the others have {size}."
    for headers, comes in ((announced, False), ({}, True)):
        answer = await upload(applied.lead, applied.id, sent(), **headers)
        assert (answer.status_code, answer.json()["reasons"][0]["text"], read) == (409, told, comes)
    kept = {d["key"]: d["size"] for d in (await applied.lead.get(applied.path)).json()["documents"]}
    assert kept == {"part_b": len(body), "exploitation_plan": len(body)}
