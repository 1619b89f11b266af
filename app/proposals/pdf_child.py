"""Reads the structure of one PDF from its input, in a process of its own that may use little; prints JSON."""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEMORY, SECONDS, DEPTH = 512 * 1024 * 1024, 10, 40
HARMFUL = {
    "/JS": "It contains JavaScript.",
    "/JavaScript": "It contains JavaScript.",
    "/EmbeddedFiles": "It contains embedded files.",
    "/EF": "It contains embedded files.",
    "/RichMedia": "It contains embedded files.",
    "/XFA": "It contains a form with scripts (XFA).",
}


def limit() -> None:
    """Whatever the file does, it does with this much memory and time, and writes nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def words(thing: Any, depth: int = 0) -> Iterator[str]:
    """Every key and name in an object, not following references; no stream is decoded."""
    import pikepdf

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


def examine() -> dict[str, Any]:
    """How many pages it has, or what is wrong with it."""
    import pikepdf

    source = sys.stdin.buffer
    if source.read(5) != b"%PDF-":
        return {"fault": "It is not a PDF file."}
    source.seek(0)
    try:
        with pikepdf.open(source, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"fault": "It is encrypted."}
            for thing in pdf.objects:
                for word in words(thing):
                    if word in HARMFUL:
                        return {"fault": HARMFUL[word]}
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        return {"fault": "It is encrypted."}
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return {"fault": "Its structure is broken."}
    return {"pages": pages} if pages else {"fault": "It has no page."}


if __name__ == "__main__":
    limit()
    try:
        found = examine()
    except MemoryError:
        found = {"fault": "Reading it takes too much memory."}
    sys.stdout.write(json.dumps(found))
