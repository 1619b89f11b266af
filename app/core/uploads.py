"""Files over the wire: where they are kept, taking one in, handing one out."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_STORED, ZipInfo

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from app.core.errors import Malformed
from app.core.files import CHUNK, Files
from app.core.settings import Settings

PDF = "application/pdf"
ZIP = "application/zip"
PDF_BODY = {
    "requestBody": {"required": True, "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}
"""What OpenAPI says of a request that carries one."""
_stores: dict[str, Files] = {}


def files(settings: Settings) -> Files:
    """Where files are kept, opened once."""
    return _stores.setdefault(settings.files_url, Files(settings.files_url))


async def take_in(request: Request, file: IO[bytes]) -> None:
    """Write what is sent to `file`. Raises Malformed if it breaks off."""
    try:
        async for chunk in request.stream():
            file.write(chunk)
    except ClientDisconnect:
        raise Malformed("The upload broke off.") from None


async def chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The file from its beginning, piece by piece."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def entry_of(name: str, at: datetime) -> ZipInfo:
    """A file in an archive, of that time, that its owner alone may read."""
    entry = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type, entry.external_attr = ZIP_STORED, 0o600 << 16
    return entry


def download(request: Request, digest: str, name: str) -> StreamingResponse:
    """A PDF file that is kept, to be saved."""
    return to_be_saved(files(request.app.state.settings).open(digest), name)


def handed_over(file: IO[bytes], name: str, media: str = PDF) -> StreamingResponse:
    """A file that was made for one reader, to be saved; closed when it has been sent."""

    async def sent() -> AsyncIterator[bytes]:
        with file:
            async for chunk in chunks(file):
                yield chunk

    return to_be_saved(sent(), name, media)


def to_be_saved(content: AsyncIterator[bytes], name: str, media: str = PDF) -> StreamingResponse:
    """A file to be saved; if a browser opens it all the same, nothing in it runs."""
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(content, media_type=media, headers=headers)
