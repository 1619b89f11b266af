"""Lives as long as who started it, has the reader of PDFs loaded, and forks once for each file it is sent.

Its input is a Unix socket: each byte brings two descriptors, the file and where the answer goes. Nothing of
one file is there for the next, and when the socket ends, so does it, however the other side has ended.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

READER = runpy.run_path(str(Path(__file__).with_name("pdf_child.py")))


def serve(inbox: socket.socket, patience: float) -> None:
    """Fork for each file until nobody is left to send one; `patience` in seconds on the wall."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    gc.freeze()
    while sent := socket.recv_fds(inbox, 1, 2)[1]:
        if os.fork() == 0:
            _examine(inbox, sent[0], sent[1], patience)
        with suppress(OSError):  # whoever asked may be gone
            os.write(sent[1], b"\n")  # forked: blank space beside the answer, or in its place
        for descriptor in sent:
            os.close(descriptor)


def _examine(inbox: socket.socket, source: int, answer: int, patience: float) -> None:
    """In the fork: look at one file with limits, answer, end."""
    try:
        inbox.close()  # the files of others come through it
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, patience)
        READER["limit"]()
        with open(source, "rb") as file:
            found = READER["examine"](file)
        os.write(answer, json.dumps(found).encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0), float(sys.argv[1]))
