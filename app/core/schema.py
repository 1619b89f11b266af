"""What goes over the wire: strict input, plain output, money, bounded text."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    PlainSerializer,
    WithJsonSchema,
)


def clean(text: str) -> str:
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
        AfterValidator(clean),
    ]


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean)]
Paragraph = Annotated[str, Field(max_length=2_000), AfterValidator(clean)]
LONGEST = 100_000
LongText = Annotated[str, Field(max_length=LONGEST), AfterValidator(clean)]
Mail = Annotated[EmailStr, Field(max_length=254, strict=False)]
Id = Annotated[UUID, Field(strict=False)]
Instant = Annotated[AwareDatetime, Field(strict=False)]


class Data(BaseModel):
    """Base of everything that comes in: no unknown fields, no coercion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Read(BaseModel):
    """Base of everything that goes out; built from a row of the database."""

    model_config = ConfigDict(from_attributes=True)


AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


def _amount(given: Any) -> Any:
    match given:
        case Decimal():
            return given
        case {"amount": str() as amount, "currency": "EUR", **others} if not others:
            if not AMOUNT.fullmatch(amount):
                raise ValueError("An amount is in euro and cents, from 0.00 to 999999999999.99.")
            return amount
    raise ValueError('Money is given as {"amount": "12.50", "currency": "EUR"}.')


def _money(amount: Decimal) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": "EUR"}


Euro = Annotated[
    Decimal,
    Field(strict=False, ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False),
    BeforeValidator(_amount),
    PlainSerializer(_money, return_type=dict[str, str]),
    WithJsonSchema(
        {
            "type": "object",
            "title": "Money",
            "properties": {
                "amount": {"type": "string", "pattern": f"^{AMOUNT.pattern}$"},
                "currency": {"const": "EUR"},
            },
            "required": ["amount", "currency"],
            "additionalProperties": False,
            "examples": [{"amount": "12.50", "currency": "EUR"}],
        }
    ),
]
"""An amount in euro, exact to the cent: an object with a decimal string on the wire, a Decimal inside."""


Sum = Annotated[
    Decimal,
    PlainSerializer(_money, return_type=dict[str, str]),
    WithJsonSchema(
        {
            "type": "object",
            "title": "Sum",
            "properties": {
                "amount": {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"},
                "currency": {"const": "EUR"},
            },
            "required": ["amount", "currency"],
            "additionalProperties": False,
            "examples": [{"amount": "12.50", "currency": "EUR"}],
        }
    ),
]
"""What amounts in euro come to: written like one, of any size, rounded to the cent as it is shown."""


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
