"""Invitations to the second stage on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from app.consortia.organisations.schemas import OrganisationBrief
from app.core.schema import Data, EntityRead, Euro, ItemRead, LongText, Paragraph, Read


class Decline(Data):
    """Why the applicants do not go on."""

    reason: Annotated[Paragraph, Field(min_length=1)]


class Report(Data):
    """Why a full proposal of both sides is not feasible, in words that both stand for."""

    report: Annotated[LongText, Field(min_length=10, max_length=20_000)]


class ContactRead(Read):
    """Somebody to speak with."""

    name: str
    email: str


class IndustryRead(ContactRead):
    """A member of the topic's industry consortium, and who acts for it; `in_kind` in euro."""

    organisation: OrganisationBrief
    leads: bool
    in_kind: Euro


class InvitationRead(EntityRead):
    """An invitation with both sides, who may speak with each other from its day on (C-09)."""

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    acronym: str = Field(validation_alias=AliasPath("proposal", "acronym"))
    topic_id: UUID
    topic_stage_id: UUID
    until: datetime
    proposed_at: datetime | None
    report: str | None
    declined_for: str | None
    merged_into_id: UUID | None
    coordinating: OrganisationBrief = Field(validation_alias=AliasPath("coordinating", "organisation"))
    coordinators: list[ContactRead]
    industry: list[IndustryRead]


class InvitationItem(ItemRead):
    proposal_id: UUID
    topic_id: UUID
    until: datetime
