"""Campaigns and invitations on the wire; whom they name stays out of the audit."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.schema import Data, EntityRead, ItemRead, Line, Mail, Paragraph, Read, clean
from app.experts.contract.schemas import Days
from app.experts.models import Place

MOST_BYTES = 500_000


class Prepare(Data):
    """`text` stands in the mail before what it tells of the call; `days` and `place` are offered to all."""

    title: Line
    text: Annotated[Paragraph, Field(min_length=1)]
    days: Days
    place: Place = "remote"


class Import(Data):
    """A table of people with the columns `email` and `name`, separated by commas or semicolons."""

    csv: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_BYTES,
            exclude=True,
            repr=False,
            examples=["email,name\nada@example.org,Ada Martin\n"],
        ),
        AfterValidator(clean),
    ]
    dry_run: bool = True


class Listed(Data):
    """Somebody to invite."""

    email: Annotated[Mail, Field(exclude=True, repr=False)]
    name: Annotated[Line, Field(exclude=True, repr=False)]


class Nth(Data):
    """Which reminder it is."""

    number: int


class LineFault(Read):
    """What is wrong with a line of the table; the header is line 1."""

    line: int
    code: str
    text: str


class ImportRead(Read):
    """What a dry run found, or what was taken in: all lines or none."""

    dry_run: bool
    people: int
    faults: list[LineFault]


class CampaignRead(EntityRead):
    """`answers` counts the people by the state of their invitation."""

    call_id: UUID
    title: str
    text: str
    days: int
    place: Place
    sent_at: datetime | None
    answer_until: datetime | None
    answers: dict[str, int] = Field(default_factory=dict)


class CampaignItem(ItemRead):
    call_id: UUID
    title: str
    sent_at: datetime | None
    answer_until: datetime | None


class ExpertInvitationRead(EntityRead):
    campaign_id: UUID
    email: str
    name: str
    reminders: int
    least: int | None
    most: int | None
    reason: str | None
    answered_at: datetime | None


class ExpertInvitationItem(ItemRead):
    campaign_id: UUID
    email: str
    name: str


class CallSummary(Read):
    """What an invited person learns of a call: what is public of it."""

    reference: str
    title: str
    topics: list[str]


class InvitationShown(Read):
    """What the bearer of a link reads before answering."""

    name: str
    text: str
    call: CallSummary
    days: int
    place: Place
    answer_until: datetime


class Answered(Read):
    state: str
    message: str
