"""Co-authors on the wire."""

from datetime import datetime
from uuid import UUID

from app.core.schema import Data, EntityRead, Id, ItemRead


class InviteAuthor(Data):
    """A person with an account."""

    account_id: Id


class CoAuthorRead(EntityRead):
    topic_id: UUID
    account_id: UUID
    accepted_at: datetime | None


class CoAuthorItem(ItemRead):
    topic_id: UUID
    account_id: UUID
