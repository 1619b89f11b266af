"""PDFs of others, looked at, read and marked in a process of its own with limits, a fork for each file."""

import asyncio
import atexit
import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any

from app.core.errors import Malformed, Unavailable
from app.core.reason import Reason

FORKS = Path(__file__).with_name("pdf_forks.py")
PATIENCE = 20.0  # seconds on the wall; the fork's own limit is in seconds of work
GRACE = 5.0  # how much later than it ends by itself a fork is no longer waited for
LONGEST = 10_000  # bytes of an answer
WAIT = 30.0  # seconds for a text, with those in which others are read before it
BETWEEN_PAGES = "\f"  # of a text, as it is read
TOO_MUCH = "Reading it takes too much time or memory."

# The number of threads is the semaphore: as many forks are at work at most.
_threads = ThreadPoolExecutor(2, thread_name_prefix="pdf")
# Reading takes long, and is not waited for without end: no other upload is looked at later for it.
_texts = ThreadPoolExecutor(2, thread_name_prefix="pdf-texts")
# A place of its own, so that no upload before a deadline waits for a reader's copies.
_marking = ThreadPoolExecutor(1, thread_name_prefix="pdf-marks")


@dataclass(frozen=True)
class Examined:
    """A PDF that is taken: how many pages it has, and which of them cannot be read, if one cannot."""

    pages: int
    fault: str | None


async def examined(file: IO[bytes]) -> Examined:
    """What is found in a PDF. Raises Malformed with the reason why it cannot be taken."""
    found = await asyncio.get_running_loop().run_in_executor(_threads, READER.examine, file)
    if "refused" in found:
        raise Malformed(reasons=[Reason("unreadable-file", found["refused"], "/body", "sender")])
    return Examined(**found)


async def text_of(file: IO[bytes]) -> str | None:
    """What a PDF says, `BETWEEN_PAGES` between two; None if that cannot be told, or takes too long."""
    with TemporaryFile() as text:
        work = asyncio.get_running_loop().run_in_executor(_texts, READER.read, file, text)
        try:
            found = await asyncio.wait_for(work, WAIT)
        except (TimeoutError, Unavailable):
            return None
        text.seek(0)
        return None if "refused" in found else text.read().decode()


class NotMarked(Exception):
    """A file of which no marked copy can be made; the message says why."""


async def marked(file: IO[bytes], marks: bytes, readable: int | None) -> IO[bytes]:
    """A copy with the first page of `marks` on each of its pages, the second across those beyond `readable`.

    Raises NotMarked.
    """
    copy = TemporaryFile()  # noqa: SIM115  # whoever asked closes it
    with TemporaryFile() as made:
        made.write(marks)
        made.flush()
        work = partial(READER.mark, file, made, copy, readable or 0)
        found = await asyncio.get_running_loop().run_in_executor(_marking, work)
    if "refused" in found:
        copy.close()
        raise NotMarked(found["refused"])
    copy.seek(0)
    return copy


@dataclass
class Reader:
    """The process that forks: started when first needed, and again if it has died; it ends with this one."""

    patience: float = PATIENCE
    lock: Lock = field(default_factory=Lock)
    process: subprocess.Popen[bytes] | None = None
    outbox: socket.socket | None = None

    def examine(self, file: IO[bytes]) -> dict[str, Any]:
        """What a fork answers; `refused` if it ends without. Raises Unavailable if nothing forks."""
        return self._answer(0, file)

    def read(self, file: IO[bytes], text: IO[bytes]) -> dict[str, Any]:
        """The same, of a fork that writes what the file says."""
        return self._answer(0, file, text)

    def mark(self, file: IO[bytes], marks: IO[bytes], copy: IO[bytes], readable: int) -> dict[str, Any]:
        """The same, of a fork that writes the marked copy; 0: no page is beyond the limit."""
        return self._answer(readable, file, marks, copy)

    def _answer(self, number: int, *files: IO[bytes]) -> dict[str, Any]:
        for _ in range(3):  # it may have died before this file, and be seen to have only at the second try
            for file in files:
                file.seek(0)
            told = self._ask(*files, number=number)
            if told:
                return dict(json.loads(told)) if told.strip() else {"refused": TOO_MUCH}
        raise Unavailable("Documents cannot be looked at just now.")

    def _ask(self, *files: IO[bytes], number: int = 0) -> bytes:
        """The answer; blank if the fork has ended without one, empty if nothing was forked."""
        mine, theirs = socket.socketpair()
        with mine:
            with theirs, self.lock:
                try:
                    sent = [theirs.fileno(), *(file.fileno() for file in files)]
                    socket.send_fds(self._running(), [b"%08d" % number], sent)
                except OSError:
                    self._end()
                    return b""
            mine.settimeout(self.patience + GRACE)
            try:
                with mine.makefile("rb") as answer:
                    return answer.read(LONGEST)
            except TimeoutError:
                self.end()
                return b" "

    def _running(self) -> socket.socket:
        if self.outbox is None or self.process is None or self.process.poll() is not None:
            self._end()
            self.outbox, inbox = socket.socketpair()
            with inbox:
                # A session of its own: an interrupt from the terminal is for who waits for the answers.
                self.process = subprocess.Popen(
                    [sys.executable, "-I", str(FORKS), str(self.patience)],
                    stdin=inbox.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={},
                    start_new_session=True,
                )
        return self.outbox

    def end(self) -> None:
        """Let nothing of it run on; what is being examined ends by its own limits."""
        with self.lock:
            self._end()

    def _end(self) -> None:
        if self.outbox is not None:
            self.outbox.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.outbox = self.process = None


READER = Reader()
atexit.register(READER.end)
