"""External cases on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph
from app.proposals.external_case.models import Forum

Day = Annotated[date, Field(strict=False)]


class NoteCase(Data):
    """Before whom, under which reference, since when; and who may read the file while it is open."""

    forum: Forum
    reference: Line
    lodged_on: Day
    auditor_id: Id | None = None


class CloseCase(Data):
    """How it has ended, and when."""

    closed_on: Day
    reason: Annotated[Paragraph, Field(min_length=10)]


class ExternalCaseRead(EntityRead):
    """A case; only one formal action should be under way at a time, which is told and not enforced (Z-07)."""

    proposal_id: UUID
    forum: str
    reference: str
    lodged_on: date
    auditor_id: UUID | None
    noted_by: UUID
    closed_on: date | None
    closed_for: str | None


class ExternalCaseItem(ItemRead):
    proposal_id: UUID
    forum: str
    reference: str
