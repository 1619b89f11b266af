"""Lives as long as who started it, has the reader of PDFs loaded, and forks once for each file it is sent.

Its input is a Unix socket: eight digits bring two descriptors, where the answer goes and a file to be looked
at; or three, where its text goes as well; or four, the marks for it and where the marked copy goes, and the
digits say how many pages are within the limit. Nothing of one file is there for the next, and when the socket
ends, so does it, however the other side has ended.
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
TEXTS = runpy.run_path(str(Path(__file__).with_name("pdf_text.py")))
MARKER = runpy.run_path(str(Path(__file__).with_name("pdf_marks.py")))
WIDTH = 8
ROOM = 16 * 1024 * 1024  # bytes that a marked copy may have beyond those of its file


def serve(inbox: socket.socket, patience: float) -> None:
    """Fork for each file until nobody is left to send one; `patience` in seconds on the wall."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    gc.freeze()
    while (sent := socket.recv_fds(inbox, WIDTH, 4))[1]:
        number, (answer, *files) = sent[:2]
        if os.fork() == 0:
            _answer(inbox, answer, files, int(number), patience)
        with suppress(OSError):  # whoever asked may be gone
            os.write(answer, b"\n")  # forked: blank space beside the answer, or in its place
        for descriptor in (answer, *files):
            os.close(descriptor)


def _answer(inbox: socket.socket, answer: int, files: list[int], number: int, patience: float) -> None:
    """In the fork: look at one file, read or mark it, with limits; answer, end."""
    try:
        inbox.close()  # the files of others come through it
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, patience)
        source, *others = files
        with open(source, "rb") as file:
            match others:
                case []:
                    READER["limit"]()
                    found = READER["examine"](file)
                case [text]:
                    READER["limit"](TEXTS["MOST"] * TEXTS["WIDEST"])
                    found = TEXTS["read"](file, text)
                case [marks, copy]:
                    READER["limit"](os.fstat(source).st_size + ROOM)
                    with open(marks, "rb") as made:
                        found = MARKER["mark"](file, made, copy, number)
        os.write(answer, json.dumps(found).encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0), float(sys.argv[1]))
