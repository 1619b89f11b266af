"""Keyset pages: opaque tokens bound to the list, its filters and its order."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import InvalidOperation
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import KeyedColumnElement

from app.core.errors import Malformed
from app.core.reason import Reason
from app.core.schema import Data

SIZE, LARGEST = 50, 200
LONGEST_TOKEN = 4_000
NO_PARAMETERS: Mapping[str, Any] = {}
Column = ColumnElement[Any] | KeyedColumnElement[Any] | Any


class Wanted(Data):
    """Which page of a list."""

    page_size: Annotated[int, Field(strict=False, ge=1, le=LARGEST)] = SIZE
    page_token: Annotated[str, Field(max_length=LONGEST_TOKEN)] | None = None


def _wrong() -> Malformed:
    told = "This page token does not belong to this list."
    return Malformed(reasons=[Reason("page-token", told, "/query/page_token", "sender")])


@dataclass(frozen=True)
class Order:
    """An order that a list may have: a column that is never null, then the id; `-name` is descending."""

    column: Column
    descending: bool = False

    def after(self, key: Column, last: tuple[Any, UUID]) -> ColumnElement[bool]:
        """Rows that come after the last one of the page before."""
        here = tuple_(self.column, key)
        there = tuple_(literal(last[0], self.column.type), literal(last[1], key.type))
        return here < there if self.descending else here > there

    def by(self, key: Column) -> tuple[Any, ...]:
        """The ORDER BY terms."""
        terms = (self.column, key)
        return tuple(term.desc() for term in terms) if self.descending else terms

    def value(self, plain: str) -> Any:
        """What a token says of the column, as the column's own type. Raises ValueError."""
        kind = self.column.type.python_type
        found = kind.fromisoformat(plain) if issubclass(kind, date) else kind(plain)
        if isinstance(found, datetime) and found.tzinfo is None:
            raise ValueError
        if isinstance(found, str) and "\x00" in found:
            raise ValueError
        plain.encode()
        return found


def bind(name: str, query: Mapping[str, Any]) -> str:
    """What a token is bound to: the list, its filters and its order."""
    words = json.dumps([name, sorted((k, str(v)) for k, v in query.items() if v is not None)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def token(binding: str, value: Any, key: UUID) -> str:
    """The token for the page after the row with this value and id."""
    if isinstance(value, Enum):
        value = value.value
    plain = value.isoformat() if isinstance(value, date) else str(value)
    told = json.dumps([binding, plain, str(key)], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(given: str, binding: str, order: Order) -> tuple[Any, UUID]:
    """The last row that a token names. Raises Malformed for any token not made for this very query."""
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        bound, plain, key = json.loads(raw.decode())
        if bound != binding or not isinstance(plain, str) or not isinstance(key, str):
            raise _wrong()
        return order.value(plain), UUID(key)
    except (binascii.Error, ValueError, TypeError, InvalidOperation, RecursionError) as fault:
        raise _wrong() from fault


@dataclass(frozen=True)
class List:
    """A list that is read in pages: its name, its filters and their values, its order, the column of ids."""

    name: str
    query: Mapping[str, Any]
    order: Order
    key: Column

    async def page(
        self,
        session: AsyncSession,
        statement: Select[Any],
        wanted: Wanted,
        parameters: Mapping[str, Any] = NO_PARAMETERS,
    ) -> tuple[Sequence[Row[Any]], str | None]:
        """The rows of one page, and the token of the next. Raises Malformed for a token of another list."""
        binding = bind(self.name, self.query)
        statement = statement.add_columns(self.order.column, self.key)
        statement = statement.order_by(*self.order.by(self.key)).limit(wanted.page_size + 1)
        if wanted.page_token:
            last = read(wanted.page_token, binding, self.order)
            statement = statement.where(self.order.after(self.key, last))
        rows = (await session.execute(statement, parameters)).all()
        shown = rows[: wanted.page_size]
        return shown, token(binding, *shown[-1][-2:]) if len(rows) > len(shown) else None
