"""Consortia, partners and invitations on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.consortia.models import Part
from app.consortia.organisations.schemas import OrganisationBrief
from app.consortia.people.schemas import AskedPersonRead
from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Mail, Read, ReasonRead, Sum


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


class EditConsortium(Data):
    """Any of the fields; `open_budgets`: each partner reads the figures of every other."""

    name: Line = ""
    open_budgets: bool = False


class EditPartner(Data):
    """Any of the partner's figures, in euro; `self_financed`: it takes part at its own cost.

    Costs are `personnel`, `other_direct`, `subcontracting` and `third_party_support` (financial support to
    third parties); contributions are in kind, to its operations in the action (IKOP) or to additional
    activities (IKAA), or in money (FC). Indirect costs follow from the rules.
    """

    personnel: Euro = Decimal(0)
    other_direct: Euro = Decimal(0)
    subcontracting: Euro = Decimal(0)
    third_party_support: Euro = Decimal(0)
    requested: Euro = Decimal(0)
    in_kind_operational: Euro = Decimal(0)
    in_kind_additional: Euro = Decimal(0)
    financial_contribution: Euro = Decimal(0)
    self_financed: bool = False


class Sign(Data):
    """What is signed: the part in this version, with each of these declarations."""

    version: Annotated[int, Field(ge=1, le=1_000_000_000)]
    declarations: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]], Field(max_length=50)
    ] = Field(default_factory=list)


class TakeOver(Data):
    """The organisation that a partner's part goes to."""

    organisation_id: Id


class Merge(Data):
    """The name of a consortium that two sides make together."""

    name: Line


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
    joined_from: Literal["applicant", "industry"] | None
    organisation: OrganisationBrief


class DeclarationRead(Read):
    """What the partner declares when it signs."""

    key: str
    text: str


class VoidableRead(Read):
    """A signature: when, by the digest of what was signed; and if it is void, by whom and by which change."""

    signed_at: datetime
    digest: str
    voided_at: datetime | None
    voided_by: Literal["coordinator", "partner"] | None
    voided_because: str | None


class FiguresRead(Read):
    """A partner's figures, in euro."""

    personnel: Euro
    other_direct: Euro
    subcontracting: Euro
    third_party_support: Euro
    requested: Euro
    in_kind_operational: Euro
    in_kind_additional: Euro
    financial_contribution: Euro
    self_financed: bool


class PartnerFellow(EntityRead):
    """A partner as the others of its consortium read it: without its figures."""

    version: int
    consortium_id: UUID
    organisation: OrganisationBrief
    coordinates: bool
    joined_from: Literal["applicant", "industry"] | None
    from_partner_id: UUID | None
    invited_until: datetime | None
    coordination_offered_at: datetime | None
    left_at: datetime | None
    people: list[PersonRead]
    asked: list[AskedPersonRead]


class PartnerRead(PartnerFellow, FiguresRead):
    """A partner with its figures, the last signature of its part, and what it declares when it signs."""

    signature: VoidableRead | None
    declarations: list[DeclarationRead] = Field(default_factory=list)


class PartnerFellowItem(ItemRead):
    consortium_id: UUID
    organisation_id: UUID
    coordinates: bool


class PartnerItem(PartnerFellowItem):
    requested: Euro


class EntryRead(ReasonRead):
    """One entry of the problem list: the field, who can mend it, the rule, and whether it blocks."""

    rule: str
    blocks: bool


class ConsortiumRead(EntityRead):
    """A consortium with all its partners; `requested` in euro is what those at present ask for together.

    `problems` is what its present partners lack to be eligible on the day of the deadline; it warns.
    """

    version: int
    topic_stage_id: UUID
    topic_id: UUID
    name: str
    open_budgets: bool
    partners: list[PartnerBrief]
    requested: Sum
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
