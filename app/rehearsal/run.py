"""`imi rehearse` and `imi demo`: a server on a database of its own, and a story played on it."""

import asyncio
import json as jsons
import shutil
import socket
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from rich.console import Console
from rich.table import Table

from app.core import logs
from app.core.audit_cli import verify
from app.core.clock import begin_at
from app.core.db import engine_for, sessions_for
from app.core.fault import Fault
from app.core.postgres import Database, embedded
from app.core.settings import Settings, load_settings
from app.core.upgrade import upgrade
from app.main import create_app
from app.people.cli import found
from app.rehearsal.driver import PASSWORD, Theatre

DEFAULT = "first_thread"
FOUNDERS = ("Olga Office", "Oskar Office")
SYNTHETIC = "Synthetic: every person, organisation, score and amount of this rehearsal is invented."
console = Console()


@dataclass
class Played:
    """What came out of a story."""

    facts: dict[str, Any]
    theatre: Theatre
    seconds: float


def main(name: str = DEFAULT, *, leave: bool = False, json: Path | None = None, seed: int = 1) -> int:
    """Play the story `name`; stays up afterwards unless `leave`. Exit code 1 if the audit does not verify."""
    story = _story(name)
    folder = Path(tempfile.mkdtemp(prefix="imi-rehearsal-", dir=tempfile.gettempdir()))
    folder.chmod(0o755)  # as root the embedded server runs as another user, who must get in
    try:
        with _listener() as listener:
            port = listener.getsockname()[1]
            settings = load_settings(
                data_dir=folder / "data", rehearsal=True, port=port, log_level="warning", database_url=None
            )
            logs.configure(settings)
            with embedded(settings.data_dir) as database:
                upgrade(database)
                return asyncio.run(_run(story, settings, database, listener, leave=leave, json=json, seed=seed))
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
    links = await _prepare(story, settings, database)
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, database), lifespan="on", log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await _started(server, serving)
        played = await play(story, lambda: httpx2.AsyncClient(base_url=settings.public_url, timeout=60), links, seed)
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


async def _prepare(story: Any, settings: Settings, database: Database) -> list[str]:
    """Set the clock to where the story begins and found the system; the founders' links."""
    engine = engine_for(database.app_url)
    sessions = sessions_for(engine)
    async with sessions() as session, session.begin():
        await begin_at(session, story.BEGINS)
    links = await found(settings, sessions, FOUNDERS)
    await engine.dispose()
    return links


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            raise Fault("The server of the rehearsal did not start; the log above says why.")
        await asyncio.sleep(0.02)


async def play(story: Any, connect: Any, links: list[str], seed: int) -> Played:
    """Play a story against a server that has been founded; `links` are the founders'."""
    theatre = Theatre(connect)
    begun = time.monotonic()
    try:
        founders = [await theatre.enter(name, link) for name, link in zip(FOUNDERS, links, strict=True)]
        facts = await story.tell(theatre, founders, seed)
    finally:
        await theatre.close()
    return Played(facts, theatre, time.monotonic() - begun)


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
