"""What stands against a signature: dates, and partners that are not validated (pure)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from app.core.reason import Reason


def undated(starts_on: date | None, months: int | None) -> Iterator[Reason]:
    """The start or the duration is still open."""
    if starts_on is None:
        yield Reason(
            "no-start", "The agreement does not say when the project starts.", "/starts_on", "office"
        )
    if months is None:
        yield Reason("no-duration", "The agreement does not say how long it lasts.", "/months", "office")


def early(starts_on: date | None, why: str | None, today: date) -> Iterator[Reason]:
    """It starts before the day of signature in Brussels and nobody has said why."""
    if starts_on is not None and starts_on < today and not (why or "").strip():
        told = f"The project starts on {starts_on:%d %B %Y}, before today; the agreement does not say why."
        yield Reason("early-start", told, "/early_start_reason", "office")


def ethics_open(screening: Any) -> Iterator[Reason]:
    """What the ethics of the proposal still has against the signature (X-05)."""
    path = "/ethics_screening"
    if screening is None:
        yield Reason("ethics-not-screened", "The ethics of the proposal was not screened.", path, "office")
    elif screening.state == "not_cleared":
        yield Reason("ethics-not-cleared", "The ethics of the proposal is not cleared.", path)
    elif screening.concluded_at is None:
        yield Reason("ethics-not-over", "The ethics screening is not over.", path, "office")
    else:
        for one in screening.requirements:
            if one.before_signature and one.met_at is None:
                told = f"The requirement {one.code} is to be met before the signature."
                yield Reason("ethics-requirement", told, f"{path}/requirements/{one.code}", "office")


def identified(organisation: Any) -> bool:
    """It has a participant code, and somebody has validated it."""
    return organisation.pic is not None and organisation.state == "validated"


def unidentified(organisations: Iterable[Any]) -> Iterator[Reason]:
    """Each organisation without a participant code, or with one that nobody has validated."""
    for one in sorted(organisations, key=lambda o: str(o.legal_name)):
        path = f"/organisations/{one.id}"
        if one.pic is None:
            yield Reason(
                "no-pic", f"{one.legal_name} has no participant identification code (PIC).", path, "office"
            )
        elif one.state != "validated":
            yield Reason("not-validated", f"{one.legal_name} is not validated.", path, "office")
