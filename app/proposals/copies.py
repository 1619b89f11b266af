"""Copies of documents made for one reader; who cannot be given one is told, and so is the office."""

from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from app.core import outbox
from app.core.errors import Unmet
from app.core.marks import copy_for
from app.core.outbox import Letter
from app.core.pdf import NotMarked
from app.core.reason import Reason
from app.core.uploads import files
from app.people.notices import first_time
from app.people.queries import addresses_of
from app.proposals.models import Reading
from app.proposals.readings import Copy

LETTER = """A reviewer of proposal {reference} has asked for the document {key} of version {number} and not
received it: no copy with the reader's name on its pages can be made. {why}

You can read it as it was handed in.
"""


async def fetched(state: Any, digest: str) -> IO[bytes]:
    """A stored file in one that is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115  # whoever asked closes it
    async for chunk in files(state.settings).open(digest):
        file.write(chunk)
    file.flush()
    return file


async def copied(state: Any, copy: Copy, reference: str, document: dict[str, Any]) -> IO[bytes]:
    """The document with the reader's name on its pages, made while no connection is held.

    The office gets one that cannot be marked as it is, since it has to judge it (M-04), and that is recorded.
    Raises Unmet to a reviewer.
    """
    file = await fetched(state, document["digest"])
    try:
        found = await copy_for(file, copy.line, document.get("limit"), copy.reading.at)
    except NotMarked as fault:
        if copy.reading.role == "office":
            copy.reading.marked = False
            return file
        file.close()
        await _tell(state, copy.reading, reference, document, str(fault))
        told = "No copy with your name on its pages can be made of this file; the programme office is told."
        raise Unmet(reasons=[Reason("not-marked", told, f"/documents/{document['key']}", "office")]) from None
    file.close()
    return found


async def _tell(state: Any, reading: Reading, reference: str, document: dict[str, Any], why: str) -> None:
    """Write to the office, once a day for each file."""
    day = reading.at.replace(hour=0, minute=0, second=0, microsecond=0)
    async with state.sessions() as session, session.begin():
        if await first_time(session, "not_marked", UUID(document["digest"][:32]), day):
            text = LETTER.format(reference=reference, key=document["key"], number=reading.number, why=why)
            subject = f"A document of {reference} cannot be given to its reviewers"
            to = await addresses_of(session, "office", reading.at)
            letters = [Letter(address, subject, text, "proposal", reading.proposal_id) for address in to]
            await outbox.write_all(session, "not_marked", letters, reading.at)
