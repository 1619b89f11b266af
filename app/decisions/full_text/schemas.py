"""Requests for full texts on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Paragraph


class AskForText(Data):
    """A proposal above the thresholds of the list, and why the summary report is not enough."""

    proposal_id: Id
    reason: Annotated[Paragraph, Field(pattern=r"\S")]


class FullTextRead(EntityRead):
    """Who reads what a proposal handed in, and why."""

    proposal_id: UUID
    reference: str
    account_id: UUID
    name: str
    reason: str


class FullTextItem(ItemRead):
    proposal_id: UUID
    account_id: UUID
