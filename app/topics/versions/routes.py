"""Reading the versions of a topic: all for those who make it, for everybody what others have seen."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy import ColumnElement, func, select

from app.core.errors import NotFound
from app.topics.access import staff
from app.topics.models import Topic
from app.topics.versions.access import WHO, readable
from app.topics.versions.models import TopicVersion
from app.topics.versions.rules import changed
from app.topics.versions.schemas import (
    Change,
    Comparison,
    VersionAuthored,
    VersionAuthoredRead,
    VersionItem,
    VersionRead,
)
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/topics/{id}")
TopicId = Annotated[UUID, Path(alias="id")]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


async def _found(asked: Asked, key: UUID) -> tuple[Topic, ColumnElement[bool], bool]:
    """The topic, which of its versions the actor may read, and whether by whom. Raises NotFound."""
    topic, held = await look(asked.session, Topic, key, asked.actor)
    return topic, readable(topic, held), staff(held)


def _adopted(topic: Topic, number: int) -> bool:
    return topic.adopted_version is not None and number >= topic.adopted_version


async def _numbered(asked: Asked, may: ColumnElement[bool], number: int) -> TopicVersion:
    found = await asked.session.scalar(select(TopicVersion).where(may, TopicVersion.number == number))
    if found is None:
        raise NotFound
    return found


@router.get(
    "/versions",
    responses=refusals(401, 404),
    summary="List the versions of its text (topic)",
    description=WHO,
    operation_id="topic_version_list",
)
async def list_versions(asked: Asking, topic_id: TopicId) -> list[VersionAuthored | VersionItem]:
    topic, may, by_whom = await _found(asked, topic_id)
    wanted = select(TopicVersion.number, TopicVersion.at, TopicVersion.author_id).where(may)
    rows = (await asked.session.execute(wanted.order_by(TopicVersion.number))).all()
    told = [{"number": v.number, "at": v.at, "adopted": _adopted(topic, v.number)} for v in rows]
    if not by_whom:
        return [VersionItem(**each) for each in told]
    return [VersionAuthored(**each, author_id=v.author_id) for each, v in zip(told, rows, strict=True)]


@router.get(
    "/versions/{number}",
    responses=refusals(401, 404),
    summary="Read a version of its text (topic)",
    description=WHO,
    operation_id="topic_version_read",
)
async def read_version(asked: Asking, topic_id: TopicId, number: Number) -> VersionAuthoredRead | VersionRead:
    topic, may, by_whom = await _found(asked, topic_id)
    one = await _numbered(asked, may, number)
    told = {"number": one.number, "at": one.at, "adopted": _adopted(topic, number), "fields": one.fields}
    return VersionAuthoredRead(**told, author_id=one.author_id) if by_whom else VersionRead(**told)


@router.get(
    "/comparison",
    responses=refusals(401, 404),
    summary="Compare two versions of its text, field by field (topic)",
    description=f"{WHO} Left out, they are the first and the last that one may read.",
    operation_id="topic_version_compare",
)
async def compare(
    asked: Asking,
    topic_id: TopicId,
    before: Annotated[int | None, Query(alias="from", ge=1, le=1_000_000)] = None,
    after: Annotated[int | None, Query(alias="to", ge=1, le=1_000_000)] = None,
) -> Comparison:
    _, may, _ = await _found(asked, topic_id)
    ends = select(func.min(TopicVersion.number), func.max(TopicVersion.number)).where(may)
    first, last = (await asked.session.execute(ends)).one()
    one = await _numbered(asked, may, before or first)
    other = await _numbered(asked, may, after or last)
    changes = [Change(field=f, before=b, after=a) for f, b, a in changed(one.fields, other.fields)]
    return Comparison(before=one.number, after=other.number, changes=changes)
