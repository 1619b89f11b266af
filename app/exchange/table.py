"""CSV files, line by line: `;` between fields, every field quoted, no field a formula."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Row = Sequence[object]


def safe(value: object) -> str:
    """The text of a field; one that a spreadsheet would run as a formula is led by an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def line(row: Row) -> str:
    """One line of a file."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL).writerow([safe(value) for value in row])
    return written.getvalue()


async def lines(header: Row, rows: AsyncIterator[Row]) -> AsyncIterator[str]:
    """A whole file, its header first."""
    yield line(header)
    async for row in rows:
        yield line(row)
