"""Files by their content: the name of each is the SHA-256 of its bytes, so none is ever changed."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import ObjectStore, from_url

from app.core.errors import TooLarge

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """What is known of a file once it is stored: its SHA-256 in hex and its size in bytes."""

    digest: str
    size: int


class Files:
    """A folder (`file:///…`) or a bucket (`s3://…` and others) of files."""

    def __init__(self, url: str) -> None:
        self._store = _store(url)

    async def store(self, chunks: AsyncIterator[bytes], limit: int) -> StoredFile:
        """Take in a stream of at most `limit` bytes; nothing stays of one that is longer.

        Raises TooLarge, and whatever the stream raises.
        """
        seen = _Seen(limit)
        draft = f"incoming/{uuid4().hex}"
        await obstore.put_async(self._store, draft, seen.counted(chunks), chunk_size=CHUNK)
        stored = StoredFile(seen.hash.hexdigest(), seen.size)
        await obstore.rename_async(self._store, draft, _path(stored.digest))
        return stored

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        """The bytes of a file in pieces. Raises FileNotFoundError."""
        found = await obstore.get_async(self._store, _path(digest))
        async for chunk in found.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    async def has(self, digest: str) -> bool:
        try:
            await obstore.head_async(self._store, _path(digest))
        except FileNotFoundError:
            return False
        return True

    async def older(self, than: datetime) -> set[str]:
        """The digests of files stored before."""
        return {path.rsplit("/", 1)[1] async for path in self._before("sha256", than)}

    async def remove(self, digests: Iterable[str]) -> None:
        if paths := [_path(digest) for digest in digests]:
            await obstore.delete_async(self._store, paths)

    async def remove_left(self, before: datetime) -> None:
        """Remove what was begun to be stored before and has come to no end."""
        if paths := [path async for path in self._before("incoming", before)]:
            await obstore.delete_async(self._store, paths)

    async def _before(self, folder: str, than: datetime) -> AsyncIterator[str]:
        async for batch in obstore.list(self._store, folder):
            for one in batch:
                if one["last_modified"] < than:
                    yield one["path"]


class _Seen:
    """Size and hash of a stream, taken as it passes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size, self.hash = limit, 0, sha256()

    async def counted(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.size += len(chunk)
            if self.size > self.limit:
                raise TooLarge(f"A file may have at most {self.limit} bytes.")
            self.hash.update(chunk)
            yield chunk


def _store(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return from_url(url)
    # The folder is closed to others whatever the process's umask is.
    Path(unquote(parts.path)).mkdir(mode=0o700, parents=True, exist_ok=True)
    return from_url(url)


def _path(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("A file is named by the 64 hex digits of its SHA-256.")
    return f"sha256/{digest[:2]}/{digest}"
