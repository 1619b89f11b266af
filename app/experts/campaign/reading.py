"""Reading a table of people to invite: every line that is wrong is told, and nothing half is taken."""

import csv
from collections.abc import Iterator
from io import StringIO

from pydantic import ValidationError

from app.experts.campaign.schemas import LineFault, Listed

COLUMNS = ["email", "name"]
MOST_LINES = 1_000
Person = tuple[int, Listed]


def people_in(text: str) -> tuple[list[Person], list[LineFault]]:
    """The people of a table, each with its line, and the faults; nothing of the table is repeated in them."""
    text = text.removeprefix("\ufeff")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    people: list[Person] = []
    faults: list[LineFault] = []
    try:
        if [name.strip().lower() for name in next(rows, [])] != COLUMNS:
            return [], [_fault(1, "columns", "The first line names the columns: email, name.")]
        known: dict[str, int] = {}
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(people) + len(faults) >= MOST_LINES:
                told = f"A table has at most {MOST_LINES} people."
                return people, [*faults, _fault(rows.line_num, "too-many", told)]
            for found in _read(row, rows.line_num, known):
                (faults if isinstance(found, LineFault) else people).append(found)  # type: ignore[arg-type]
    except csv.Error:
        faults.append(_fault(rows.line_num, "not-a-table", "A quotation mark here does not fit."))
    if not people and not faults:
        faults.append(_fault(1, "empty", "There is nobody in the table."))
    return people, faults


def _read(row: list[str], line: int, known: dict[str, int]) -> Iterator[Person | LineFault]:
    if len(row) != len(COLUMNS):
        yield _fault(line, "cells", f"This line has {len(row)} cells and not {len(COLUMNS)}.")
        return
    email, name = (cell.strip() for cell in row)
    try:
        listed = Listed(email=email, name=name)
    except ValidationError as error:
        for wrong in sorted({str(one["loc"][0]) for one in error.errors()}):
            told = "No mail address." if wrong == "email" else "A name has 1 to 200 characters."
            yield _fault(line, f"bad-{wrong}", told)
        return
    first = known.setdefault(listed.email.lower(), line)
    if first != line:
        yield _fault(line, "twice", f"The address stands in line {first} already.")
    else:
        yield line, listed


def _fault(line: int, code: str, text: str) -> LineFault:
    return LineFault(line=line, code=code, text=text)
