"""Employments and collaborations on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Mail
from app.experts.facts.models import Kind

Day = Annotated[date, Field(strict=False)]


class Dated(Data):
    """At an organisation, by its id or by a name that the register does not have; without `until` still."""

    organisation_id: Id | None = None
    organisation_name: Line | None = None
    since: Day | None = None
    until: Day | None = None


class EmploymentData(Dated):
    """Where and when; an edit changes what it names."""


class CollaborationData(Dated):
    """With whom, as what and when: an organisation, a person or both."""

    kind: Kind = "other"
    person_name: Line | None = None
    person_email: Mail | None = None


class EmploymentItem(ItemRead):
    expert_id: UUID
    organisation_id: UUID | None
    organisation_name: str | None
    since: date | None
    until: date | None


class EmploymentRead(EntityRead):
    version: int
    expert_id: UUID
    organisation_id: UUID | None
    organisation_name: str | None
    since: date | None
    until: date | None


class CollaborationItem(EmploymentItem):
    kind: Kind
    person_name: str | None


class CollaborationRead(EmploymentRead):
    kind: Kind
    person_name: str | None
    person_email: str | None
