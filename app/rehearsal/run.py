"""`imi rehearse` and `imi demo`: a server on a database of its own, and a call or a story played on it."""

import asyncio
import json as jsons
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console

import app.process as process
from app.core import logs
from app.core.audit_cli import invariants, verify
from app.core.db import engine_for, sessions_for
from app.core.fault import Fault
from app.core.postgres import Database, embedded
from app.core.settings import PREFIX, Settings, load_settings
from app.core.signals import end_with_parent, stopped_by_signals
from app.core.upgrade import upgrade
from app.decisions.replay import main as replay
from app.rehearsal import report
from app.rehearsal.call_file import CallFile
from app.rehearsal.figures import differences, together
from app.rehearsal.play import Piece, Played, play, prepare
from app.rehearsal.stories import found

PATIENCE = 60  # seconds that the server has to come up, and a request to be answered
GRACE = 15  # seconds that it has to end


def main(name: str, *, leave: bool, json: Path | None, seed: int) -> int:
    """Play the call or the story `name`; stays up afterwards unless `leave`.

    Code 1 if a figure is not as expected, or if the audit trail or an invariant is broken. Raises Fault.
    """
    piece, console = found(name), Console()
    folder = Path(tempfile.mkdtemp(prefix="imi-rehearsal-"))
    try:
        with stopped_by_signals():
            settings = load_settings(
                data_dir=folder, database_url=None, rehearsal=True, port=_port(), log_level="warning"
            )
            logs.configure(settings)
            with embedded(settings.data_dir, throwaway=True) as database:
                upgrade(database)
                return _rehearse(piece, settings, database, console, leave=leave, json=json, seed=seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rehearse(
    piece: Piece,
    settings: Settings,
    database: Database,
    console: Console,
    *,
    leave: bool,
    json: Path | None,
    seed: int,
) -> int:
    process.install(settings)
    links = asyncio.run(_prepared(piece.call, database))
    with _serving(settings) as server:
        played = _played(piece, settings.public_url, links, seed, console)
        report.tell(console, played, settings.public_url)
        sound = _sound(settings, database, piece.call)
        differing = list(differences(piece.call, *(stage.topics for stage in played.stages)))
        console.print(*differing or ["Every figure is as the call file expects."], sep="\n", highlight=False)
        if json is not None:
            json.write_text(jsons.dumps(facts_of(played, sound), indent=2) + "\n", encoding="utf-8")
        if not leave:
            console.print(f"The server stays up: {settings.public_url}/docs (Ctrl-C ends it)")
            where = f"{PREFIX}DATA_DIR={settings.data_dir}"
            console.print(f"Its audit trail, from another terminal: {where} imi audit verify", soft_wrap=True)
            server.wait()
    return 0 if sound and not differing else 1


def _sound(settings: Settings, database: Database, call: CallFile) -> bool:
    """The trail holds, the invariants too, and every closed list can be made again."""
    looked = (
        verify(settings, database),
        invariants(database, process.INVARIANTS),
        replay(database, call.reference, settings.key) if call.is_played else 0,
    )
    return not any(looked)


def facts_of(played: Played, audit_ok: bool) -> dict[str, Any]:
    """What `--json` writes: the figures of the last stage, of each topic in it, then those of every stage."""
    return {
        **together(played.topics),
        "audit_ok": audit_ok,
        "requests": played.theatre.requests,
        "seconds": round(played.seconds, 1),
        "topics": played.topics,
        "stages": [{**together(stage.topics), "topics": stage.topics} for stage in played.stages],
        "marks": played.cast.marks,
        "told": played.cast.told,
    }


async def _prepared(call: CallFile, database: Database) -> list[str]:
    engine = engine_for(database.app_url)
    try:
        return await prepare(call, sessions_for(engine))
    finally:
        await engine.dispose()


def _played(piece: Piece, url: str, links: list[str], seed: int, console: Console) -> Played:
    """Play it, with progress bars. Raises Fault when the server goes away."""
    shown = report.Shown(console)
    try:
        with shown.progress:
            connect = lambda: httpx2.AsyncClient(base_url=url, timeout=PATIENCE)  # noqa: E731
            return asyncio.run(play(piece, connect, links, seed, shown.watch))
    except httpx2.TransportError:
        raise Fault("The server went away before the rehearsal was over.") from None


@contextmanager
def _serving(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """`imi serve` in a process of its own, so that the players share no core with it. Raises Fault."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    given = {"DATA_DIR": settings.data_dir, "PORT": settings.port, "REHEARSAL": True, "LOG_LEVEL": "warning"}
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        env=kept | {f"{PREFIX}{name}": str(value) for name, value in given.items()},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,
    )
    try:
        assert server.stdout is not None
        if not server.stdout.readline().startswith("API docs"):
            raise Fault("The server of the rehearsal did not start; the lines above say why.")
        yield server
    finally:
        server.terminate()
        try:
            server.wait(GRACE)
        except subprocess.TimeoutExpired:
            server.kill()


def _port() -> int:
    """The port of the settings, or any that is free when somebody listens there."""
    wanted = load_settings().port
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise Fault("No port is free.")
