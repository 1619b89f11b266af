"""What a topic must say before it can be voted on."""

from collections.abc import Iterator
from typing import Any

from app.core.reason import Reason

REQUIRED = {
    "challenge": "the challenge it answers",
    "need": "why public and private partners are both needed",
    "scope": "the scope",
    "outcomes": "the expected outcomes",
    "impact": "the expected impact",
    "indicative_budget": "the indicative budget",
}


def unwritten(topic: Any) -> Iterator[Reason]:
    """Every required field that is still empty."""
    for name, words in REQUIRED.items():
        if not getattr(topic, name):
            yield Reason(
                f"{name.replace('_', '-')}-missing", f"The topic does not say {words}.", f"/{name}", "office"
            )
