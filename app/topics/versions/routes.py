"""Reading the versions of a topic: all for those who make it, the adopted ones for everybody in the end."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from app.core.errors import NotFound
from app.topics.access import co_author, published, staff
from app.topics.models import Topic
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
Named = Annotated[int | None, Query(ge=1, le=1_000_000)]

every = staff | co_author
WHO = f"Who: {every.label}; {published.label} the adopted ones."


async def _found(asked: Asked, key: UUID) -> tuple[Topic, Sequence[TopicVersion], bool]:
    """The versions that the actor may read, in order, and whether by whom. Raises NotFound."""
    topic, held = await look(asked.session, Topic, key, asked.actor, by=every | published)
    wanted = select(TopicVersion).where(TopicVersion.topic_id == key).order_by(TopicVersion.number)
    if not every(held):
        wanted = wanted.where(TopicVersion.number >= topic.adopted_version)
    return topic, (await asked.session.scalars(wanted)).all(), staff(held)


def _adopted(topic: Topic, version: TopicVersion) -> bool:
    return topic.adopted_version is not None and version.number >= topic.adopted_version


def _numbered(versions: Sequence[TopicVersion], number: int) -> TopicVersion:
    found = next((each for each in versions if each.number == number), None)
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
    topic, versions, by_whom = await _found(asked, topic_id)
    told = [{"number": v.number, "at": v.at, "adopted": _adopted(topic, v)} for v in versions]
    if not by_whom:
        return [VersionItem(**each) for each in told]
    return [VersionAuthored(**each, author_id=v.author_id) for each, v in zip(told, versions, strict=True)]


@router.get(
    "/versions/{number}",
    responses=refusals(401, 404),
    summary="Read a version of its text (topic)",
    description=WHO,
    operation_id="topic_version_read",
)
async def read_version(asked: Asking, topic_id: TopicId, number: Number) -> VersionAuthoredRead | VersionRead:
    topic, versions, by_whom = await _found(asked, topic_id)
    one = _numbered(versions, number)
    told = {"number": one.number, "at": one.at, "adopted": _adopted(topic, one), "fields": one.fields}
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
    _, versions, _ = await _found(asked, topic_id)
    if not versions:
        raise NotFound
    one, other = (
        _numbered(versions, before or versions[0].number),
        _numbered(versions, after or versions[-1].number),
    )
    changes = [Change(field=f, before=b, after=a) for f, b, a in changed(one.fields, other.fields)]
    return Comparison(before=one.number, after=other.number, changes=changes)
