"""Files that nothing names are swept away; what a draft, a sealed version or an opinion names stays."""

import os
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.sweeping import LOCK, hold, sweep
from app.core.uploads import chunks, files
from app.process import BESIDE_FILES, NAMED_FILES
from app.proposals.document_texts import keep_text
from app.proposals.models import DocumentText
from tests.conftest import World
from tests.grounds import Grounds
from tests.proposals.build import pdf, ready, upload

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def alone(grounds: Grounds) -> AsyncIterator[None]:
    """What the proposals of other tests' grounds have stored is swept away as well."""
    yield
    await grounds.forget()


def kept(world: World) -> set[str]:
    folder = Path(world.settings.data_dir, "files")
    return {p.name for p in folder.rglob("*") if p.is_file()}


def grown_old(world: World) -> None:
    """Everything was stored two hours ago."""
    then = time.time() - 7200
    for path in Path(world.settings.data_dir, "files").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


@pytest.mark.usefixtures("alone")
async def test_what_nothing_names_is_swept_away_once_it_is_old(world: World) -> None:
    applied = await ready(world)
    bodies = [pdf(1, mark=f"{n}") for n in range(3)]
    first, second, third = (sha256(body).hexdigest() for body in bodies)
    for body in bodies[:2]:
        assert (await upload(applied.lead, applied.id, body)).status_code == 200
    await applied.lead.make(f"{applied.path}/submit")
    assert (await upload(applied.lead, applied.id, bodies[2])).status_code == 200
    async with world.sessions() as session, session.begin():
        for digest in (first, second, third):
            for text in (None, "Read at last.", None):
                await keep_text(session, digest, text)
    left = Path(world.settings.data_dir, "files", "incoming", "broken-off")
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    await sweep(world.sessions, files(world.settings), NAMED_FILES)
    assert {first, second, third, "broken-off"} <= kept(world), "what is young stays"
    grown_old(world)
    await sweep(world.sessions, files(world.settings), NAMED_FILES, BESIDE_FILES)
    assert {first, second, third, "broken-off"} & kept(world) == {second, third}
    async with world.sessions() as session:
        read = {one.digest: one.text for one in await session.scalars(select(DocumentText))}
    assert read == dict.fromkeys((second, third), "Read at last.")
    for path, body in ((f"{applied.path}/sealed/1", bodies[1]), (applied.path, bodies[2])):
        assert (await applied.lead.get(f"{path}/documents/part_b")).content == body


@pytest.mark.usefixtures("alone")
async def test_what_is_about_to_be_named_is_not_swept_away(live: World, tmp_path: Path) -> None:
    store = files(live.settings)
    (tmp_path / "a.pdf").write_bytes(pdf(mark="about to be named"))
    with (tmp_path / "a.pdf").open("rb") as file:
        stored = await store.store(chunks(file), 10_000)
        grown_old(live)
        async with live.sessions() as session, session.begin():
            await hold(session, store, stored, file)
            assert await sweep(live.sessions, store, NAMED_FILES) == 0
            assert await store.has(stored.digest)
        assert await sweep(live.sessions, store, NAMED_FILES) >= 1
        assert not await store.has(stored.digest)
        async with live.sessions() as session, session.begin():
            await hold(session, store, stored, file)
            assert await store.has(stored.digest), "swept between storing and naming, it is stored again"
            assert not await live_lock(live)


async def live_lock(live: World) -> bool:
    async with live.sessions() as session, session.begin():
        return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))))


def test_whoever_stores_files_is_known_to_the_sweep() -> None:
    """A stage that begins to store files says in `NAMED_FILES` where it names them, or loses them."""
    found = {str(p.relative_to(ROOT)) for p in (ROOT / "app").rglob("*.py") if ".store(" in p.read_text()}
    assert found == {
        "app/core/sweeping.py",
        "app/evaluation/summary/printing.py",
        "app/proposals/documents.py",
        "app/topics/attachments.py",
    }
    assert len(NAMED_FILES) == 5
