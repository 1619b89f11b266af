"""Accounts, appointments and signing in on the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from app.core.schema import Data, EntityRead, Id, Instant, ItemRead, Line, Mail, Read

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("The text holds half of a surrogate pair.") from None
    return secret


Secret = Annotated[SecretStr, Field(min_length=1, max_length=300, strict=False), AfterValidator(_encodable)]
NewPassword = Annotated[Secret, Field(min_length=12, max_length=200)]


class Invite(Data):
    email: Mail
    name: Line
    language: Language = "en"


class EditAccount(Data):
    """Either field; what is left out stays as it is."""

    name: Line = ""
    language: Language = "en"


class Chosen(Data):
    """What somebody chose who followed a link; `password` is its hash and stays out of the audit."""

    email: str = ""
    name: Line = ""
    password: Annotated[str, Field(exclude=True, repr=False)]


class Propose(Data):
    """An appointment from now on, or between two instants; `appointing_act` names the decision behind it.

    `call_id`: an auditor for this call alone.
    """

    role: Literal["office", "signatory", "auditor", "observer", "admin"]
    call_id: Id | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    appointing_act: Line


How = Literal["on", "digest", "off"]
DEFAULTS: Mapping[str, How] = {"call_opened": "off", "deadline_near": "on", "call_closed": "on"}
ALWAYS = ("outcome", "discontinued", "amendment", "call_cancelled", "receipt", "redress")
"""Kinds of mail with legal effect, which nobody switches off."""


class ChooseNotices(Data):
    """How to be told, by kind: at once, once a day, or not. What is left out stays as it is."""

    call_opened: How | None = None
    deadline_near: How | None = None
    call_closed: How | None = None


class NoticesRead(BaseModel):
    """How you are told, by kind. What stands under `always` has legal effect and comes as a mail."""

    call_opened: How
    deadline_near: How
    call_closed: How
    always: Sequence[str] = ALWAYS


class AccountRead(EntityRead):
    version: int
    email: str
    name: str
    language: str


class AccountItem(ItemRead):
    email: str
    name: str


class AppointmentItem(ItemRead):
    account_id: UUID
    role: str
    call_id: UUID | None
    starts_at: datetime
    ends_at: datetime | None


class AppointmentRead(EntityRead):
    account_id: UUID
    role: str
    call_id: UUID | None
    starts_at: datetime
    ends_at: datetime | None
    appointing_act: str
    proposed_by: UUID | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None


class Address(Data):
    email: Mail


class Credentials(Data):
    email: Mail
    password: Secret


class Activate(Data):
    """`link` is the link of the mail, or what stands in it after the `#`."""

    link: Secret
    name: Line
    password: NewPassword


class Reset(Data):
    """`link` is the link of the mail, or what stands in it after the `#`."""

    link: Secret
    password: NewPassword


class Refresh(Data):
    refresh_token: Secret


class ChangePassword(Data):
    current_password: Secret
    password: NewPassword


class SignedIn(BaseModel):
    """Tokens: one to send with each request for some minutes, one to have the next pair for, once."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    refresh_token: str


class Told(BaseModel):
    """What is answered whether or not there is an account of that address."""

    message: str = "A mail with a link is on its way to this address."


class Tie(Read):
    """What ties somebody to an entity, such as a seat in a body."""

    kind: str
    entity: str
    id: UUID
    title: str


class Waiting(Tie):
    """What waits for somebody; `due` if it has a date."""

    due: datetime | None = None


class Me(BaseModel):
    """Who you are, which roles you hold now, what you are tied to, and what waits for you."""

    account: AccountRead
    roles: list[str]
    relations: list[Tie]
    waiting: list[Waiting]
