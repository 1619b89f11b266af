"""The corpus of files that are not taken as documents, each with the reason that is told."""

import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pikepdf

from tests.proposals.build import pdf


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


def changed(change: Callable[[Any], None], **more: Any) -> bytes:
    """A good file of two pages, but for one thing."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        change(made)
        made.save(out, **more)
    return out.getvalue()


def acting(kind: str, **more: Any) -> Callable[[], bytes]:
    """A file with a link that does this when it is followed."""

    def linked(made: Any) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
        made.pages[0].Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))

    return lambda: changed(linked)


def attached(made: Any) -> None:
    """A file in a note on a page, not in the tree of names."""
    file = made.make_indirect(pikepdf.Dictionary(F="a.exe", EF=pikepdf.Dictionary(F=made.make_stream(b"MZ"))))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=file)
    made.pages[0].Annots = pikepdf.Array([note])


def rich(made: Any) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia)
    made.pages[0].Annots = pikepdf.Array([note])


def counted(count: int) -> Callable[[], bytes]:
    """A file that says that it has so many pages; two are there."""
    return lambda: pdf().replace(b"/Count 2", b"/Count %d" % count)


def pageless(made: Any) -> None:
    del made.Root.Pages


def kidless(made: Any) -> None:
    made.Root.Pages.Kids = 7


def nested(made: Any) -> None:
    """A tree of pages a thousand levels deep, whose lowest leads back to the highest."""
    root = made.Root.Pages
    here = root
    for _ in range(1_000):
        below = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=2, Parent=here))
        here.Kids = pikepdf.Array([below])
        here = below
    here.Kids = pikepdf.Array([root])


def deep(made: Any) -> None:
    """An array within an array, a hundred times."""
    made.Root.X = pikepdf.Object.parse(b"[" * 100 + b"]" * 100)


def word_document() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


NO_PDF, BROKEN = "It is not a PDF file.", "Its structure is broken."
FILES, SCRIPT = "It contains embedded files.", "It contains JavaScript."
COUNT = "It says that it has another number of pages than it has."
REFUSED: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", NO_PDF),
    "something-before": (lambda: b"MZ" + pdf(), NO_PDF),
    "word-document": (word_document, NO_PDF),
    "zip-bomb": (lambda: b"PK\x03\x04" + zlib.compress(b"0" * 10_000_000), NO_PDF),
    "nonsense": (lambda: b"%PDF-1.7 nonsense", BROKEN),
    "truncated": (lambda: pdf()[:-200], BROKEN),
    "encrypted": (lambda: encrypted(""), "It is encrypted."),
    "encrypted-with-password": (lambda: encrypted("secret"), "It is encrypted."),
    "script": (scripted, SCRIPT),
    "hidden-script": (hidden_script, SCRIPT),
    "launch": (acting("Launch", F="calc.exe"), "It starts other programs."),
    "submit-form": (acting("SubmitForm", F="http://example.org"), "It sends data elsewhere."),
    "import-data": (acting("ImportData", F="a.fdf"), "It takes in data from elsewhere."),
    "embedded-file": (loaded, FILES),
    "attached-to-a-page": (lambda: changed(attached), FILES),
    "rich-media": (lambda: changed(rich), FILES),
    "looped-tree": (looped, BROKEN),
    "nested-looped-tree": (lambda: changed(nested), BROKEN),
    "no-tree": (lambda: changed(pageless), BROKEN),
    "no-kids": (lambda: changed(kidless), "It has no page."),
    "deep-array": (lambda: changed(deep), BROKEN),
    "no-page": (lambda: pdf(0), "It has no page."),
    "too-many-pages-said": (counted(9), COUNT),
    "too-few-pages-said": (counted(1), COUNT),
    "no-pages-said": (counted(0), COUNT),
}
"""By name: what makes it, and why it is refused."""
