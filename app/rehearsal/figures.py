"""What came out, read over HTTP by those who may; compared with what was published only at the very end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.calls.rules import BRUSSELS
from app.rehearsal.call_file import CallFile
from app.rehearsal.cast import Cast, Field

Figures = dict[str, Any]
FAILED = ("inadmissible", "ineligible")
DECIDED = ("selected", "reserve", "rejected")
SUMMED = (
    "submitted",
    *FAILED,
    "inadmissible_or_ineligible",
    "evaluated",
    "above_threshold",
    "invited",
    "merged",
    "funded",
    "reserve",
    "late_refused",
    "envelope_eur",
)
TIMES = ("time_to_inform_days", "time_to_grant_days")


@dataclass(frozen=True)
class Place:
    """A proposal above the thresholds, as decided."""

    rank: int
    acronym: str
    total: Decimal
    asks: Decimal
    outcome: str


@dataclass(frozen=True)
class Counted:
    """What came out of one stage: by topic its figures and its ranked list."""

    topics: Mapping[str, Figures]
    lists: Mapping[str, list[Place]]


async def count(cast: Cast) -> None:
    """Read what came out of the stage that was played."""
    with cast.theatre.step("The figures are read"):
        fields = cast.fields if cast.call_file.is_played else []
        topics = {field.reference: await of_topic(cast, field) for field in fields}
        lists = {field.reference: await list_of(cast, field) for field in fields}
        cast.counted.append(Counted(topics, lists))


async def list_of(cast: Cast, field: Field) -> list[Place]:
    """The ranked list of one topic with what was decided, best first."""
    if not field.decision:
        return []
    panel = await cast.office.get(f"/panels/{field.panel}")
    decision = await cast.office.get(f"/decisions/{field.decision}")
    totals = {place["proposal_id"]: Decimal(place["total"]) for place in panel["places"]}
    ranked = [line for line in decision["lines"] if line["rank"] is not None]
    return [
        Place(
            line["rank"],
            line["acronym"],
            totals[line["proposal_id"]],
            Decimal(line["requested"]["amount"]),
            line["outcome"],
        )
        for line in sorted(ranked, key=lambda line: line["rank"])
    ]


async def of_topic(cast: Cast, field: Field) -> Figures:
    """The figures of one topic, from the office's own lists."""
    office = cast.office
    states = {p["id"]: p["state"] for p in await office.all("/proposals", topic_stage_id=field.part)}
    found = Counter(states.values())
    answers = [one["state"] for one in await office.all("/invitations", topic_id=field.topic)]
    short = cast.kind == "short"
    figures: Figures = {
        "submitted": sum(found.values()),
        **{name: found[name] for name in FAILED},
        "inadmissible_or_ineligible": sum(found[name] for name in FAILED),
        "evaluated": sum(found[name] for name in DECIDED),
        "above_threshold": 0,
        "invited": len(answers) if short else 0,
        "merged": answers.count("merged") if short else 0,
        "funded": 0 if short else found["selected"],
        "funded_acronyms": [],
        "reserve": found["reserve"],
        "late_refused": field.late_refused,
        "envelope_eur": 0,
        **dict.fromkeys(TIMES),
    }
    if field.decision:
        panel = await office.get(f"/panels/{field.panel}")
        decision = await office.get(f"/decisions/{field.decision}")
        stage = await office.get(f"/stages/{cast.stage}")
        grants = {g["proposal_id"]: g for g in await office.all("/grants")}
        # Who is selected in the end: not who has left since, but who came from the reserve or by a review.
        funded = [] if short else [one for one in field.entries if states[one.proposal] == "selected"]
        signed = [grants[one.proposal]["signed_at"] for one in funded]
        figures |= {
            "above_threshold": sum(place["above"] for place in panel["places"]),
            "funded_acronyms": sorted((one.paper.acronym for one in funded), key=str.casefold),
            "envelope_eur": 0 if short else int(Decimal(decision["envelope"]["amount"])),
            "time_to_inform_days": _days(stage["closes_at"], decision["released_at"]),
            "time_to_grant_days": max((_days(stage["closes_at"], at) for at in signed), default=None),
        }
    return figures


def _days(since: str, until: str) -> int:
    """Days on the calendar in Brussels (K-06, K-07)."""
    first, last = (datetime.fromisoformat(at).astimezone(BRUSSELS).date() for at in (since, until))
    return (last - first).days


def together(topics: Mapping[str, Figures]) -> Figures:
    """The figures of the whole call: counts are added, the longest time counts."""
    found: Figures = {name: sum(topic[name] for topic in topics.values()) for name in SUMMED}
    found["funded_acronyms"] = sorted(
        (acronym for topic in topics.values() for acronym in topic["funded_acronyms"]), key=str.casefold
    )
    for name in TIMES:
        found[name] = max((t[name] for t in topics.values() if t[name] is not None), default=None)
    return found


def differences(file: CallFile, *played: Mapping[str, Figures]) -> Iterator[str]:
    """Every figure that is not as expected, with topic and stage; `played` is what came out of each stage."""
    for number, (stage, topics) in enumerate(zip(file.stages, played, strict=False), start=1):
        for inflow in stage.inflows:
            expected = inflow.expected.model_dump(exclude_none=True)
            for name, wanted in expected.items():
                found = topics[inflow.topic][name]
                if name == "funded_acronyms":
                    wanted, found = sorted(wanted, key=str.casefold), list(found)
                if found != wanted:
                    told = name.replace("_", " ")
                    yield f"{inflow.topic}, stage {number}: {told} is {found}, expected is {wanted}."
