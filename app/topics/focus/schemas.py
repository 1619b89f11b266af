"""Focus areas on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, ItemRead, Line, Read

Code = Annotated[
    str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$", examples=["obesity"])
]


class Add(Data):
    """A term: its code in a scheme. `imi` is the office's own scheme."""

    scheme: Code = "imi"
    code: Code
    label: Line


class Relabel(Data):
    label: Line


class FocusAreaRead(EntityRead):
    version: int
    scheme: str
    code: str
    label: str


class FocusAreaItem(ItemRead):
    scheme: str
    code: str
    label: str


class FocusAreaNamed(Read):
    """A focus area where it is chosen."""

    id: UUID
    scheme: str
    code: str
    label: str
