"""Versions on the wire; who wrote one is for staff alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.schema import Read


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
