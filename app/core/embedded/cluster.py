"""The embedded PostgreSQL server: one process owns it, others join, and it ends with its owner."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import psycopg

from app.core.embedded.place import ClusterError, Place, find_place

SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 80  # the operating system allows 104 bytes with the socket's name
PATIENCE = 30.0  # seconds to start, to stop, or to wait for another process's start
SETTINGS = {"listen_addresses": "", "unix_socket_permissions": "0700", "timezone": "UTC"}
# A throwaway server may lose its data with the machine, and is several times quicker for it.
CAREFREE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

ORPHANS = "is still in use"  # the server will not start beside what a killed one has left at work


@contextmanager
def cluster(data_dir: Path, *, version: int = 18, throwaway: bool = False) -> Iterator[Path]:
    """Run the server of `data_dir` and give the folder of its socket; stop it on leaving.

    Who comes first owns the server; a second process joins it and leaves it running. When
    the owner ends, even by `kill -9`, the server ends with it. Call it from the main thread:
    Linux counts the end of the calling thread as the end of the owner. Raises ClusterError.
    """
    data = data_dir / f"postgresql-{version}"
    with data.with_suffix(".lock").open("a") as lock:
        joined = _own_or_join(lock, data)
        if joined is not None:
            yield joined
            return
        place = find_place(data, version)
        _end_leftover(place)
        _initialise(place)
        with _socket_folder(place) as sockets, _running(place, sockets, throwaway):
            yield sockets


def _own_or_join(lock: IO[str], data: Path) -> Path | None:
    """None when this process holds the lock now, else the socket folder of the owner's server."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return None
        lines = _postmaster(data)
        # The file grows line by line; its eighth says when the others are whole.
        if lines[7:] and lines[7].strip() == "ready" and _answers(Path(lines[4])):
            return Path(lines[4])
        time.sleep(0.05)
    raise ClusterError(f"Another process holds {data}, and its PostgreSQL does not answer.")


def _postmaster(data: Path) -> list[str]:
    """The server's pid file: process id, data, start, port, socket folder, two more, status."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _answers(sockets: Path) -> bool:
    try:
        psycopg.connect(host=str(sockets), user=SUPERUSER, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _end_leftover(place: Place) -> None:
    """Stop the server of an owner that is gone; forget a process id that is another's by now."""
    lines = _postmaster(place.data)
    if not lines or not psutil.pid_exists(int(lines[0])):
        return
    try:
        left = psutil.Process(int(lines[0]))
        if str(place.data) in left.cmdline():
            left.send_signal(signal.SIGINT)
            left.wait(PATIENCE)
    except psutil.TimeoutExpired as late:
        raise ClusterError(f"An earlier PostgreSQL (process {late.pid}) does not stop.") from None
    except psutil.Error:
        pass  # gone meanwhile, or a zombie: PostgreSQL would take its number for a live server
    (place.data / "postmaster.pid").unlink(missing_ok=True)


def _initialise(place: Place) -> None:
    if place.data.exists():
        return
    draft = place.data.with_name(f"{place.data.name}.new")  # half a folder is never taken for one
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    place.give(draft)
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    with place.log.open("w") as log:
        made = place.start("initdb", "-U", SUPERUSER, *options, "-D", str(draft), output=log)
    if made.wait():
        raise place.fault()
    draft.rename(place.data)


@contextmanager
def _socket_folder(place: Place) -> Iterator[Path]:
    if len(os.fsencode(place.data)) <= LONGEST_SOCKET_FOLDER:
        yield place.data
        return
    with tempfile.TemporaryDirectory(prefix="imi-", dir="/tmp") as short:
        place.give(Path(short))
        yield Path(short)


@contextmanager
def _running(place: Place, sockets: Path, throwaway: bool) -> Iterator[None]:
    settings = SETTINGS | (CAREFREE if throwaway else {}) | {"unix_socket_directories": str(sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    end = time.monotonic() + PATIENCE
    server = _launched(place, options)
    try:
        while not _answers(sockets):
            ended, late = server.poll() is not None, time.monotonic() > end
            if late or (ended and ORPHANS not in place.log.read_text(errors="replace")):
                raise place.fault()
            time.sleep(0.02)
            if ended:  # they end by themselves, once they have a look
                server = _launched(place, options)
        yield
    finally:
        _stop(server)


def _launched(place: Place, options: list[str]) -> subprocess.Popen[bytes]:
    with place.log.open("w") as log:
        return place.start("postgres", "-D", str(place.data), *options, output=log)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT):  # fast, then at once: the next start recovers
        server.send_signal(request)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()
