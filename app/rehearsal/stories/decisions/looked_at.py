"""Both lists and decisions are read, how long it took, and the whole file of one proposal."""

import asyncio
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from app.rehearsal.cast import Cast, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions.parts import entry, names

AUDITOR = "Anton Auditor"
UNTIL = "2022-12-31T12:00"
TOLD, TIMES = "What the auditor finds", "How long it took, in days"


async def appoint(cast: Cast) -> None:
    """An auditor, until a given day; two people stand behind it."""
    with cast.theatre.step("An auditor is appointed"):
        person = await cast.theatre.enter(AUDITOR)
        role = await cast.office.make(
            f"/accounts/{await person.id()}/appointments",
            role="auditor",
            ends_at=at(UNTIL).isoformat(),
            appointing_act="Decision 3 of the Governing Board",
        )
        await cast.second.act(f"/appointments/{role['id']}/confirm")


async def compare(cast: Cast) -> None:
    """Both versions of the list and both decisions are read as they were; a decision names its list."""
    field, auditor = cast.fields[0], cast.theatre.people[AUDITOR]
    with cast.theatre.step("Both lists and both decisions are read"):
        for who in (cast.office, auditor):
            lists = (await who.get(f"/panels/{field.panel}"))["lists"]
            listed = await who.all("/decisions", topic_stage_id=field.part)
            found = [await who.get(f"/decisions/{one['id']}") for one in listed]
            decided = sorted(found, key=lambda one: one["superseded_at"] is None)
            digests = [one["list_digest"] for one in decided]
            expect(digests == [one["digest"] for one in lists], "each decision names the list it was on")
            states = ", ".join(one["state"] for one in decided)
            cast.tell(TOLD, who.name, f"{len(lists)} lists, {len(decided)} decisions", states)


async def read_times(cast: Cast) -> None:
    """Times to inform and to grant, against the limits of the rules (K-06, K-07)."""
    with cast.theatre.step("Times to inform and to grant are read"):
        found = await cast.office.get(f"/calls/{cast.call}/times")
        (topic,) = found["topics"]
        inform = topic["to_inform"]
        cast.tell(TIMES, "to inform", inform["days"], f"{inform['standing']}, due {inform['due']}")
        for one in sorted(topic["grants"], key=lambda one: names(cast, [one["reference"]])):
            grant, why = one["to_grant"], one["uncounted"]
            told = f"not counted: {why}" if why else f"{grant['standing']}, due {grant['due']}"
            cast.tell(TIMES, f"to grant {names(cast, [one['reference']])}", grant["days"], told)


async def take_the_file(cast: Cast) -> None:
    """The file of the upheld proposal as an archive: the program in it says that it is good."""
    about, auditor = entry(cast, "JUNIPER"), cast.theatre.people[AUDITOR]
    with cast.theatre.step("The auditor takes a proposal's file"):
        here = f"/proposals/{about.proposal}/file.zip"
        await cast.theatre.ask("GET", here, 404, cast.office.token)
        answer = await cast.theatre.send("GET", here, auditor.token)
        expect(answer.status_code == 200, f"the auditor takes it: {answer.status_code}")
        with TemporaryDirectory() as folder:
            await asyncio.to_thread(ZipFile(BytesIO(answer.content)).extractall, folder)
            code, said = await _verify(await asyncio.to_thread(_program_in, Path(folder)))
        expect(code == 0, f"the program in it finds it good; it says: {said}")
        cast.tell(TOLD, f"file of {about.paper.acronym}", "verify.py", said.splitlines()[0])


def _program_in(folder: Path) -> Path:
    return next(folder.rglob("verify.py"))


async def _verify(program: Path) -> tuple[int, str]:
    run = await asyncio.create_subprocess_exec(
        sys.executable, str(program), str(program.parent), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await run.communicate()
    assert run.returncode is not None
    return run.returncode, said.decode()
