"""Reports on the wire."""

from datetime import datetime
from uuid import UUID

from app.core.schema import EntityRead, ItemRead
from app.evaluation.marking import MarkRead


class FellowReport(EntityRead):
    """A sealed report as the others of the group read it: under a label, never a name."""

    proposal_id: UUID
    label: str
    marks: list[MarkRead]


class ReportRead(FellowReport):
    assignment_id: UUID
    sealed_at: datetime | None


class ReportItem(ItemRead):
    proposal_id: UUID
