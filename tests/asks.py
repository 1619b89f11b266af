"""Everything that the contract lets one ask of a thread: each operation, on each id, each list each way."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.docs import contract
from app.workflow.mounted import MOUNTED
from tests.matrix.cast import APPLICANTS, Cast
from tests.matrix.given import BODIES, PARTS

THINGS: Mapping[str, tuple[str, ...]] = {
    "account": ("account coordinator", "account applying_office", "account reviewer"),
    "appointment": ("appointment",),
    "body": ("body",),
    "mandate": ("mandate of applying_member", "mandate of chair"),
    "session": ("session",),
    "motion": ("motion", "raise"),
    "topic": ("topic",),
    "focus_area": ("nothing",),
    "screening": ("nothing",),
    "co_author": ("nothing",),
    "consultation": ("nothing",),
    "consulted_body": ("nothing",),
    "comment": ("nothing",),
    "topic_opinion": ("nothing",),
    "corrigendum": ("nothing",),
    "call": ("call",),
    "stage": ("stage",),
    "topic_stage": ("topic_stage",),
    "organisation": ("organisation lead",),
    "consortium": ("consortium", "rival consortium"),
    "partner": ("partner partner", "partner rival"),
    "partner_search": ("nothing",),
    "industry_member": ("member industry_lead",),
    "proposal": ("proposal", "rival proposal"),
    "information_request": ("information_request",),
    "expert": ("expert second_reviewer", "expert other second_reviewer"),
    "expert_name_list": ("nothing",),
    "statement": ("nothing",),
    "certificate": ("nothing",),
    "campaign": ("nothing",),
    "expert_invitation": ("nothing",),
    "contract": ("contract second_reviewer", "contract other second_reviewer"),
    "assignment": ("assignment second_reviewer", "assignment invited_reviewer"),
    "assignment_set": ("nothing",),
    "assignment_run": ("nothing",),
    "conflict": ("conflict",),
    "identity": ("identity",),
    "employment": ("employment",),
    "collaboration": ("collaboration",),
    "report": ("report second_reviewer", "report rival's reviewer"),
    "consensus": ("consensus", "rival consensus"),
    "observation": ("observation",),
    "observer_report": ("nothing",),
    "panel": ("panel",),
    "panel_seat": ("panel_seat",),
    "panel_item": ("panel_item",),
    "summary": ("summary",),
    "hearing_round": ("hearing_round",),
    "hearing": ("hearing",),
    "ethics_screening": ("ethics_screening",),
    "ethics_seat": ("ethics_seat",),
    "decision": ("decision",),
    "what_if": ("what_if",),
    "reserve_list": ("nothing",),
    "full_text_request": ("full_text_request",),
    "letter": ("nothing",),
    "redress": ("nothing",),
    "re_evaluation": ("nothing",),
    "external_case": ("nothing",),
    "invitation": ("nothing",),
    "grant": ("nothing",),
    "amendment": ("nothing",),
    "question": ("nothing",),
}
"""What is asked for by id, by entity: applicants' own and what is hidden from them. No entity is left out."""
WORDS = {"reference": "P-0", "role": "office", "number": "101", "name": "The organisation", "search": "lead"}
WORDS |= {"country": "BE", "closes_after": "2020-01-01T00:00:00Z", "q": "topic or call"}
HIDDEN: Sequence[str] = (
    "score rank outcome reason expert_id label digest total embargoed audit_seq released_at".split()
)
"""Columns that no list may be filtered or sorted by."""
NOTHING = str(UUID(int=1))
OTHER: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "motion.prepare": (
        {"purpose": "raise_envelope", "amount": {"amount": "8500000.00", "currency": "EUR"}},
        {"purpose": "raise_envelope", "amount": {"amount": "9500000.00", "currency": "EUR"}},
        {
            "purpose": "move_budget",
            "amount": {"amount": "8500000.00", "currency": "EUR"},
            "target_id": NOTHING,
        },
        {"purpose": "withdraw_topic"},
        {"purpose": "cancel_call"},
    ),
}
"""Further bodies, chosen to find out a hidden number by a refusal."""


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    operation: str
    body: bytes = b""
    media: str = ""

    @property
    def acts(self) -> bool:
        return self.method != "GET"

    @property
    def probes(self) -> bool:
        """It names a column that is refused unread, whoever asks."""
        return any(column in self.path.partition("?")[2] for column in HIDDEN)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def asks(cast: Cast) -> list[Ask]:
    """Every operation of the contract, with every id of `THINGS`; and what applicants have been mailed."""
    document = contract.document()
    mail = [f"/v1/rehearsal/mail?to={cast.people[kind].email}" for kind in APPLICANTS]
    return [Ask("GET", path, "") for path in mail] + [
        ask
        for method, path, operation in contract.operations(document)
        for filled in _filled(cast, path, operation)
        for ask in _asked(cast, method, filled, path, operation, document)
    ]


PLURALS = {mounted.plural: name for name, mounted in MOUNTED.items()}


def _filled(cast: Cast, path: str, operation: dict[str, Any]) -> Iterator[str]:
    """The path with everything in it that it may be about."""
    entity = PLURALS.get([*path.split("/"), ""][2])
    parts = {"token": "a-link-that-was-guessed", "number": "101"}
    parts |= PARTS.get(operation.get("x-row", ""), {}) or PARTS.get(path, {})
    for name, value in parts.items():
        path = path.replace(f"{{{name}}}", cast.key(value) if name.endswith("_id") else value)
    keys = [str(cast.ids[thing]) for thing in THINGS[entity]] if entity and "{" in path else [""]
    for key in keys:
        found = path.replace("{id}", key).replace("{parent_id}", key)
        assert "{" not in found, f"{path} has a parameter that is not given"
        yield found


def _asked(
    cast: Cast, method: str, path: str, template: str, operation: dict[str, Any], document: dict[str, Any]
) -> Iterator[Ask]:
    known = f"{method} {template}"
    if method == "GET":
        yield Ask(method, path, known)
        for query in _queries(cast, operation, document):
            yield Ask(method, f"{path}?{query}", known)
        return
    content = operation.get("requestBody", {}).get("content", {"": {}})
    media, described = next(iter(content.items()))
    row, example = operation.get("x-row", ""), described.get("example")
    given = BODIES[row](cast) if row in BODIES else {}
    for more in ({}, *OTHER.get(row, ())):
        if isinstance(given, bytes):
            yield Ask(method, path, known, given, media)
        elif example is None and not given:
            yield Ask(method, path, known, b"", media)
        else:
            yield Ask(method, path, known, json.dumps({**(example or {}), **given, **more}).encode(), media)


def _queries(cast: Cast, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """Every order and filter of a list, a first page of one, and columns that it must not know."""
    schemas = {p["name"]: p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query"}
    if "page_size" not in schemas:
        return
    yield "page_size=1"
    for name, schema in schemas.items():
        found = [schema, *schema.get("anyOf", ())]
        named = [s["$ref"].rsplit("/", 1)[1] for s in found if "$ref" in s]
        if named:
            words = document["components"]["schemas"][named[0]]["enum"]
            yield from (f"{name}={word}" for word in words if word != schema.get("default"))
        elif name.endswith("_id"):
            yield from (f"{name}={cast.ids[thing]}" for thing in THINGS[name.removesuffix("_id")])
        elif name in WORDS:
            yield f"{name}={WORDS[name]}"
    if "sort" in schemas:
        column = HIDDEN[len(operation["operationId"]) % len(HIDDEN)]
        yield from (f"{column}=1", f"sort=-{column}")
