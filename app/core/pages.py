"""Keyset pages: opaque tokens bound to the list, its filters and its order."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from app.core.errors import Malformed
from app.core.reason import Reason

SIZE, LARGEST = 50, 200
Column = ColumnElement[Any] | KeyedColumnElement[Any] | Any


def _wrong() -> Malformed:
    return Malformed(
        reasons=[Reason("page-token", "This page token does not belong to this list.", "/query/page_token", "sender")]
    )


@dataclass(frozen=True)
class Order:
    """An order that a list may have: a column that is never null, then the id; `-name` is descending."""

    column: Column
    descending: bool = False

    def after(self, key: Column, last: tuple[Any, UUID]) -> ColumnElement[bool]:
        """Rows that come after the last one of the page before."""
        here, there = tuple_(self.column, key), tuple_(*last)
        return here < there if self.descending else here > there

    def by(self, key: Column) -> tuple[Any, ...]:
        """The ORDER BY terms."""
        terms = (self.column, key)
        return tuple(term.desc() for term in terms) if self.descending else terms


def bind(name: str, query: Mapping[str, Any]) -> str:
    """What a token is bound to: the list, its filters and its order."""
    words = json.dumps([name, sorted((k, str(v)) for k, v in query.items() if v is not None)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def token(binding: str, value: Any, key: UUID) -> str:
    """The token for the page after the row with this value and id."""
    kind = "at" if isinstance(value, datetime) else "text"
    plain = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([binding, kind, plain, str(key)]).encode()).decode().rstrip("=")


def read(given: str, binding: str) -> tuple[Any, UUID]:
    """The last row that a token names. Raises Malformed for any token not made for this very query."""
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        bound, kind, plain, key = json.loads(raw)
        if bound != binding or kind not in ("at", "text") or not isinstance(plain, str):
            raise _wrong()
        return (datetime.fromisoformat(plain) if kind == "at" else plain), UUID(key)
    except (binascii.Error, UnicodeError, ValueError, TypeError, AttributeError) as fault:
        raise _wrong() from fault
