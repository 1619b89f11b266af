"""The chains of a file, with what proves each of them under the last signed root."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.audit import CHAINED, AuditDetail, AuditEvent, Checkpoint, Leaf, plain
from app.core.checkpoint import in_order, text_of
from app.core.merkle import paths
from app.exchange.file.reading import events
from app.exchange.file.rows import writes_a_draft
from app.workflow.asked import Asked

Entity = tuple[str, UUID]


@dataclass(frozen=True)
class Trail:
    """Whole chains as plain JSON, and the checkpoint under whose root their heads are, if one was taken."""

    chains: list[dict[str, Any]]
    checkpoint: Checkpoint | None


async def trail_of(asked: Asked, key: UUID) -> Trail:
    """The chains of a proposal and of what it shares, each from its first event.

    The whole log of heads is read for the proofs: a line for each act of the system up to the checkpoint.
    """
    told: dict[Entity, list[dict[str, Any]]] = defaultdict(list)
    for event, detail, _ in await asked.session.execute(events(), {"proposal_id": key}):
        told[event.entity, event.entity_id].append(_event(event, detail))
    last = await asked.session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))
    signed = {} if last is None else await _signed(asked, set(told), last)
    chains = [
        {
            "entity": entity,
            "entity_id": str(entity_id),
            "events": sorted(chain, key=lambda event: int(event["seq"])),
            "signed": signed.get((entity, entity_id)),
        }
        for (entity, entity_id), chain in sorted(told.items())
    ]
    return Trail(chains, last)


def _event(event: AuditEvent, detail: AuditDetail | None) -> dict[str, Any]:
    shown = detail is not None and not writes_a_draft(event.entity, event.act)
    said = {name: plain(getattr(event, name)) for name in (*CHAINED, "hash")}
    told = (detail.salt, detail.detail) if shown and detail is not None else (None, None)
    return said | {"salt": told[0], "detail": told[1]}


async def _signed(asked: Asked, wanted: set[Entity], last: Checkpoint) -> dict[Entity, dict[str, Any]]:
    """Of each chain the last head in the log, its place, and its way to the root."""
    rows: Sequence[Any] = (await asked.session.execute(in_order().where(Leaf.number <= last.number))).all()
    places = {
        (row.entity, row.entity_id): place
        for place, row in enumerate(rows)
        if (row.entity, row.entity_id) in wanted
    }
    ways = paths([text_of(row) for row in rows], places.values())
    return {
        entity: {name: getattr(rows[place], name) for name in ("number", "seq", "head")}
        | {"path": ways[place]}
        for entity, place in places.items()
    }
