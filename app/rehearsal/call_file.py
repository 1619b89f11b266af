"""Call files: a call as its published counts describe it, to be replayed; checked before anything starts."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from app.calls.overrides import why_not
from app.calls.rules import instant
from app.calls.schemas import Override
from app.core.fault import Fault
from app.rehearsal.expected import Amount, Count, Expected, Line, Strict
from app.rehearsal.published import KNOWN

FOLDER = Path(__file__).parent / "calls"
Code = Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
Wall = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$",
        description="What the wall shows in Brussels, such as 2020-03-31T17:00.",
    ),
]
Flaw = Literal["unreadable", "no_plan", "too_few_countries", "not_independent", "out_of_scope"]
Quality = Literal["excellent", "good", "weak"]


class Impossible(ValueError):
    """A figure that cannot be, and where in the file it stands."""

    def __init__(self, place: str, told: str) -> None:
        super().__init__(f"{place}: {told}")


class Intended(Strict):
    """What is wrong with a proposal, or how good it is: one of the two; nothing else tells the outcome.

    A flaw is written into the proposal and found by the rules, or by the officer who reads it. Quality is
    what its reviewers think of it: `excellent` is 4 to 5 on every criterion, `good` 3 to 4 on every one and
    10 or more on three, `weak` at most 3.5 on every one and below 10 on three.
    """

    flaw: Flaw | None = None
    quality: Quality | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.flaw is None) == (self.quality is None):
            raise ValueError("Give either a flaw or a quality.")
        return self


class Synthetic(Intended):
    """So many proposals by synthetic organisations; what each asks for differs a little from `asks`."""

    count: Annotated[Count, Field(ge=1)]
    asks: Amount


class Real(Intended):
    """The consortium of a real project; text, people, scores and what it asks for are synthetic."""

    acronym: Line
    asks: Amount
    leave_out: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...],
        Field(description="Countries whose partners do not take part, to try what follows."),
    ] = ()


class Topic(Strict):
    """A topic of the call, its money, and what comes in on it. Figures in whole euro."""

    reference: Code
    title: Line
    action_type: Literal["RIA", "IA", "CSA"] = "RIA"
    scope: Annotated[str, Field(max_length=2_000)] = ""
    excluded: Annotated[str, Field(max_length=80, description="What its scope leaves out.")] = ""
    envelope: Amount
    raised_to: Amount | None = None
    expected_grants: Annotated[Count, Field(ge=1)]


class Inflow(Strict):
    """What comes in on one topic in one stage, and what came of it.

    In a second stage that is who was invited and has merged: `invited` is what reviewers think of the full
    proposal, and nothing else comes in.
    """

    topic: Code
    invited: Quality | None = None
    late: Count = 0
    real: tuple[Real, ...] = ()
    synthetic: tuple[Synthetic, ...] = ()
    expected: Expected = Expected()

    @property
    def submitted(self) -> int:
        return len(self.real) + sum(group.count for group in self.synthetic)


class Stage(Strict):
    """One round of submission, and the days of its evaluation.

    What comes in may be unknown: such a stage is set up, and nothing is played. A second stage says when it
    `opens_on`; the first opens with the call.
    """

    opens_on: Wall | None = None
    deadline: Wall
    panel_on: Wall | None = None
    decided_on: Wall | None = None
    released_on: Wall | None = None
    inflows: tuple[Inflow, ...] = ()

    def dates(self) -> list[tuple[str, str]]:
        """The days that are given, in the order in which they must come."""
        names = ("opens_on", "deadline", "panel_on", "decided_on", "released_on")
        return [(name, wall) for name in names if (wall := getattr(self, name)) is not None]


class CallFile(Strict):
    """A call: its rule set, topics, stages, and per topic and stage what comes in and what came of it.

    `overrides` are the places of the rule set that the call changes, each with a reason.
    """

    schema_: Annotated[str, Field(alias="$schema")] = ""
    about: Annotated[str, Field(max_length=2_000)] = ""
    source: Annotated[str, Field(max_length=500)] = ""
    reference: Code
    title: Line
    rule_set: Line
    overrides: tuple[Override, ...] = ()
    begins_on: Wall
    opens_on: Wall
    signed_on: Wall | None = None
    experts_per_proposal: Annotated[int, Field(ge=1, le=9)] = 3
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=2)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for place, told in self._impossible():
            raise Impossible(place, told)
        return self

    def _impossible(self) -> Iterator[tuple[str, str]]:
        for reason in why_not(self.rule_set, [one.model_dump() for one in self.overrides]):
            yield "rule_set", f"{reason.path}: {reason.text}"
        known = [topic.reference for topic in self.topics]
        for number, topic in enumerate(self.topics):
            if known.index(topic.reference) != number:
                yield f"topics.{number}.reference", f"{topic.reference} stands twice"
            if topic.raised_to is not None and topic.raised_to <= topic.envelope:
                yield f"topics.{number}.raised_to", f"{topic.raised_to} does not raise {topic.envelope}"
        if self.is_played and len({frozenset(i.topic for i in stage.inflows) for stage in self.stages}) > 1:
            yield "stages.1.inflows", "what comes in to one of two stages comes in to the other, too"
        dated = [("begins_on", self.begins_on), ("opens_on", self.opens_on)]
        for number, stage in enumerate(self.stages):
            dated += [(f"stages.{number}.{name}", wall) for name, wall in stage.dates()]
            yield from _of_stage(f"stages.{number}", stage, known)
            yield from _by_invitation(f"stages.{number}", stage, second=number > 0)
            if (number > 0) != (stage.opens_on is not None):
                yield (
                    f"stages.{number}.opens_on",
                    "the first stage opens with the call, a second on its own day",
                )
        if self.signed_on is not None:
            dated.append(("signed_on", self.signed_on))
        elif self.is_played:
            yield "signed_on", "it is needed where something comes in"
        yield from _out_of_order(dated)

    @property
    def is_played(self) -> bool:
        """Whether it says what came in; otherwise the call is set up, and published."""
        return any(stage.inflows for stage in self.stages)

    def topic(self, reference: str) -> Topic:
        return next(topic for topic in self.topics if topic.reference == reference)


def _of_stage(stage_at: str, stage: Stage, topics: list[str]) -> Iterator[tuple[str, str]]:
    """A project is one proposal, and a topic has one inflow; what comes in is evaluated and decided on."""
    seen: set[str] = set()
    for name in ("panel_on", "decided_on", "released_on"):
        if stage.inflows and getattr(stage, name) is None:
            yield f"{stage_at}.{name}", "it is needed where something comes in"
    for number, inflow in enumerate(stage.inflows):
        here = f"{stage_at}.inflows.{number}"
        names = [(f"{here}.topic", inflow.topic)]
        if inflow.topic not in topics:
            yield names[0][0], f"{inflow.topic} is no topic of the call"
        for n, real in enumerate(inflow.real):
            names.append((f"{here}.real.{n}.acronym", real.acronym))
            if real.acronym not in KNOWN:
                yield names[-1][0], f"there is no published project {real.acronym}"
        for place, name in names:
            if name in seen:
                yield place, f"{name} stands twice"
            seen.add(name)
        for name, told in inflow.expected.contradictions():
            yield f"{here}.expected.{name}", told


def _by_invitation(stage_at: str, stage: Stage, *, second: bool) -> Iterator[tuple[str, str]]:
    """To a second stage comes who was invited, and nobody else."""
    for number, inflow in enumerate(stage.inflows):
        here = f"{stage_at}.inflows.{number}"
        if (inflow.invited is not None) != second:
            yield f"{here}.invited", "it is said in a second stage, and there alone"
        if second and (inflow.submitted or inflow.late):
            yield here, "nothing comes in to a second stage but what was invited"


def _out_of_order(dated: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    instants: list[tuple[str, datetime]] = []
    for place, wall in dated:
        try:
            instants.append((place, instant(wall)))
        except ValueError as error:
            yield place, str(error)
            return
    for (earlier, before), (place, after) in pairwise(instants):
        if after <= before:
            yield place, f"it is not after {earlier}"


def names() -> list[str]:
    """The call files of the package."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> CallFile:
    """A call file of the package by its name, or any by its path. Raises Fault with every place at fault."""
    path = FOLDER / f"{name}.json" if name in names() else Path(name)
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Fault(f"There is no call {name}, and no such file; there are: {', '.join(names())}.") from None
    except ValueError as error:
        raise Fault(f"{path.name} is not JSON: {error}.") from None
    return parsed(given, path.name)


def parsed(given: Any, name: str) -> CallFile:
    """The call that this JSON describes. Raises Fault."""
    try:
        return CallFile.model_validate_json(json.dumps(given))
    except ValidationError as error:
        told = [_sentence(fault) for fault in error.errors()]
        raise Fault("\n".join(f"{name}: {sentence}." for sentence in told)) from None


def _sentence(fault: Any) -> str:
    place = ".".join(str(step) for step in fault["loc"])
    text = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{place}: {text}" if place else text


def schema() -> dict[str, Any]:
    """The JSON Schema of call files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **CallFile.model_json_schema()}
