"""Every closed list of a call made again from what is stored: what differs is named."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.calls.chosen import scheme_of
from app.calls.models import Call, Stage, TopicStage
from app.core.audit import AuditDetail, AuditEvent
from app.core.fault import Fault
from app.evaluation.consensus.models import Consensus
from app.evaluation.panel.effects import digest_of, lines
from app.evaluation.panel.inputs import (
    Inputs,
    of_change,
    of_consensus,
    of_parting,
    of_scheme,
    ranking_of,
    scores_in,
)
from app.evaluation.panel.models import FrozenList, Panel, Place


class Replayed(NamedTuple):
    """A list made again: which one, how many places, and every difference in words."""

    name: str
    places: int
    faults: list[str]


async def replayed(session: AsyncSession, reference: str) -> list[Replayed]:
    """Every version of every list of the call, in order. Raises Fault if there is no such call."""
    if await session.scalar(select(Call.id).where(Call.reference == reference)) is None:
        raise Fault(f"There is no call {reference}.")
    wanted = (
        select(Panel)
        .join(TopicStage, TopicStage.id == Panel.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .where(Call.reference == reference)
        .order_by(Stage.number, Panel.created_at, Panel.id)
        .options(
            joinedload(Panel.topic_stage).joinedload(TopicStage.stage).joinedload(Stage.call),
            joinedload(Panel.topic_stage).joinedload(TopicStage.topic),
            selectinload(Panel.lists),
            selectinload(Panel.partings),
            selectinload(Panel.changes),
            selectinload(Panel.places).joinedload(Place.proposal),
        )
    )
    found = []
    for panel in (await session.scalars(wanted)).unique():
        told = await _told(session, panel)
        for number, frozen in enumerate(panel.lists):
            part = panel.topic_stage
            name = f"{part.topic.title}, stage {part.stage.number}, list {frozen.number}"
            faults = [
                *_order(frozen, frozen.inputs, "what was sealed with it"),
                *await _stored(session, panel, frozen),
                *_named(frozen, told[number] if number < len(told) else None),
                *(_standing(panel, frozen) if frozen.reopened_at is None else ()),
            ]
            found.append(Replayed(name, len(frozen.places), faults))
    return found


async def _told(session: AsyncSession, panel: Panel) -> list[str]:
    """The digests that the trail names, in order."""
    closed = (
        select(AuditDetail.detail["digest"].astext)
        .join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        .where(AuditEvent.entity == "panel", AuditEvent.entity_id == panel.id, AuditEvent.act == "close")
    )
    return list(await session.scalars(closed.order_by(AuditEvent.seq)))


async def _stored(session: AsyncSession, panel: Panel, frozen: FrozenList) -> list[str]:
    """What reports, the panel's decisions and the pinned scheme say now, against what was sealed."""
    if not frozen.inputs:
        return []
    now = await _read_again(session, panel, frozen.inputs)
    faults = list(_differences(frozen.inputs, now, ""))
    return [*faults, *_order(frozen, now, "what is stored")] if faults else []


async def _read_again(session: AsyncSession, panel: Panel, sealed: Inputs) -> Inputs:
    """The same inputs, from the rows that they name; what was true of a day stays as it was sealed."""
    keys = [UUID(facts["consensus_id"]) for facts in sealed["proposals"].values()]
    wanted = select(Consensus).where(Consensus.id.in_(keys)).options(selectinload(Consensus.points))
    reports = {str(one.id): one for one in await session.scalars(wanted)}
    partings = {str(one.id): one for one in panel.partings}
    changes = {str(one.id): one for one in panel.changes}
    names = {facts["proposal_id"]: reference for reference, facts in sealed["proposals"].items()}
    return {
        **sealed,
        "scheme": of_scheme(scheme_of(panel.topic_stage)),
        "proposals": {
            reference: facts
            | (of_consensus(reports[key]) if (key := facts["consensus_id"]) in reports else {"points": {}})
            | {"changes": [of_change(changes[one["id"]]) for one in facts["changes"] if one["id"] in changes]}
            for reference, facts in sealed["proposals"].items()
        },
        "partings": [
            of_parting(partings[one["id"]], names) if one["id"] in partings else {}
            for one in sealed["partings"]
        ],
    }


def _differences(was: Any, now: Any, at: str) -> Iterator[str]:
    """Each place where two values differ, with both."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield from _differences(was.get(key), now.get(key), f"{at}/{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _differences(one, other, f"{at}/{number}")
    elif was != now:
        yield f"{at} was {_word(was)}, and is {_word(now)}."


def _word(value: Any) -> str:
    return "missing" if value is None else str(value)


def _order(frozen: FrozenList, inputs: Inputs, of_what: str) -> Iterator[str]:
    """The list that these inputs make, against the frozen one."""
    if not inputs:
        return
    try:
        made, _ = ranking_of(inputs)
    except (KeyError, ValueError, ArithmeticError):
        yield f"from {of_what} no list can be made."
        return
    stood = {one["reference"]: one["rank"] for one in frozen.places}
    for one in made:
        if one.key not in stood or stood[one.key] != one.rank:
            yield f"{one.key} had {_rank(stood.get(one.key))}; from {of_what} it has {_rank(one.rank)}."
    for gone in sorted(stood.keys() - {one.key for one in made}):
        yield f"{gone} had {_rank(stood[gone])}; in {of_what} it is missing."
    places = [
        {
            "reference": one.key,
            "rank": one.rank,
            "total": f"{one.total:.2f}",
            "scores": {code: str(score) for code, score in scores_in(inputs["proposals"][one.key]).items()},
        }
        for one in made
    ]
    if digest_of(places, inputs, frozen.number) != frozen.digest:
        yield f"from {of_what} the digest is another."


def _rank(rank: int | None) -> str:
    return "no rank" if rank is None else f"rank {rank}"


def _named(frozen: FrozenList, told: str | None) -> Iterator[str]:
    """The list as it is kept, against its own digest and the one in the trail."""
    if digest_of(frozen.places, frozen.inputs, frozen.number) != frozen.digest:
        yield "the list as it is kept is not what its digest names."
    if told is not None and told != frozen.digest:
        yield f"the trail names the digest {told}, the list {frozen.digest}."


def _standing(panel: Panel, frozen: FrozenList) -> Iterator[str]:
    """The places that decisions are drawn on, against the list that counts."""
    by: dict[str, Mapping[str, Any]] = {one["reference"]: one for one in frozen.places}
    now = {one["reference"]: one for one in lines(panel.places)}
    yield from _differences(_told_of(by.values()), _told_of(now.values()), "the place")
    if panel.digest != frozen.digest:
        yield f"the panel names the digest {panel.digest}, the list {frozen.digest}."


def _told_of(places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {one["reference"]: {name: one[name] for name in ("rank", "total", "scores")} for one in places}
