"""What goes over the wire: strict input, plain output, money, bounded text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, EmailStr, Field


def _clean(text: str) -> str:
    """Refuse what PostgreSQL or JSON cannot hold, wherever it came from."""
    if "\x00" in text:
        raise ValueError("The text holds a NUL character.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("The text holds half of a surrogate pair.")
    return text


def text(limit: int, least: int = 0) -> Any:
    """A bounded string type: `least` to `limit` characters, no NUL, no lone surrogate."""
    return Annotated[
        str,
        Field(min_length=least, max_length=limit),
        AfterValidator(_clean),
    ]


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_clean)]
Paragraph = Annotated[str, Field(max_length=2_000), AfterValidator(_clean)]
LongText = Annotated[str, Field(max_length=100_000), AfterValidator(_clean)]
Mail = Annotated[EmailStr, Field(max_length=254, strict=False)]
Id = Annotated[UUID, Field(strict=False)]
Instant = Annotated[AwareDatetime, Field(strict=False)]
Amount = Annotated[Decimal, Field(strict=False, ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False)]
Half = Annotated[Decimal, Field(strict=False, ge=0, max_digits=3, decimal_places=2, allow_inf_nan=False)]


class Data(BaseModel):
    """Base of everything that comes in: no unknown fields, no coercion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Read(BaseModel):
    """Base of everything that goes out; built from a row of the database."""

    model_config = ConfigDict(from_attributes=True)


class Money(BaseModel):
    """An amount in euro: exact to the cent, a decimal string on the wire."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True, from_attributes=True)
    amount: Amount
    currency: Literal["EUR"] = "EUR"


def euro(amount: Decimal) -> dict[str, Any]:
    """An amount of the database as the wire's money."""
    return {"amount": amount, "currency": "EUR"}


class ReasonRead(Read):
    """Why an act is not possible now."""

    code: str
    text: str
    path: str = ""
    who: str = ""


class Confirm(Read):
    """A second officer is awaited for this act; `digest` is what the confirmation must agree with."""

    digest: str
    asked_at: datetime


class Action(Read):
    """An act that the reader's part in the process allows here; blocked while `blocked_by` has entries."""

    name: str
    title: str
    blocked_by: list[ReasonRead] = []
    confirm: Confirm | None = None


class EntityRead(Read):
    """What every single read carries."""

    id: UUID
    state: str
    actions: list[Action] = []


class ItemRead(Read):
    """What every item of a list carries; `actions` are names only, no guard has been asked."""

    id: UUID
    state: str
    actions: list[str] = []


class ProblemRead(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    instance: str
    detail: str = ""
    reasons: list[ReasonRead] = []
