"""Information requests on the wire: whole for staff, question and answer for the consortium."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, ItemRead, LongText, Paragraph

Words = Annotated[Paragraph, Field(min_length=10)]


class AskForInformation(Data):
    """What is not clear. The rule set says how many days there are to answer."""

    text: Words


class AnswerRequest(Data):
    """The answer, as a text: no document and no figure of the proposal changes by it."""

    answer: Annotated[LongText, Field(min_length=1, max_length=20_000)]


class CloseRequest(Data):
    """What the answer, or its lack, means for the checks."""

    outcome: Words


class InformationOwn(EntityRead):
    proposal_id: UUID
    text: str
    until: datetime
    answer: str | None
    answered_at: datetime | None


class InformationRead(InformationOwn):
    """The whole of it, for staff: also who asked, and what came of it."""

    asked_by: UUID
    outcome: str | None


class InformationItem(ItemRead):
    proposal_id: UUID
    until: datetime
