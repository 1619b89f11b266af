"""A database and an application server that are killed and started again while clients hand in."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx2
import psutil

from app.core.postgres import Database, embedded
from app.core.signals import end_with_parent
from tests.core.running import ROOT, postmaster

IMI = [sys.executable, "-m", "app"]
ISSUER = "http://receipts.test"
SAYS = "API docs: "
PATIENCE = 180.0  # seconds for whatever is waited for; a loaded machine is slow, not wrong
PAUSE = 0.1


def until(met: Callable[[], bool], what: str) -> None:
    """Wait for it. Raises AssertionError if it does not come."""
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, f"{what} did not come within {PATIENCE:.0f} seconds"
        time.sleep(0.005)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""  # gone meanwhile


class Mortal:
    """A PostgreSQL of its own on the data of a folder, and `imi serve` over it; neither owns the other."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder, self.chance = folder, chance
        self.address = ""
        self.place: Database
        self.kills: Counter[str] = Counter()
        self._database = ExitStack()
        self._server: subprocess.Popen[bytes] | None = None

    @contextmanager
    def living(self) -> Iterator["Mortal"]:
        """Both run; whatever happens inside, nothing of them is left."""
        try:
            self.start_database()
            self.start_server()
            yield self
        finally:
            self._end_server()
            self._database.close()

    @property
    def environment(self) -> dict[str, str]:
        """What every command on this database and with this key is given."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "IMI_DATA_DIR": str(self.folder),
            "IMI_PUBLIC_URL": ISSUER,
            "IMI_LOG_LEVEL": "error",
            "IMI_LOG_JSON": "true",
            "DATABASE_URL": self.place.owner_url,
        }

    def start_database(self) -> None:
        self._database.close()  # of one that was killed: its number is given back
        self.place = self._database.enter_context(embedded(self.folder))

    def start_server(self) -> None:
        said = self.folder / "said"
        with said.open("w") as out, (self.folder / "log").open("a") as log:
            self._server = subprocess.Popen(
                [*IMI, "serve", "--port", "0"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=log,
                preexec_fn=end_with_parent,
            )

        def up() -> bool:
            assert self._server is not None
            assert self._server.poll() is None, "the server ended instead of starting"
            return said.read_text().endswith("\n")

        until(up, "the server")
        self.address = said.read_text().removeprefix(SAYS).removesuffix("/docs\n")

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def kill_server(self) -> None:
        """The application alone."""
        self._end_server()
        self.start_server()

    def kill_database(self) -> None:
        """The postmaster and every process of it."""
        self._end_database()
        self.start_database()

    def kill_postmaster(self) -> None:
        """The postmaster alone: its children are still at work when it is started again."""
        postmaster(self.folder).kill()
        self.start_database()

    def kill_backend(self) -> None:
        """One connection's process: the postmaster ends all others and recovers."""
        titles = {one: _title(one) for one in postmaster(self.folder).children()}
        serving = [one for one, title in titles.items() if " imi [local] " in title]
        busy = [one for one in serving if not titles[one].rstrip().endswith(" idle")]
        if found := busy or serving:
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(found).kill()

    def kill_both(self) -> None:
        """The database with all its processes, and the application."""
        self._end_database()
        self._end_server()
        self.start_database()
        self.start_server()

    def _end_database(self) -> None:
        first = postmaster(self.folder)
        for process in (first, *first.children()):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def kill(self, kind: str) -> None:
        """Kill these and start them again on the same data."""
        getattr(self, f"kill_{kind}")()
        self.kills[kind] += 1


@dataclass(frozen=True)
class Acknowledged:
    """A receipt that a client was given in a 200 answer, and the key it had sent."""

    proposal: str
    key: str
    receipt: dict[str, Any]


@dataclass
class Client:
    """Hands in its drafts one after another, each twice with a change in between.

    It sends again what was not answered; now and then it gives up instead, as people do.
    """

    mortal: Mortal
    token: str
    drafts: list[str]
    chance: Random
    stopped: bool = False
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))
    acknowledged: list[Acknowledged] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        with self.http:
            for draft in self.drafts:
                self._hand_in(draft)
                self._change(draft)
                self._hand_in(draft)

    def _hand_in(self, draft: str) -> None:
        key, gives_up = str(uuid4()), self.chance.random() < 0.3
        self.seen["submitted"] += 1
        while (answer := self.submit(draft, key)) is None:
            if gives_up:
                self.seen["given up"] += 1
                return
            self.seen["repeated"] += 1
        self.seen["replayed"] += "Idempotency-Replayed" in answer.headers
        self.acknowledged.append(Acknowledged(draft, key, answer.json()["receipt"]))

    def _change(self, draft: str) -> None:
        path, lost = f"/v1/proposals/{draft}/sections/impact", False
        while (answer := self._send("PATCH", path, {"If-Match": '"1"'}, {"text": "Better."})) is None:
            lost = True
        assert answer.status_code == 200 or (answer.status_code == 412 and lost), answer.text

    def submit(self, draft: str, key: str) -> httpx2.Response | None:
        """The answer, or None if it was lost: it may have been sealed, or not."""
        answer = self._send("POST", f"/v1/proposals/{draft}/submit", {"Idempotency-Key": key})
        assert answer is None or answer.status_code == 200, answer.text
        return answer

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: Any = None
    ) -> httpx2.Response | None:
        headers |= {"Authorization": f"Bearer {self.token}"}
        end = time.monotonic() + PATIENCE
        while True:
            assert not self.stopped, "told to stop"
            assert time.monotonic() < end, "nobody answers"
            try:
                url = self.mortal.address + path
                answer = self.http.request(method, url, headers=headers, json=body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                time.sleep(PAUSE)  # it was not sent
                continue
            except httpx2.TransportError:
                return None
            if answer.status_code != 503:
                return answer
            self.seen["503"] += 1
            time.sleep(PAUSE)
            return None
