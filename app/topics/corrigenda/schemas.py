"""Corrigenda on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, ItemRead, Paragraph
from app.topics.corrigenda.models import Touches
from app.topics.schemas import Text

Note = Annotated[Paragraph, Field(min_length=1)]


class DraftCorrigendum(Data):
    """What changes of the text and its figures; what the change touches; a note that is published with it."""

    changes: Text
    note: Note
    touches: Touches


class EditCorrigendum(Data):
    """Any of the three; what is left out stays as it is."""

    changes: Text = Text()
    note: Note = ""
    touches: Touches = "none"


class CorrigendumRead(EntityRead):
    topic_id: UUID
    version: int
    changes: dict[str, Any]
    note: str
    touches: Touches
    number: int | None
    edition: int | None
    adopted_at: datetime | None


class CorrigendumItem(ItemRead):
    topic_id: UUID
    touches: Touches
    number: int | None
    adopted_at: datetime | None
