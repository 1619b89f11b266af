"""`imi rehearse` and `imi demo`: a server on a database of its own, and a story played on it."""

import asyncio
import json as jsons
import shutil
import socket
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from rich.console import Console
from rich.table import Table

from app.core import logs
from app.core.audit_cli import verify
from app.core.fault import Fault
from app.core.postgres import Database, embedded
from app.core.settings import Settings, load_settings
from app.core.upgrade import upgrade
from app.main import create_app
from app.rehearsal.driver import PASSWORD
from app.rehearsal.play import Played, play, prepare

DEFAULT = "first_thread"
SYNTHETIC = "Synthetic: every person, organisation, score and amount of this rehearsal is invented."
console = Console()


def main(name: str = DEFAULT, *, leave: bool = False, json: Path | None = None, seed: int = 1) -> int:
    """Play the story `name`; stays up afterwards unless `leave`. Exit code 1 if the audit does not verify."""
    story = _story(name)
    folder = Path(tempfile.mkdtemp(prefix="imi-rehearsal-"))
    try:
        with _listener() as listener:
            port = listener.getsockname()[1]
            settings = load_settings(
                data_dir=folder, rehearsal=True, port=port, log_level="warning", database_url=None
            )
            logs.configure(settings)
            with embedded(settings.data_dir) as database:
                upgrade(database)
                return asyncio.run(
                    _run(story, settings, database, listener, leave=leave, json=json, seed=seed)
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _story(name: str) -> Any:
    try:
        return import_module(f"app.rehearsal.stories.{name}")
    except ModuleNotFoundError:
        stories = sorted(p.stem for p in (Path(__file__).parent / "stories").glob("[a-z]*.py"))
        raise Fault(f"There is no story {name}; there are: {', '.join(stories)}.") from None


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


async def _run(
    story: Any,
    settings: Settings,
    database: Database,
    listener: socket.socket,
    *,
    leave: bool,
    json: Path | None,
    seed: int,
) -> int:
    app = create_app(settings, database)
    links = await prepare(story, app.state.sessions)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await _started(server, serving)
        played = await play(
            story, lambda: httpx2.AsyncClient(base_url=settings.public_url, timeout=60), links, seed
        )
        sound = await asyncio.to_thread(verify, settings, database) == 0
        facts = played.facts | {
            "audit_ok": sound,
            "requests": played.theatre.requests,
            "seconds": round(played.seconds, 1),
        }
        _tell(played, facts)
        if json is not None:
            json.write_text(jsons.dumps(facts, indent=2) + "\n")
        if not leave:
            console.print(f"The server stays up: {settings.public_url}/docs (Ctrl-C ends it)")
            await serving
        return 0 if sound else 1
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            raise Fault("The server of the rehearsal did not start; the log above says why.")
        await asyncio.sleep(0.02)


def _tell(played: Played, facts: dict[str, Any]) -> None:
    table = Table(title="What came out", caption=SYNTHETIC)
    table.add_column("figure")
    table.add_column("value")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), str(value))
    console.print(table)
    people = Table(title=f"Sign in as (password: {PASSWORD})")
    people.add_column("who")
    people.add_column("e-mail")
    for person in played.theatre.people.values():
        people.add_row(person.name, person.address)
    console.print(people)
