"""Minutes as a PDF file."""

from importlib.resources import files as resources
from typing import Any

from app.committee.session.minutes_schemas import MinutesRead, MotionMinutes
from app.core.typeset import typeset

KINDS = {"meeting": "Meeting", "written": "Written procedure"}
CHOICES = {"yes": "For", "no": "Against", "abstain": "Abstains", None: "No vote"}


async def minutes_pdf(minutes: MinutesRead) -> bytes:
    """The same bytes from the same minutes."""
    template = (resources("app.committee.session") / "minutes.typ").read_bytes()
    return await typeset(template, facts_of(minutes), minutes.closed_at, accessible=True)


def facts_of(minutes: MinutesRead) -> dict[str, Any]:
    """What stands in the document."""
    told = [f"{KINDS[minutes.kind]} of {minutes.held_at:%d %B %Y}, closed {_at(minutes.closed_at)}"]
    told += [f"Adjourned {_at(one.at)} until {_at(one.until)}: {one.reason}" for one in minutes.adjournments]
    return {
        "heading": f"Minutes: {minutes.title}",
        "issuer": minutes.body,
        "rows": [("Body", minutes.body), *(("Session", line) for line in told)],
        "present": None
        if minutes.present is None
        else [
            f"{one.name}: {_at(one.arrived_at)} to {'the end' if one.left_at is None else _at(one.left_at)}"
            for one in minutes.present
        ],
        "agenda": [one.text for one in minutes.motions],
        "motions": [_motion(one) for one in minutes.motions],
    }


def _motion(motion: MotionMinutes) -> dict[str, Any]:
    rows = [("Result", motion.result)]
    if motion.decided_at is not None:
        rows.append(("Decided", _at(motion.decided_at)))
    if motion.adjourned_until is not None:
        rows.append(("Adjourned until", _at(motion.adjourned_until)))
    if motion.outcome_reason is not None:
        rows.append(("Reason", motion.outcome_reason))
    if (counted := motion.count) is not None:
        heads = f"{counted.cast} of {counted.entitled} entitled have voted, of {counted.seats} seats"
        rows.append(("Votes", f"{heads}: {counted.yes} for, {counted.no} against, {counted.abstain} abstain"))
    return {
        "title": f"{motion.number}. {motion.purpose.replace('_', ' ').capitalize()}",
        "text": motion.text.splitlines(),
        "rows": rows,
        "out": [one.name if one.reason is None else f"{one.name}: {one.reason}" for one in motion.out],
        "votes": None
        if motion.votes is None
        else [
            (
                one.name if one.stands_in_for is None else f"{one.name}, for {one.stands_in_for}",
                one.weight,
                CHOICES[one.choice],
            )
            for one in motion.votes
        ],
    }


def _at(instant: Any) -> str:
    return f"{instant:%d %B %Y, %H:%M} UTC"
