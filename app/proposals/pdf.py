"""Whether a PDF can be read: its structure alone, looked at in a child process with limits."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from app.core.errors import Malformed
from app.core.reason import Reason

CHILD = Path(__file__).with_name("pdf_child.py")
PATIENCE = 20.0  # seconds on the wall; the child's own limit is in seconds of work

# The number of threads is the semaphore: as many children are at work at most.
_threads = ThreadPoolExecutor(2, thread_name_prefix="pdf")


async def pages_of(file: IO[bytes]) -> int:
    """The number of pages of a PDF. Raises Malformed with the reason why it cannot be taken."""
    found = await asyncio.get_running_loop().run_in_executor(_threads, _examine, file)
    if isinstance(found, str):
        raise Malformed(reasons=[Reason("unreadable-file", found, "/body", "sender")])
    return found


def _examine(file: IO[bytes]) -> int | str:
    file.seek(0)
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(command, stdin=file, capture_output=True, timeout=PATIENCE, env={}, check=False)
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return "Reading it takes too much time or memory."
    return str(found["fault"]) if "fault" in found else int(found["pages"])
