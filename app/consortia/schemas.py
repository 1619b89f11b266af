"""Consortia, partners and invitations on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.consortia.models import Part
from app.consortia.organisations.schemas import OrganisationBrief
from app.consortia.people.schemas import AskedPersonRead
from app.consortia.problems import EntryRead
from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Mail, Read


class Form(Data):
    """A new consortium; its coordinating organisation is yours, its contact you, by this name or your own."""

    name: Line
    organisation_id: Id
    contact_name: Line | None = None


class Coordinate(Data):
    """The part of the coordinating organisation."""

    organisation_id: Id
    contact_name: Line | None = None


class InvitePartner(Data):
    """An organisation to take part, and the person who is asked for it."""

    organisation_id: Id
    name: Line
    email: Mail


class EditPartner(Data):
    """What the partner asks for, in euro."""

    requested: Euro = Decimal(0)


class TakeOver(Data):
    """The organisation that a partner's part goes to."""

    organisation_id: Id


class PersonRead(Read):
    id: UUID
    name: str
    email: str
    part: Part
    until: datetime | None


class PartnerBrief(Read):
    id: UUID
    state: str
    coordinates: bool
    requested: Euro
    organisation: OrganisationBrief


class PartnerRead(EntityRead):
    version: int
    consortium_id: UUID
    organisation: OrganisationBrief
    coordinates: bool
    requested: Euro
    invited_until: datetime | None
    coordination_offered_at: datetime | None
    left_at: datetime | None
    people: list[PersonRead]
    asked: list[AskedPersonRead]


class PartnerItem(ItemRead):
    consortium_id: UUID
    organisation_id: UUID
    coordinates: bool
    requested: Euro


class ConsortiumRead(EntityRead):
    """A consortium with all its partners; `requested` in euro is what those at present ask for together.

    `problems` is what its present partners lack to be eligible on the day of the deadline; it warns.
    """

    topic_stage_id: UUID
    topic_id: UUID
    name: str
    partners: list[PartnerBrief]
    requested: Euro
    problems: list[EntryRead] = Field(default_factory=list)


class ConsortiumItem(ItemRead):
    topic_stage_id: UUID
    name: str


class InvitationRead(Read):
    """What somebody is invited to: no account is needed to accept or decline."""

    topic: str
    topic_title: str
    consortium: str
    coordinator: str
    organisation: str
    name: str
    invited_until: datetime
    closes_at: datetime


class Answered(Read):
    """The partner's state after the answer."""

    state: Literal["accepted", "declined"]
    message: str
