"""What a report and a consensus report say of one criterion, on the wire."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.core.schema import Data, Read, text

Score = Annotated[
    Decimal, Field(strict=False, ge=0, max_digits=3, decimal_places=2, allow_inf_nan=False, examples=["3.5"])
]
"""A score; which ones there are says the scheme of the call (5.1)."""


class Marking(Data):
    """A score, a comment, or both; what is unfinished may be kept as it is."""

    score: Score | None = None
    comment: text(20_000) = ""  # type: ignore[valid-type]


class MarkRead(Read):
    criterion: str
    version: int
    score: Decimal | None
    comment: str
