"""`imi rehearse` and `imi demo`: a server on a database of its own, and a story played on it."""

import asyncio
import json as jsons
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from app.core import logs
from app.core.audit_cli import verify
from app.core.fault import Fault
from app.core.postgres import Database, embedded
from app.core.settings import Settings, load_settings
from app.core.signals import stopped_by_signals
from app.core.upgrade import upgrade
from app.rehearsal.driver import PASSWORD, Theatre
from app.rehearsal.play import play, prepare

SYNTHETIC = "Synthetic: every person, organisation, score and amount of this rehearsal is invented."
Application = Callable[[Settings, Database], FastAPI]
console = Console()


def main(create_app: Application, name: str, *, leave: bool, json: Path | None, seed: int) -> int:
    """Play the story `name`; stays up afterwards unless `leave`. Code 1 if the audit does not verify."""
    story = _story(name)
    folder = Path(tempfile.mkdtemp(prefix="imi-rehearsal-"))
    try:
        with stopped_by_signals(), socket.create_server(("127.0.0.1", 0)) as listener:
            settings = load_settings(
                data_dir=folder,
                database_url=None,
                rehearsal=True,
                port=listener.getsockname()[1],
                log_level="warning",
            )
            logs.configure(settings)
            with embedded(settings.data_dir) as database:
                upgrade(database)
                facts = asyncio.run(_run(story, create_app(settings, database), listener, leave, seed))
                facts["audit_ok"] = verify(settings, database) == 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if json is not None:
        json.write_text(jsons.dumps(facts, indent=2) + "\n")
    return 0 if facts["audit_ok"] else 1


def _story(name: str) -> Any:
    try:
        return import_module(f"app.rehearsal.stories.{name}")
    except ModuleNotFoundError:
        stories = sorted(p.stem for p in (Path(__file__).parent / "stories").glob("[a-z]*.py"))
        raise Fault(f"There is no story {name}; there are: {', '.join(stories)}.") from None


async def _run(story: Any, app: FastAPI, listener: socket.socket, leave: bool, seed: int) -> dict[str, Any]:
    url = app.state.settings.public_url
    links = await prepare(story, app.state.sessions)
    async with _serving(app, listener) as served:
        played = await play(story, lambda: httpx2.AsyncClient(base_url=url, timeout=60), links, seed)
        facts = played.facts | {
            "requests": played.theatre.requests,
            "seconds": round(played.seconds, 1),
        }
        _tell(played.theatre, facts)
        if not leave:
            console.print(f"The server stays up: {url}/docs (Ctrl-C ends it)")
            await served
    return facts


@asynccontextmanager
async def _serving(app: FastAPI, listener: socket.socket) -> AsyncIterator["asyncio.Task[None]"]:
    """Serve in this very process while the block lasts. Raises Fault when the server does not start."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_config=None, access_log=False))
    served = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:
            if served.done():
                raise Fault("The server of the rehearsal did not start; the log above says why.")
            await asyncio.sleep(0.02)
        yield served
    except httpx2.TransportError:
        raise Fault("The server went away before the story was over.") from None
    finally:
        server.should_exit = True
        await served


def _tell(theatre: Theatre, facts: dict[str, Any]) -> None:
    table = Table(title="What came out", caption=SYNTHETIC, caption_justify="left", min_width=60)
    table.add_column("figure")
    table.add_column("value")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), str(value))
    console.print(table)
    console.print(f"Sign in as any of them; the password is: {PASSWORD}")
    people = Table()
    people.add_column("who")
    people.add_column("e-mail")
    for person in theatre.people.values():
        people.add_row(person.name, person.address)
    console.print(people)
