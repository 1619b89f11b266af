"""The next call opens when everything else is done, so that whoever looks can try it."""

from datetime import datetime, timedelta

from app.calls.rules import BRUSSELS
from app.rehearsal.acts.committee import vote
from app.rehearsal.acts.topics import nothing_to_say
from app.rehearsal.cast import Cast, at, euro

REFERENCE = "IMI2-REHEARSAL-NEXT"
OPEN_FOR = timedelta(days=90)
BUDGET = 10_000_000
TEXT: dict[str, object] = {
    "challenge": "Whoever looks at a rehearsal wants to hand something in.",
    "need": "A system is judged by those who use it.",
    "scope": "Anything that is written to try the system.",
    "outcomes": "A draft, a list of what blocks it, a sealed version, a receipt.",
    "impact": "A judgement of one's own.",
    "synergies": "Other systems can be tried beside it.",
    "applicant_expectations": "Anyone with an hour.",
    "patient_need": "None: it is a trial.",
    "eu_priority": "None: it is a trial.",
    "industry_interest": "None: it is a trial.",
    "duration_months": 12,
    "projects_expected": 1,
}


async def open_for_all(cast: Cast) -> None:
    """A call with one topic, open for three months of process time."""
    signed = at(cast.wall("signed_on"))
    today = f"{signed.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}"
    with cast.theatre.step("The next call opens, to be tried"):
        title = "A call to try the system with (synthetic)"
        topic = await cast.office.make("/topics", reference=f"{REFERENCE}-01", title=title)
        here = f"/topics/{topic['id']}"
        await cast.office.edit(here, 1, **TEXT, indicative_budget=euro(BUDGET))
        await nothing_to_say(cast, topic["id"], signed + timedelta(hours=1))
        await cast.office.act(f"{here}/finalise")
        await vote(cast, "adopt_topic", topic["id"], "Adopt the topic to try", today)
        call = await cast.office.make(
            "/calls",
            reference=REFERENCE,
            title=title,
            rule_set=cast.call_file.rule_set,
            budget=euro(BUDGET),
        )
        stage = await cast.office.make(
            f"/calls/{call['id']}/stages", opens_at=signed.isoformat(), deadline=_deadline(signed)
        )
        await cast.office.make(
            f"/stages/{stage['id']}/topic_stages", topic_id=topic["id"], budget=euro(BUDGET)
        )
        await vote(cast, "adopt_call", call["id"], "Adopt the call to try", today)
        await cast.office.act(f"/calls/{call['id']}/publish")


def _deadline(today: datetime) -> str:
    return f"{today + OPEN_FOR:%Y-%m-%d}T17:00"
