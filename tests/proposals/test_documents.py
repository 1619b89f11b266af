"""Documents: taken in without a lock, looked at apart, refused with the reason."""

import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from time import monotonic

import pikepdf
import pytest

from app.core.pdf import READER
from app.core.pdf_child import SECONDS
from app.rehearsal.paper import unreadable_pdf
from tests.build import person
from tests.conftest import World
from tests.proposals.build import pdf, ready, started, upload

pytestmark = pytest.mark.anyio


def encrypted(user: str) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        made.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
    return out.getvalue()


def scripted() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.save(out)
    return out.getvalue()


def hidden_script() -> bytes:
    """The script stands in an object stream, behind two references."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        action = made.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript))
        made.pages[0].obj.AA = pikepdf.Dictionary(O=action)
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def loaded() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        made.attachments["a.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")
        made.save(out)
    return out.getvalue()


def looped() -> bytes:
    """A tree of pages that is its own child."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        made.Root.Pages.Kids.append(made.Root.Pages)
        made.save(out)
    return out.getvalue()


def blank() -> bytes:
    made, out = pikepdf.new(), BytesIO()
    for _ in range(2):
        made.add_blank_page()
    made.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """An object stream of 600 MB in some hundred kilobytes."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"1 0 " + b" " * 1_000_000)]
    parts += [packer.compress(b" " * 10_000_000) for _ in range(60)]
    packed = b"".join([*parts, packer.flush()])
    head = b"%PDF-1.5\n"
    stream = b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    body = stream + packed + b"\nendstream\nendobj\n"
    rows = [
        (0, 0, 255),
        (2, 5, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (1, len(head), 0),
        (1, len(head + body), 0),
    ]
    table = b"".join(bytes([kind]) + where.to_bytes(4, "big") + bytes([nth]) for kind, where, nth in rows)
    end = b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    start = b"startxref\n%d\n%%%%EOF" % len(head + body)
    return head + body + end + table + b"\nendstream\nendobj\n" + start


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
    applied = await started(world, countries=("DE",))
    for pages in (1, 2):
        assert (await upload(applied.lead, applied.id, pdf(pages))).status_code == 200
    assert [d["pages"] for d in (await applied.lead.get(applied.path)).json()["documents"]] == [2]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(lambda: b"", "It is not a PDF file.", id="empty"),
        pytest.param(lambda: b"MZ" + pdf(), "It is not a PDF file.", id="something-before"),
        pytest.param(lambda: b"%PDF-1.7 nonsense", "Its structure is broken.", id="nonsense"),
        pytest.param(lambda: pdf()[:-200], "Its structure is broken.", id="truncated"),
        pytest.param(lambda: encrypted(""), "It is encrypted.", id="encrypted"),
        pytest.param(lambda: encrypted("secret"), "It is encrypted.", id="encrypted-with-password"),
        pytest.param(scripted, "It contains JavaScript.", id="script"),
        pytest.param(hidden_script, "It contains JavaScript.", id="hidden-script"),
        pytest.param(loaded, "It contains embedded files.", id="embedded-file"),
        pytest.param(looped, "Its structure is broken.", id="looped-tree"),
        pytest.param(lambda: pdf(0), "It has no page.", id="no-page"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(
    world: World, make: object, why: str
) -> None:
    applied = await started(world, countries=("DE",))
    refused = await upload(applied.lead, applied.id, make())  # type: ignore[operator]
    assert (refused.status_code, [r["text"] for r in refused.json()["reasons"]]) == (422, [why])
    assert (await applied.lead.get(applied.path)).json()["documents"] == []


async def test_a_bomb_ends_its_fork_and_nothing_else(world: World) -> None:
    applied = await started(world, countries=("DE",))
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
    applied = await ready(world, countries=("DE", "FR"))
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
    applied = await started(world, countries=("DE",))
    bad = scripted() + b"% mark"
    await upload(applied.lead, applied.id, bad)
    good = pdf(mark="good")
    assert (await upload(applied.lead, applied.id, good)).status_code == 200
    stored = {p.name for p in Path(world.settings.data_dir, "files").rglob("*") if p.is_file()}
    assert (sha256(good).hexdigest() in stored, sha256(bad).hexdigest() in stored) == (True, False)


async def test_who_may_not_attach_is_refused_before_anything_is_taken_in(world: World) -> None:
    applied = await started(world, countries=("DE",))
    stranger = await person(world, "stranger")
    assert (await upload(stranger, applied.id, b"nonsense")).status_code == 404
    assert (await upload(applied.lead, applied.id, pdf(), key="nonsense")).status_code == 409
    wrong = await upload(applied.lead, applied.id, b"<html>", **{"Content-Type": "text/html"})
    assert wrong.status_code == 415
    async with world.client() as nobody:
        sent = {"Content-Type": "application/pdf"}
        path = f"/v1/proposals/{applied.id}/documents/part_b"
        assert (await nobody.put(path, content=pdf(), headers=sent)).status_code == 404
