"""Files by content: stored whole or not at all, and closed to other users."""

import stat
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.core.errors import TooLarge
from app.core.files import Files, StoredFile

pytestmark = pytest.mark.anyio


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(files: Files, digest: str) -> bytes:
    return b"".join([chunk async for chunk in files.open(digest)])


def kept(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder.as_uri())


@pytest.mark.parametrize("chunks", [(), (b"a",), (b"one", b"two"), (b"x" * 3_000_000,) * 4])
async def test_what_is_stored_is_read_again(files: Files, chunks: tuple[bytes, ...]) -> None:
    whole = b"".join(chunks)
    stored = await files.store(stream(*chunks), limit=20_000_000)
    assert stored == StoredFile(sha256(whole).hexdigest(), len(whole))
    assert await read(files, stored.digest) == whole


async def test_the_same_bytes_are_one_file(files: Files, folder: Path) -> None:
    first = await files.store(stream(b"same"), limit=4)
    second = await files.store(stream(b"sa", b"me"), limit=4)
    assert first == second
    assert kept(folder) == [f"sha256/{first.digest[:2]}/{first.digest}"]


@pytest.mark.parametrize("size", [11, 12_000_000])
async def test_too_large_leaves_nothing(files: Files, folder: Path, size: int) -> None:
    with pytest.raises(TooLarge, match=r"^A file may have at most 10 bytes\.$"):
        await files.store(stream(b"12345", b"x" * (size - 5)), limit=10)
    assert kept(folder) == []


async def test_a_stream_that_breaks_off_leaves_nothing(files: Files, folder: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.store(broken(), limit=10_000_000)
    assert kept(folder) == []


async def test_an_unknown_digest_is_not_found(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        await read(files, "0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63, ""])
async def test_only_a_digest_is_a_name(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        await read(files, name)


async def test_the_folder_is_closed_to_others(files: Files, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_store_in_memory_works_alike() -> None:
    files = Files("memory:///")
    stored = await files.store(stream(b"abc"), limit=3)
    assert await read(files, stored.digest) == b"abc"
