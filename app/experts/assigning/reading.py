"""Reading and writing seats as a table or as JSON: each line that is wrong is told, nothing half taken."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple
from uuid import UUID

from app.experts.assigning.schemas import MOST_SEATS, SeatFault, SeatGiven

NEEDED = ("proposal", "contract")
KNOWN = {*NEEDED, "fixed", "rapporteur", "expert", "affinity"}
YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Names(NamedTuple):
    """How seats may be named: proposals by reference, contracts by id and by mail address."""

    proposals: Mapping[str, UUID]
    contracts: Mapping[str, UUID]


Line = tuple[int, dict[str, Any]]


def seats_in(form: str, text: str, names: Names) -> tuple[list[SeatGiven], list[SeatFault]]:
    """The seats that are said, each once; nothing that was sent is repeated in the faults."""
    faults: list[SeatFault] = []
    seats: dict[tuple[UUID, UUID], SeatGiven] = {}
    drafted: set[UUID] = set()
    try:
        lines = _items(text) if form == "json" else _rows(text)
        for number, item in lines:
            if len(seats) + len(faults) >= MOST_SEATS:
                faults.append(_fault(number, "too-many", f"A set has at most {MOST_SEATS} seats."))
                break
            found = list(_wrong(number, item, names))
            if not found:
                seat = _seat(item, names)
                if (seat.proposal_id, seat.contract_id) in seats:
                    found = [_fault(number, "twice", "This seat stands in an earlier line already.")]
                elif seat.rapporteur and seat.proposal_id in drafted:
                    found = [_fault(number, "two-rapporteurs", "A proposal has one rapporteur.")]
                if seat.rapporteur:
                    drafted.add(seat.proposal_id)
                seats.setdefault((seat.proposal_id, seat.contract_id), seat)
            faults += found
    except _Unreadable as bad:
        faults.append(bad.fault)
    if not seats and not faults:
        faults.append(_fault(1, "empty", "There is no seat in it."))
    return list(seats.values()), faults


class _Unreadable(Exception):
    def __init__(self, line: int, code: str, text: str) -> None:
        super().__init__(text)
        self.fault = _fault(line, code, text)


def _items(text: str) -> Iterator[Line]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unreadable(1, "not-json", "This is not JSON.") from None
    if not isinstance(given, list):
        raise _Unreadable(1, "not-a-list", "A list of seats is expected.")
    for number, item in enumerate(given, 1):
        if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in NEEDED):
            raise _Unreadable(number, "columns", "A seat has a `proposal` and a `contract`, both texts.")
        said = {
            key: {True: "yes", False: "no"}[item[key]] if isinstance(item[key], bool) else "?"
            for key in ("fixed", "rapporteur")
            if key in item
        }
        yield number, {**item, **said}


def _rows(text: str) -> Iterator[Line]:
    text = text.removeprefix("\ufeff")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if not {*NEEDED} <= {*header} <= KNOWN or len(set(header)) < len(header):
            told = "The first line names the columns: proposal, contract, and if wanted fixed, rapporteur, "
            told += "expert, affinity."
            raise _Unreadable(1, "columns", told)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                told = f"This line has {len(row)} cells and not {len(header)}."
                raise _Unreadable(rows.line_num, "cells", told)
            yield rows.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))
    except csv.Error:
        raise _Unreadable(rows.line_num, "not-a-table", "A quotation mark here does not fit.") from None


def _wrong(number: int, item: Mapping[str, Any], names: Names) -> Iterator[SeatFault]:
    if item["proposal"] not in names.proposals:
        yield _fault(number, "no-such-proposal", "No proposal of the stage has this reference.")
    if item["contract"].lower() not in names.contracts:
        yield _fault(number, "no-such-expert", "Nobody under contract for the call has this id or address.")
    if item.get("fixed", "").lower() not in (*YES, *NO):
        yield _fault(number, "bad-fixed", "A seat is fixed or not: yes or no.")
    if item.get("rapporteur", "").lower() not in (*YES, *NO):
        yield _fault(number, "bad-rapporteur", "An expert is rapporteur of a proposal or not: yes or no.")


def _seat(item: Mapping[str, Any], names: Names) -> SeatGiven:
    return SeatGiven(
        proposal_id=names.proposals[item["proposal"]],
        contract_id=names.contracts[item["contract"].lower()],
        fixed=item.get("fixed", "").lower() in YES,
        rapporteur=item["rapporteur"].lower() in YES if item.get("rapporteur") else None,
    )


def _fault(line: int, code: str, text: str) -> SeatFault:
    return SeatFault(line=line, code=code, text=text)


Told = Sequence[object]


def table(rows: Iterable[Told]) -> str:
    """The seats as a table that can be read in again; no field is a formula."""
    written = StringIO()
    out = csv.writer(written, lineterminator="\r\n")
    out.writerow(["proposal", "contract", "fixed", "rapporteur", "expert", "affinity"])
    for row in rows:
        out.writerow([_safe(value) for value in row])
    return written.getvalue()


def _safe(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
