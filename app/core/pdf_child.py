"""Reads one PDF, structure and content of its pages, in a process of its own that may use little."""

import resource
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

MEMORY, SECONDS, DEPTH = 512 * 1024 * 1024, 10, 40
CONTENT, PIECE = 256 * 1024 * 1024, 1024 * 1024  # bytes of decoded content, of all pages, and at a time
HARMFUL = {
    "/JS": "It contains JavaScript.",
    "/JavaScript": "It contains JavaScript.",
    "/EmbeddedFiles": "It contains embedded files.",
    "/EF": "It contains embedded files.",
    "/RichMedia": "It contains embedded files.",
    "/XFA": "It contains a form with scripts (XFA).",
    "/Launch": "It starts other programs.",
    "/SubmitForm": "It sends data elsewhere.",
    "/ImportData": "It takes in data from elsewhere.",
}


def limit(written: int = 0) -> None:
    """Whatever the file does, it does with this much memory and time, and writes no more bytes than these."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def words(thing: Any, depth: int = 0) -> Iterator[str]:
    """Every key and name in an object, not following references; no stream is decoded."""
    if depth > DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(thing, pikepdf.Name):
        yield str(thing)
    elif isinstance(thing, pikepdf.Array):
        for part in thing:
            yield from words(part, depth + 1) if not _elsewhere(part) else ()
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key in thing.keys():  # noqa: SIM118  # iterating a stream would decode it
            yield str(key)
            value = thing.get(key)
            yield from words(value, depth + 1) if not _elsewhere(value) else ()


def _elsewhere(part: Any) -> bool:
    return bool(getattr(part, "is_indirect", False))


class Unreadable(Exception):
    """The content of a page cannot be decoded; the message says why."""


def inflated(raw: bytes) -> Iterator[bytes]:
    """What a Flate stream holds, piece by piece, none of it kept. Raises Unreadable.

    Its checksum is left alone, as readers do.
    """
    if not raw:
        return
    try:
        zlib.decompressobj().decompress(raw[:2])  # the header alone
        stream, rest = zlib.decompressobj(-zlib.MAX_WBITS), raw[2:]
        while not stream.eof:
            piece = stream.decompress(rest, PIECE)
            rest = stream.unconsumed_tail
            if not piece and not rest and not stream.eof:
                raise Unreadable("it breaks off")
            yield piece
    except zlib.error:
        raise Unreadable("it is damaged") from None


def content(page: Any, left: int) -> Iterator[bytes]:
    """The content of a page, undecoded unless it is plain Flate. Raises Unreadable."""
    found = page.get("/Contents")
    for part in found if isinstance(found, pikepdf.Array) else [found]:
        if not isinstance(part, pikepdf.Stream):
            continue
        raw, filters = part.read_raw_bytes(), part.get("/Filter")
        names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
        for piece in inflated(raw) if names == ["/FlateDecode"] else [raw]:
            left -= len(piece)
            if left < 0:
                raise Unreadable("there is too much content up to its end")
            yield piece


def fault_of(pages: Any) -> str | None:
    """Which page cannot be read, if one cannot, or that there is nothing to read on any."""
    left, anything = CONTENT, False
    for number, page in enumerate(pages, 1):
        try:
            for piece in content(page.obj, left):
                left -= len(piece)
                anything = anything or bool(piece.strip())
        except Unreadable as why:
            return f"Page {number} cannot be read: {why}."
    return None if anything else "No page has any content."


def examine(source: BinaryIO) -> dict[str, Any]:
    """How many pages it has and what of them cannot be read; or why it is refused."""
    if source.read(5) != b"%PDF-":
        return {"refused": "It is not a PDF file."}
    source.seek(0)
    try:
        with pikepdf.open(source, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"refused": "It is encrypted."}
            for thing in pdf.objects:
                for word in words(thing):
                    if word in HARMFUL:
                        return {"refused": HARMFUL[word]}
            tree: Any = pdf.Root.get("/Pages")
            # Before the library walks the tree and mends it.
            said = tree.get("/Count") if isinstance(tree, pikepdf.Dictionary) else None
            found = len(pdf.pages)
            if not found:
                return {"refused": "It has no page."}
            if said != found:
                return {"refused": "It says that it has another number of pages than it has."}
            return {"pages": found, "fault": fault_of(pdf.pages)}
    except pikepdf.PasswordError:
        return {"refused": "It is encrypted."}
    except MemoryError:
        return {"refused": "Reading it takes too much memory."}
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return {"refused": "Its structure is broken."}
