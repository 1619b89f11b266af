"""The industry consortium of a topic on the wire."""

from decimal import Decimal
from uuid import UUID

from app.consortia.organisations.schemas import OrganisationBrief
from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Mail


class NameMember(Data):
    """An organisation, the person who acts for it, and what it has announced to bring, in euro."""

    organisation_id: Id
    name: Line
    email: Mail
    leads: bool = False
    in_kind: Euro = Decimal(0)


class EditMember(Data):
    """What it has announced to bring, in euro, and whether it speaks for them all."""

    leads: bool = False
    in_kind: Euro = Decimal(0)


class ReplacePerson(Data):
    """The person who acts for it from now on."""

    name: Line
    email: Mail


class IndustryMemberRead(EntityRead):
    """A member of a topic's industry consortium; `in_kind` in euro."""

    version: int
    topic_id: UUID
    organisation: OrganisationBrief
    leads: bool
    in_kind: Euro
    name: str
    email: str


class IndustryMemberItem(ItemRead):
    topic_id: UUID
    organisation_id: UUID
    leads: bool
