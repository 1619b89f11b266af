"""Copies for reviewers and the office name their reader on every page; who has read what is recorded."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.calls.models import Stage, TopicStage, TopicStageState
from app.core.outbox import Mail
from app.core.pdf import READER
from app.core.uploads import files
from app.proposals.models import Proposal, ProposalState, Reading
from tests.build import Actor, person
from tests.conftest import World
from tests.evaluation.build import Handed, Topic, expert, seated
from tests.proposals.build import Applied, pdf, ready, submitted, upload
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
LIMIT = 2


@dataclass
class Read:
    """A proposal handed in with a document of four pages where two are allowed, and all who read it."""

    applied: Applied
    body: bytes
    office: Actor
    auditor: Actor
    reviewer: Actor
    other: Actor

    @property
    def file(self) -> str:
        return f"{self.applied.path}/sealed/1/documents/part_b"


async def handed_in(world: World) -> Read:
    applied, body = await ready(world), pdf(4)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(page_limits={"part_b": LIMIT}))
    kept = await upload(applied.lead, applied.id, body)
    assert (kept.json()["pages"], kept.json()["limit"], kept.json()["excess"]) == (4, LIMIT, 2)
    await applied.lead.make(f"{applied.path}/submit")
    office, auditor = await person(world, "office", "office"), await person(world, "auditor", "auditor")
    async with world.sessions() as session, session.begin():
        part = await session.get_one(TopicStage, UUID(applied.topic_stage))
        stage = await session.get_one(Stage, part.stage_id)
        part.state = TopicStageState.EVALUATION
        proposal = await session.get_one(Proposal, UUID(applied.id))
        proposal.state = ProposalState.IN_EVALUATION
        one = Handed(applied.id, proposal.reference, str(proposal.consortium_id), applied.lead)
        here = (part.topic_id, str(stage.call_id), str(part.id))
    topic = Topic(world, office, office, [], *here, [one])
    who = [await expert(topic, name) for name in ("reviewer", "other")]
    for each in who:
        await seated(topic, each, one)
    return Read(applied, body, office, auditor, who[0].actor, who[1].actor)


def drawn(body: bytes) -> list[int]:
    """How many marks are drawn under each page, and that as many are drawn over it."""
    with pikepdf.open(BytesIO(body)) as made:
        found = []
        for page in made.pages:
            first, *_, last = page.Contents
            under, over = (part.read_bytes().count(b" Do Q") for part in (first, last))
            assert under == over
            found.append(under)
        return found


async def log(who: Actor, path: str) -> list[tuple[str, str, bool]]:
    told = (await is_there(who, f"{path}/readings"))["items"]
    return [(one["name"], one["what"], one["marked"]) for one in reversed(told)]


async def test_a_reviewers_copy_bears_the_mark_and_crosses_what_is_beyond_the_limit(world: World) -> None:
    read = await handed_in(world)
    one, other = [await who.get(read.file) for who in (read.reviewer, read.other)]
    for answer in (one, other):
        assert (answer.status_code, drawn(answer.content)) == (200, [1, 1, 2, 2])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        reference = (await is_there(read.reviewer, read.applied.path))["reference"]
        saved = f'attachment; filename="{reference}-1-part_b.pdf"'
        assert answer.headers["Content-Disposition"] == saved
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert one.content != other.content, "nobody could say whose copy it is"
    assert drawn((await read.office.get(read.file)).content) == [1, 1, 2, 2]


async def test_the_consortium_and_auditors_get_what_the_receipt_names(world: World) -> None:
    read = await handed_in(world)
    sealed = await is_there(read.applied.lead, f"{read.applied.path}/sealed/1")
    (named,) = [d for d in sealed["manifest"]["documents"] if d["key"] == "part_b"]
    assert (named["limit"], named["excess"], named["pages"]) == (LIMIT, 2, 4)
    for who in (read.applied.lead, read.applied.fellows[0], read.auditor):
        answer = await who.get(read.file)
        assert (answer.content, sha256(answer.content).hexdigest()) == (read.body, named["digest"])
    assert (await read.applied.lead.get(f"{read.applied.path}/documents/part_b")).content == read.body


async def test_what_others_read_is_recorded_for_staff_alone(world: World) -> None:
    read = await handed_in(world)
    path = read.applied.path
    await read.applied.lead.get(read.file)
    await is_there(read.applied.lead, f"{path}/sealed/1")
    assert await log(read.office, path) == []
    await read.reviewer.get(read.file)
    await read.auditor.get(read.file)
    await is_there(read.reviewer, f"{path}/sealed/1")
    await read.office.get(f"{path}/versions/1/receipt.pdf")
    wanted = [("reviewer", "document", True), ("auditor", "document", False)]
    wanted += [("reviewer", "answers", False), ("office", "receipt", False)]
    for who in (read.office, read.auditor):
        assert await log(who, path) == wanted
    first = (await is_there(read.office, f"{path}/readings?page_size=1"))["next_page_token"]
    rest = await is_there(read.office, f"{path}/readings?page_size=3&page_token={first}")
    assert ([one["what"] for one in rest["items"]], rest["next_page_token"]) == (
        ["answers", "document", "document"],
        None,
    )
    for who in (read.applied.lead, read.applied.fellows[0], read.reviewer):
        assert (await who.get(f"{path}/readings")).status_code == 404
    stranger = await person(world, "stranger")
    await is_hidden(stranger, f"{path}/readings")
    for tried in (f"{path}/sealed/1/documents/part_b", f"{path}/sealed/2/documents/part_b"):
        assert (await stranger.get(tried)).status_code == 404
    assert (await read.reviewer.get(f"{path}/sealed/2/documents/part_b")).status_code == 404
    assert (await read.reviewer.get(f"{path}/sealed/1/documents/other")).status_code == 404
    assert await log(read.office, path) == wanted, "what was not given is not recorded"


async def test_nobody_changes_what_was_recorded(world: World) -> None:
    read = await handed_in(world)
    await read.reviewer.get(read.file)
    async with world.sessions() as session:
        assert (await session.scalars(select(Reading))).one().document == "part_b"
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(update(Reading).values(marked=False))


async def test_a_file_that_cannot_be_marked_is_not_given_to_a_reviewer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = await handed_in(world)
    kept = files(world.settings)

    async def spoilt(digest: str) -> Any:
        yield read.body[:-200]

    monkeypatch.setattr(kept, "open", spoilt)
    for _ in range(2):
        answer = await read.reviewer.get(read.file)
        assert (answer.status_code, answer.json()["reasons"][0]["code"]) == (409, "not-marked")
    async with world.sessions() as session:
        told = (await session.scalars(select(Mail).where(Mail.kind == "not_marked"))).all()
    assert [mail.recipient for mail in told] == [read.office.email]
    assert await log(read.office, read.applied.path) == []
    assert (await read.office.get(read.file)).content == read.body[:-200]
    assert await log(read.office, read.applied.path) == [("office", "document", False)]


async def test_marking_is_left_to_the_process_with_limits(world: World) -> None:
    read = await handed_in(world)
    READER.end()
    assert (await read.reviewer.get(read.file)).status_code == 200
    assert READER.process is not None


async def test_a_document_within_its_limit_has_no_excess(world: World) -> None:
    applied = await submitted(world)
    told = {
        d["key"]: (d["limit"], d["excess"]) for d in (await is_there(applied.lead, applied.path))["documents"]
    }
    assert told == {"part_b": (70, 0), "exploitation_plan": (None, 0)}
