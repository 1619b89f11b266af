"""Copies of documents that name their reader on every page."""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import IO, Any

from app.core.pdf import marked
from app.core.typeset import typeset


async def copy_for(file: IO[bytes], line: str, limit: int | None, at: datetime) -> IO[bytes]:
    """A copy with `line` in the margin of each page; those beyond the limit are crossed (C-20).

    Raises NotMarked.
    """
    beyond = None if limit is None else f"Beyond the limit of {limit} pages: to be disregarded"
    facts: Mapping[str, Any] = {"line": line, "beyond": beyond}
    return await marked(file, await typeset((files("app.core") / "marks.typ").read_bytes(), facts, at), limit)
