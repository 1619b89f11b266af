"""Reading the versions of a draft's section, and comparing any two: the consortium alone, at any time."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy import Select, select

from app.core.errors import NotFound
from app.core.schema import Read
from app.people.models import Account
from app.proposals.access import consortium
from app.proposals.documents import ProposalId
from app.proposals.models import Proposal, Section, SectionVersion
from app.topics.versions.rules import changed
from app.topics.versions.schemas import Change, Comparison
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/proposals/{id}/sections/{part_key}")
PartKey = Annotated[str, Path(alias="part_key", max_length=100)]
Number = Annotated[int, Path(ge=1, le=1_000_000)]
WHO = f"Who: {consortium.label}."


class SectionVersionItem(Read):
    """A version of a section; without an author where it is older than the record of versions."""

    number: int
    at: datetime
    author_id: UUID | None
    author: str | None


class SectionVersionRead(SectionVersionItem):
    answers: dict[str, Any]


async def _section(asked: Asked, key: UUID, part: str) -> UUID:
    """The id of a section that the actor may read. Raises NotFound."""
    await look(asked.session, Proposal, key, asked.actor, by=consortium)
    wanted = select(Section.id).where(Section.proposal_id == key, Section.key == part)
    found = await asked.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def _versions(section: UUID, *columns: Any) -> Select[Any]:
    told = (SectionVersion.number, SectionVersion.at, SectionVersion.author_id, Account.name.label("author"))
    wanted = select(*told, *columns).outerjoin(Account, Account.id == SectionVersion.author_id)
    return wanted.where(SectionVersion.section_id == section).order_by(SectionVersion.number)


@router.get(
    "/versions",
    responses=refusals(401, 404),
    summary="List the versions of a section (proposal)",
    description=WHO,
    operation_id="proposal_section_version_list",
)
async def list_versions(
    asked: Asking, proposal_id: ProposalId, part_key: PartKey
) -> list[SectionVersionItem]:
    section = await _section(asked, proposal_id, part_key)
    rows = await asked.session.execute(_versions(section))
    return [SectionVersionItem.model_validate(row) for row in rows]


@router.get(
    "/versions/{number}",
    responses=refusals(401, 404),
    summary="Read a version of a section (proposal)",
    description=WHO,
    operation_id="proposal_section_version_read",
)
async def read_version(
    asked: Asking, proposal_id: ProposalId, part_key: PartKey, number: Number
) -> SectionVersionRead:
    section = await _section(asked, proposal_id, part_key)
    wanted = _versions(section, SectionVersion.answers).where(SectionVersion.number == number)
    found = (await asked.session.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound
    return SectionVersionRead.model_validate(found)


@router.get(
    "/comparison",
    responses=refusals(401, 404),
    summary="Compare two versions of a section, field by field (proposal)",
    description=f"{WHO} Left out, they are the first and the last.",
    operation_id="proposal_section_version_compare",
)
async def compare(
    asked: Asking,
    proposal_id: ProposalId,
    part_key: PartKey,
    before: Annotated[int | None, Query(alias="from", ge=1, le=1_000_000)] = None,
    after: Annotated[int | None, Query(alias="to", ge=1, le=1_000_000)] = None,
) -> Comparison:
    section = await _section(asked, proposal_id, part_key)
    one = await _numbered(asked, section, before, SectionVersion.number)
    other = await _numbered(asked, section, after, SectionVersion.number.desc())
    changes = [Change(field=f, before=b, after=a) for f, b, a in changed(one.answers, other.answers)]
    return Comparison(before=one.number, after=other.number, changes=changes)


async def _numbered(asked: Asked, section: UUID, number: int | None, order: Any) -> SectionVersion:
    """The version of this number; of none, the first in this order. Raises NotFound."""
    wanted = select(SectionVersion).where(SectionVersion.section_id == section)
    if number is not None:
        wanted = wanted.where(SectionVersion.number == number)
    found: SectionVersion | None = await asked.session.scalar(wanted.order_by(order).limit(1))
    if found is None:
        raise NotFound
    return found
