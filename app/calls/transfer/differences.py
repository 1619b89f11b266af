"""What stands in a file against what is here: what is wrong in itself, and what differs; pure."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.calls.overrides import applied, why_not
from app.calls.rules import instant
from app.calls.transfer.schemas import CallFile, Difference, StageFile, TopicFile
from app.core.reason import Reason

FILE = "/body/file"


@dataclass(frozen=True)
class Here:
    """What is here of what a file names, as far as the reader sees it."""

    call_taken: bool
    topics: Mapping[str, Any]


def faults(file: CallFile) -> Iterator[Reason]:
    """What is wrong in the file itself, each with its place."""
    known = Counter(topic.reference for topic in file.topics)
    for number, topic in enumerate(file.topics):
        if known[topic.reference] > 1:
            told = "This topic stands twice in the file."
            yield Reason("twice", told, f"{FILE}/topics/{number}/reference", "sender")
    changed = Counter(one.path for one in file.call.overrides)
    for number, one in enumerate(file.call.overrides):
        if changed[one.path] > 1:
            path = f"{FILE}/call/overrides/{number}/path"
            yield Reason("twice", "This place is overridden twice in the file.", path, "sender")
    for number, stage in enumerate(file.stages):
        here = Counter(part.topic for part in stage.topics)
        for place, part in enumerate(stage.topics):
            path = f"{FILE}/stages/{number}/topics/{place}/topic"
            if part.topic not in known:
                yield Reason("unknown-topic", "No topic of the file has this reference.", path, "sender")
            if here[part.topic] > 1:
                yield Reason("twice", "This topic stands twice in the stage.", path, "sender")


def differences(file: CallFile, here: Here, now: datetime) -> list[Difference]:
    """Everything in which what is here is not as the file has it."""
    found = list(_rules(file))
    if here.call_taken:
        told = f"There is a call {file.call.reference} already."
        found.append(_blocks("reference-taken", told, "/call/reference"))
    for number, stage in enumerate(file.stages):
        found += _dates(number, stage, now)
    for number, topic in enumerate(file.topics):
        if topic.reference in here.topics:
            found += _texts(number, topic, here.topics[topic.reference])
    return found


def _blocks(code: str, told: str, path: str, **values: str) -> Difference:
    return Difference(code=code, text=told, path=FILE + path, blocks=True, **values)


def _differs(code: str, told: str, path: str, **values: str) -> Difference:
    return Difference(code=code, text=told, path=FILE + path, blocks=False, **values)


def _rules(file: CallFile) -> Iterator[Difference]:
    code, changed = file.call.rule_set, [one.model_dump(mode="json") for one in file.call.overrides]
    wrong = list(why_not(code, changed))
    for reason in wrong:
        yield _blocks(reason.code, reason.text, "/call/overrides", here=reason.path)
    if file.rules is not None and not wrong:
        theirs, ours = (rules.model_dump(mode="json") for rules in (file.rules, applied(code, changed)))
        for name in sorted(ours):
            if ours[name] != theirs[name]:
                told = f"The rule set {code} has another “{name}” here; the call would take the one here."
                values = {"here": _said(ours[name]), "file": _said(theirs[name])}
                yield _differs("rule-set-differs", told, f"/rules/{name}", **values)


def _dates(number: int, stage: StageFile, now: datetime) -> Iterator[Difference]:
    closes_at, path = instant(stage.deadline), f"/stages/{number}/deadline"
    if closes_at <= stage.opens_at:
        yield _blocks("closes-before-it-opens", "The deadline is not after the opening.", path)
    if closes_at <= now:
        told = "This deadline has passed: the call cannot be published with it."
        yield _differs("deadline-passed", told, path, file=stage.deadline)


def _texts(number: int, theirs: TopicFile, ours: Any) -> Iterator[Difference]:
    """A topic that is here: used as it is if it says the same, else every field that does not."""
    path, same = f"/topics/{number}", True
    for name in TopicFile.model_fields:
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there:
            same = False
            told = f"Topic {theirs.reference} is here with another {name.replace('_', ' ')}."
            yield _blocks("topic-differs", told, f"{path}/{name}", here=_said(here), file=_said(there))
    if same:
        told = f"Topic {theirs.reference} is here with the same text; the call would take it."
        yield _differs("topic-exists", told, f"{path}/reference")


def _said(value: Any) -> str:
    """A value as text: texts as they are, anything else as JSON has it."""
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
