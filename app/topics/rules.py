"""What an idea must say before it is handed in; what a topic must say, and who be heard, before a vote."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.reason import Reason

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


def unwritten(topic: Any, required: Mapping[str, str]) -> Iterator[Reason]:
    """Every required field that is still empty; `required` says by field what it should tell."""
    for name, words in required.items():
        if not getattr(topic, name):
            yield Reason(
                f"{name.replace('_', '-')}-missing", f"The topic does not say {words}.", f"/{name}", "office"
            )


def unheard(rounds: Sequence[Any], kinds: Mapping[str, str]) -> Iterator[Reason]:
    """Every required kind of body of which none has commented, in whatever round, or declined to (T-05)."""
    bodies = [body for each in rounds for body in each.bodies]
    heard = {body.kind for body in bodies if body.reason is not None or body.has_commented}
    for kind, words in kinds.items():
        if kind not in heard:
            told = f"Of {words} none has commented, nor declined to."
            yield Reason("not-heard", told, f"/consulted_bodies/{kind}", "office")


def not_its_vote(kind: str, voters: Sequence[str]) -> Iterator[Reason]:
    """Whether a body of this kind votes on what the programme leaves to the kinds named."""
    if kind not in voters:
        told = " or a ".join(each.replace("_", " ") for each in voters)
        yield Reason("not-its-vote", f"On this a {told} votes.", "/purpose", "office")


def not_second(kind: str, second: str | None) -> Iterator[Reason]:
    """Whether a body of this kind takes over what too few of the first may vote on."""
    if second is None:
        yield Reason("no-second-body", "The programme names no body that votes second on this.", who="office")
    elif kind != second:
        told = f"On this a {second.replace('_', ' ')} votes second."
        yield Reason("not-its-vote", told, "/session_id", "office")


def without_opinion(given_by: Sequence[str], bodies: Sequence[str]) -> Iterator[Reason]:
    """Every body, by its name, whose opinion the programme wants and which has given none (T-05)."""
    for name in bodies:
        if name not in given_by:
            yield Reason("no-opinion", f"There is no opinion of {name}.", "/opinions", "office")
