"""Builders: a consortium's proposal, complete or not; PDF files, good and bad."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pikepdf
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.calls.rule_set import named
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core import audit
from app.proposals.models import Document, Proposal, ProposalState, Section
from tests.build import Actor, fresh, person
from tests.conftest import World
from tests.consortia.build import close, consortium, open_stage, partner

SECTIONS = ("excellence", "impact", "implementation")


def pdf(pages: int = 2, mark: str = "") -> bytes:
    """A good PDF with a word on each page; `mark` makes it differ from others."""
    made, out = pikepdf.new(), BytesIO()
    for _ in range(pages):
        made.add_blank_page().Contents = made.make_stream(b"BT (A word.) Tj ET")
    made.docinfo["/Title"] = mark
    made.save(out)
    return out.getvalue()


@dataclass
class Applied:
    """A proposal and who acts in it: its coordinator, a partner each from two other countries."""

    lead: Actor
    fellows: list[Actor]
    topic_stage: str
    consortium: dict[str, Any]
    id: str

    @property
    def path(self) -> str:
        return f"/proposals/{self.id}"


async def started(
    world: World, topic_stage: str | None = None, countries: tuple[str, ...] = ("DE", "FR", "IT"), **more: Any
) -> Applied:
    """A draft, nothing written, of organisations in these countries."""
    here = topic_stage or await open_stage(world)
    lead = await person(world, "lead")
    made = await consortium(lead, here, countries[0], **more)
    fellows = [(await partner(world, lead, made["id"], country, **more))[0] for country in countries[1:]]
    draft = await lead.make(f"/consortia/{made['id']}/proposals", {"acronym": "SECRETUM"})
    return Applied(lead, fellows, here, made, draft["id"])


async def upload(
    actor: Actor, proposal: str, body: bytes | AsyncIterator[bytes], key: str = "part_b", **headers: str
) -> httpx2.Response:
    """PUT a document."""
    sent = {"Content-Type": "application/pdf"} | headers
    return await actor.client.put(f"/v1/proposals/{proposal}/documents/{key}", content=body, headers=sent)


async def complete(applied: Applied, documents: Sequence[str] = ("part_b", "exploitation_plan")) -> None:
    """Fill in all that the form asks for."""
    lead, path = applied.lead, applied.path
    money = {"amount": "1000000.00", "currency": "EUR"}
    written = {"title": "A title", "abstract": "An abstract.", "requested": money}
    version = (await lead.get(path)).json()["version"]
    assert (await lead.patch(path, written, version)).status_code == 200
    for key in SECTIONS:
        answer = await lead.patch(f"{path}/sections/{key}", {"text": f"On {key}."}, 1)
        assert answer.status_code == 200, answer.text
    if answers := await no_issue(applied):
        answer = await lead.patch(f"{path}/sections/ethics", answers, 1)
        assert answer.status_code == 200, answer.text
    for key in documents:
        answer = await upload(lead, applied.id, pdf(), key)
        assert answer.status_code == 200, answer.text


async def no_issue(applied: Applied) -> dict[str, bool]:
    """What the self-assessment of ethics says where there is no issue; nothing where the form has none."""
    async with applied.lead.world.sessions() as session:
        wanted = select(Call.rules, Stage.kind).select_from(TopicStage).join(Stage).join(Call)
        rules, kind = (await session.execute(wanted.where(TopicStage.id == UUID(applied.topic_stage)))).one()
    return none_of(rules, kind)


def none_of(rules: Mapping[str, Any], stage: str = "full") -> dict[str, bool]:
    """The same under these rules, in a kind of stage."""
    asked = [
        one
        for section in rules["sections"]
        if section["key"] == "ethics" and stage in section["stages"]
        for one in section["fields"]
    ]
    return {one["key"]: False for one in asked if one["kind"] == "yes_no"}


NO_ISSUE = none_of(named("imi2").model_dump(mode="json"))


async def ready(world: World, topic_stage: str | None = None, **more: Any) -> Applied:
    """A complete draft."""
    applied = await started(world, topic_stage, **more)
    await complete(applied)
    return applied


async def submitted(world: World, topic_stage: str | None = None, **more: Any) -> Applied:
    """A proposal handed in."""
    applied = await ready(world, topic_stage, **more)
    await applied.lead.make(f"{applied.path}/submit")
    return applied


async def under_check(world: World) -> None:
    """Let the deadline have passed and the checks have begun."""
    await close(world, TopicStageState.CHECKING)


async def checked(world: World, office: Actor, **more: Any) -> tuple[Applied, dict[str, Any]]:
    """A proposal that the rules have been run on."""
    applied = await submitted(world, **more)
    await under_check(world)
    return applied, await office.make(f"{applied.path}/check")


def results(read: dict[str, Any]) -> dict[str, bool]:
    return {check["rule"]: check["passed"] for check in read["checks"]}


async def standing_drafts(world: World, lead: Actor, topic_stage: str, count: int) -> list[str]:
    """The ids of complete drafts of so many consortia under one coordinator, written to the database."""
    async with world.sessions() as session, session.begin():
        part = await session.get_one(TopicStage, UUID(topic_stage))
        drafts = [_draft(lead, part) for _ in range(count)]
        session.add_all(drafts)
        for draft in drafts:
            _begin(session, draft, lead)
    return [str(draft.id) for draft in drafts]


def _draft(lead: Actor, part: TopicStage) -> Proposal:
    word, there = uuid4().hex[:8], {"topic_stage_id": part.id, "topic_id": part.topic_id}
    group = fresh(Consortium, ConsortiumState.ACTIVE, name=f"Consortium {word}", **there)
    for number, country in enumerate(("DE", "FR")):
        institute = fresh(Organisation, OrganisationState.REGISTERED, legal_name=f"Institute {number} {word}")
        institute.country, institute.kind = country, "research"
        member = fresh(Partner, PartnerState.ACCEPTED, organisation=institute, coordinates=not number)
        member.people = [Person(id=uuid4(), email=f"{number}-{word}@example.org", name="A contact")]
        member.people[0].part, member.people[0].account_id = "contact", None if number else lead.id
        group.partners.append(member)
    draft = fresh(Proposal, ProposalState.DRAFT, consortium=group, reference=f"P-{word}", **there)
    draft.acronym, draft.title, draft.abstract = "SECRETUM", "A title", "An abstract."
    draft.sections = [Section(id=uuid4(), key=key, answers={"text": f"On {key}."}) for key in SECTIONS]
    digest = sha256(word.encode()).hexdigest()
    assessed = Section(id=uuid4(), key="ethics", answers=NO_ISSUE)
    draft.sections.append(assessed)
    draft.documents = [Document(id=uuid4(), key="part_b", digest=digest, size=8, pages=1)]
    draft.documents[0].attached_at = draft.created_at
    return draft


def _begin(session: AsyncSession, draft: Proposal, lead: Actor) -> None:
    """Let its chain begin as a draft."""
    told: dict[str, Any] = {"cause_id": None, "request_id": "", "by_system": False, "detail": {}}
    came = {"at": draft.created_at, "act": "start", "actor_id": lead.id, "before": "", "after": "draft"}
    audit.append(session, "proposal", draft, **came, **told)
