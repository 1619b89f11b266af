"""Copies for reviewers and the office name their reader on every page; who has read what is recorded."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.calls.models import Stage, TopicStage, TopicStageState
from app.consortia.models import Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.core.pdf import READER
from app.core.pdf_child import examine
from app.core.pdf_marks import mark, upright
from app.core.uploads import files
from app.proposals.models import Proposal, ProposalState, Reading
from tests.build import Actor, fresh, person
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
    read = await world.prepared(handed_in)
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
    read = await world.prepared(handed_in)
    sealed = await is_there(read.applied.lead, f"{read.applied.path}/sealed/1")
    (named,) = [d for d in sealed["manifest"]["documents"] if d["key"] == "part_b"]
    assert (named["limit"], named["excess"], named["pages"]) == (LIMIT, 2, 4)
    for who in (read.applied.lead, read.applied.fellows[0], read.auditor):
        answer = await who.get(read.file)
        assert (answer.content, sha256(answer.content).hexdigest()) == (read.body, named["digest"])
    assert (await read.applied.lead.get(f"{read.applied.path}/documents/part_b")).content == read.body


async def test_what_others_read_is_recorded_for_staff_alone(world: World) -> None:
    read = await world.prepared(handed_in)
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


@pytest.mark.parametrize(
    ("state", "out", "told"),
    [
        (PartnerState.ACCEPTED, False, 404),
        (PartnerState.ACCEPTED, True, 404),
        (PartnerState.LEFT, True, 404),
        (PartnerState.REMOVED, True, 404),
        (PartnerState.INVITED, False, 200),
    ],
)
async def test_an_officer_who_has_been_of_the_consortium_never_reads_who_reviewed(
    world: World, state: PartnerState, out: bool, told: int
) -> None:
    """Also once the results are out; an invitation alone takes nothing away."""
    read = await world.prepared(handed_in)
    await read.reviewer.get(read.file)
    now = machine_now()
    async with world.sessions() as session, session.begin():
        proposal = await session.get_one(Proposal, UUID(read.applied.id))
        one = fresh(Organisation, OrganisationState.REGISTERED, legal_name="An institute", country="SE")
        one.kind = "research"
        part = fresh(Partner, state, consortium_id=proposal.consortium_id, organisation=one)
        part.left_at = now if state is PartnerState.LEFT else None
        me = Person(id=uuid4(), email=read.office.email, name="office", account_id=read.office.id)
        me.part, me.until = "contact", now if out else None
        part.people = [me]
        session.add(part)
        await session.execute(update(TopicStage).values(state=TopicStageState.RELEASED))
    assert (await read.office.get(f"{read.applied.path}/sealed/1")).status_code == 200
    assert (await read.office.get(f"{read.applied.path}/readings")).status_code == told


async def test_nobody_changes_what_was_recorded(world: World) -> None:
    read = await world.prepared(handed_in)
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
    read = await world.prepared(handed_in)
    READER.end()
    assert (await read.reviewer.get(read.file)).status_code == 200
    assert READER.process is not None


async def test_a_document_within_its_limit_has_no_excess(world: World) -> None:
    applied = await submitted(world)
    told = {
        d["key"]: (d["limit"], d["excess"]) for d in (await is_there(applied.lead, applied.path))["documents"]
    }
    assert told == {"part_b": (70, 0), "exploitation_plan": (None, 0)}


def page_of(made: pikepdf.Pdf, content: bytes = b"0 0 1 rg 10 10 20 20 re f") -> Any:
    page = made.add_blank_page(page_size=(595, 842))
    page.Contents = made.make_stream(content)
    return page


def odd(change: Any) -> bytes:
    """A file of one page with something odd about it."""
    made, out = pikepdf.new(), BytesIO()
    change(made, page_of(made))
    made.save(out, compress_streams=False)
    return out.getvalue()


def bare(made: Any, page: Any) -> None:
    del page.obj.Resources


def inherits(made: Any, page: Any) -> None:
    """Resources, box and turn stand above the page."""
    made.Root.Pages.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Mine=made.make_stream(b"x")))
    made.Root.Pages.MediaBox, made.Root.Pages.Rotate = page.obj.MediaBox, 90
    for name in ("/Resources", "/MediaBox"):
        del page.obj[name]


def empty(made: Any, page: Any) -> None:
    del page.obj.Contents


def parts(made: Any, page: Any) -> None:
    page.Contents = pikepdf.Array([made.make_stream(b"q"), made.make_stream(b"0 0 9 9 re f")])


def damaged(made: Any, page: Any) -> None:
    page.Contents.write(b"no Flate at all", filter=pikepdf.Name.FlateDecode)


ODD: dict[str, Any] = {
    "plain": lambda made, page: None,
    "turned by 90": lambda made, page: page.rotate(90, relative=False),
    "turned by 180": lambda made, page: page.rotate(180, relative=False),
    "turned by 270": lambda made, page: page.rotate(270, relative=False),
    "turned by a word": lambda made, page: page.obj.__setitem__("/Rotate", pikepdf.Name.X),
    "cropped": lambda made, page: page.obj.__setitem__("/CropBox", pikepdf.Array([100, 100, 300, 200])),
    "upside down": lambda made, page: page.obj.__setitem__("/MediaBox", pikepdf.Array([595, 842, 0, 0])),
    "a box of words": lambda made, page: page.obj.__setitem__(
        "/MediaBox", pikepdf.Array([pikepdf.Name.X] * 4)
    ),
    "a box of nothing": lambda made, page: page.obj.__setitem__("/MediaBox", pikepdf.Array([0, 0, 0, 0])),
    "no resources": bare,
    "what it inherits": inherits,
    "no content": empty,
    "content in parts": parts,
    "content that is damaged": damaged,
}


@pytest.mark.parametrize("named", ODD)
def test_odd_pages_are_marked_and_keep_what_they_have(named: str) -> None:
    source = odd(ODD[named])
    with TemporaryFile() as file, TemporaryFile() as marks, TemporaryFile() as copy:
        for one, body in ((file, source), (marks, pdf(2))):
            one.write(body)
            one.flush()
        found = mark(file, marks, copy.fileno(), 0)
        copy.seek(0)
        made = copy.read()
    assert found == {"pages": 1}
    assert examine(BytesIO(made))["pages"] == 1, "what is handed out is no worse than what was taken"
    with pikepdf.open(BytesIO(source)) as before, pikepdf.open(BytesIO(made)) as after:
        old, new = before.pages[0], after.pages[0]
        mine = [name for name in new.resources.XObject.keys() if name.startswith("/Mark")]  # noqa: SIM118
        first, *own, last = new.Contents
        assert len(mine) == 1
        for part in (first, last):
            assert f"{mine[0]} Do".encode() in part.read_bytes()
        contents = old.obj.get("/Contents", [])
        kept = list(contents) if isinstance(contents, pikepdf.Array) else [contents] if contents else []
        assert [part.read_raw_bytes() for part in own] == [part.read_raw_bytes() for part in kept]
        known = old.resources.get("/XObject", {}) if isinstance(old.resources, pikepdf.Dictionary) else {}
        assert set(new.resources.XObject.keys()) == {*known.keys(), *mine}


@pytest.mark.parametrize(
    ("degrees", "corner"), [(0, (10, 20)), (90, (110, 20)), (180, (110, 220)), (270, (10, 220))]
)
def test_the_lower_left_corner_is_found_however_a_page_is_turned(
    degrees: int, corner: tuple[float, float]
) -> None:
    matrix, width, height = upright((10, 20, 110, 220), degrees)
    a, b, c, d, e, f = map(float, matrix.split())
    assert (e, f) == corner
    assert (width, height) == ((100, 200) if degrees % 180 == 0 else (200, 100))
    far = (a * width + c * height + e, b * width + d * height + f)
    assert far == (120 - corner[0], 240 - corner[1])
