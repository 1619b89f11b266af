"""What a field of a call may hold: times on the wall, days, codes, counts, places of a rule set."""

import json
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.calls.rule_parts import Code
from app.calls.rule_set import rule_sets
from app.calls.rules import in_our_time, instant
from app.core.schema import Instant, Line

MOST_STAGES, MOST_TOPICS, MOST_OVERRIDES = 10, 200, 200
"""What a call has at most, so that it can be written to a file and read in again."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _wall(text: str) -> str:
    instant(text)
    return text


def _known(code: str) -> str:
    if code not in rule_sets():
        known = ", ".join(sorted(rule_sets()))
        raise PydanticCustomError("unknown_rule_set", "Known rule sets: {known}.", {"known": known})
    return code


def _day(given: Any) -> Any:
    if not (isinstance(given, str) and DAY.fullmatch(given)) and not isinstance(given, date):
        raise ValueError("Give a day as 2020-05-01.")
    return given


def bounded(value: Any) -> Any:
    written = json.dumps(value)
    if len(written) > 20_000 or "\\u0000" in written or "\\ud8" in written or "\\udc" in written:
        raise ValueError("The value is too long, or holds what cannot be kept.")
    return value


Wall = Annotated[str, Field(min_length=10, max_length=40), AfterValidator(_wall)]
"""What the wall shows in Brussels, such as `2020-03-31T17:00`."""
Opening = Annotated[Instant, AfterValidator(in_our_time)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day), AfterValidator(in_our_time)]
Known = Annotated[Line, AfterValidator(_known)]
Kind = Literal["single_stage", "two_stage", "restricted"]
Grants = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/+-]{0,39}$")]], Field(max_length=200)
]
Count = Annotated[int, Field(ge=1, le=1_000)]
Pages = Annotated[dict[Code, Annotated[int, Field(ge=1, le=10_000)]], Field(max_length=20)]
SchemeCode = Annotated[Code, Field(examples=["default"])]
Required = Annotated[list[Annotated[Code, Field(examples=["part_b"])]], Field(max_length=20)]
Pointer = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_~-]{1,60}){1,12}$")]
