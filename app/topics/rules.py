"""What an idea must say before it is handed in, and a topic before it can be voted on."""

from collections.abc import Iterator, Mapping
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

OF_AN_IDEA = {
    "title": "has no title",
    "focus_area_ids": "is in no focus area",
    "challenge": "does not say the challenge it answers",
    "impact": "does not say the expected impact",
}
SOURCES = ("patient_need", "eu_priority", "industry_interest")


def unsaid(idea: Mapping[str, Any]) -> Iterator[Reason]:
    """Everything that an idea by these fields still lacks: it comes from one of the three sources (T-01)."""
    for name, words in OF_AN_IDEA.items():
        if not idea[name]:
            code = f"{name.removesuffix('_ids').replace('_', '-')}-missing"
            yield Reason(code, f"The idea {words}.", f"/{name}", "proposer")
    if not any(idea[name] for name in SOURCES):
        told = "The idea comes from neither patients, the Union's policies nor industry."
        yield Reason("source-missing", told, "", "proposer")


def unwritten(topic: Any) -> Iterator[Reason]:
    """Every required field that is still empty."""
    for name, words in REQUIRED.items():
        if not getattr(topic, name):
            yield Reason(
                f"{name.replace('_', '-')}-missing", f"The topic does not say {words}.", f"/{name}", "office"
            )
