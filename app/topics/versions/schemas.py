"""Versions on the wire; who wrote one is for staff alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import create_model

from app.core.schema import Read
from app.topics.schemas import Edit, TopicRead

WRITTEN: Any = {
    name: (field.annotation, field)
    for name, field in TopicRead.model_fields.items()
    if name in Edit.model_fields
}
TopicText = create_model("TopicText", __base__=Read, __doc__="Every field of the text.", **WRITTEN)


class VersionItem(Read):
    """`adopted`: this is a text that a vote has adopted, the first one or a later edition."""

    number: int
    at: datetime
    adopted: bool


class VersionAuthored(VersionItem):
    author_id: UUID | None


class VersionRead(VersionItem):
    fields: dict[str, Any]


class VersionAuthoredRead(VersionRead):
    author_id: UUID | None


class Change(Read):
    """A field that differs; null where a version does not have it."""

    field: str
    before: Any
    after: Any


class Comparison(Read):
    before: int
    after: int
    changes: list[Change]
