"""Calls of any kind, configured through the API."""

from typing import Any

from tests.build import EUR45M, Actor


def euro(amount: int | str) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


SHORT = {"opens_at": "2049-01-10T09:00:00Z", "deadline": "2049-04-25T17:00", "decision_on": "2049-07-31"}
FULL = {"opens_at": "2049-08-02T09:00:00Z", "deadline": "2049-11-09T17:00"}
ONE = {"opens_at": "2049-01-10T09:00:00Z", "deadline": "2050-03-31T17:00"}


async def prepared(office: Actor, **more: Any) -> str:
    """A call in preparation; its id."""
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M} | more
    return str((await office.make("/calls", called))["id"])


async def staged(office: Actor, call: str, topic: str, stage: Any = ONE, **more: Any) -> tuple[str, str]:
    """A stage with one topic; the ids of the stage and of the topic in it."""
    made = str((await office.make(f"/calls/{call}/stages", stage))["id"])
    part = {"topic_id": topic, "budget": EUR45M} | more
    return made, str((await office.make(f"/stages/{made}/topic_stages", part))["id"])


def codes(answer: Any) -> list[tuple[str, str]]:
    """Each reason of a refusal: its code and its path."""
    return sorted((reason["code"], reason["path"]) for reason in answer.json()["reasons"])
