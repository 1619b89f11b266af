"""Every kept letter of a call read again: by its seal, by the trail, by the line of the decision."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import pinned
from app.core import letters, receipts
from app.core.audit import AuditDetail, AuditEvent
from app.decisions.letter.models import Letter
from app.decisions.letters import FIRST_STAGE, OUTCOMES
from app.decisions.models import Decision, Line
from app.workflow.rows import loading

RANK = re.compile(r"Its rank on the list of the topic is (\d+)\.")
REASON = re.compile(r"^Reason (\w+): ", re.MULTILINE)


class Reread(NamedTuple):
    """How many letters were kept, and every difference in words."""

    letters: int
    faults: list[str]


class Step(NamedTuple):
    """An act on a proposal as the trail tells it."""

    at: datetime
    state: str
    detail: Mapping[str, Any]


async def reread(session: AsyncSession, reference: str, key: str) -> Reread:
    """Each letter of the call, in the order in which they were written; `key` (PEM) signed them."""
    wanted = (
        select(Letter)
        .join(TopicStage, TopicStage.id == Letter.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .where(Call.reference == reference)
        .order_by(Letter.created_at, Letter.id)
        .options(*loading(Letter, ("proposal", "topic_stage.stage.call")))
    )
    found = (await session.scalars(wanted)).all()
    steps = await _steps(session, {one.proposal_id for one in found})
    lines = await _lines(session, {one.proposal_id for one in found})
    written = await _written(session, [one.id for one in found])
    public, faults = receipts.public_key(key), []
    for one in found:
        name = f"{one.proposal.reference}, letter of {one.created_at:%d %B %Y}"
        told = [*_seal(one, public), *_trail(one, written.get(one.id))]
        if one.kind == "ending":
            told += _ending(one, steps.get(one.proposal_id, ()))
        elif one.kind != "redress":
            told += _outcome(one, steps.get(one.proposal_id, ()), lines.get(one.proposal_id, ()))
        faults += [f"{name}: {fault}" for fault in told]
    return Reread(len(found), faults)


async def _steps(session: AsyncSession, keys: Collection[UUID]) -> dict[UUID, list[Step]]:
    wanted = (
        select(AuditEvent.entity_id, AuditEvent.at, AuditEvent.after, AuditDetail.detail)
        .outerjoin(AuditDetail, AuditDetail.event_id == AuditEvent.id)
        .where(AuditEvent.entity == "proposal", AuditEvent.entity_id.in_(keys))
        .order_by(AuditEvent.seq)
    )
    found: dict[UUID, list[Step]] = {}
    for key, at, state, detail in await session.execute(wanted):
        found.setdefault(key, []).append(Step(at, state, detail or {}))
    return found


async def _lines(session: AsyncSession, keys: Collection[UUID]) -> dict[UUID, list[Line]]:
    """The lines of decisions that were released; never of one that was superseded."""
    wanted = select(Line).join(Decision).where(Decision.released_at.is_not(None), Line.proposal_id.in_(keys))
    found: dict[UUID, list[Line]] = {}
    for line in await session.scalars(wanted.options(*loading(Line, ("decision",)))):
        found.setdefault(line.proposal_id, []).append(line)
    return found


async def _written(session: AsyncSession, keys: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """What the trail says of the writing of each letter."""
    wanted = (
        select(AuditEvent.entity_id, AuditDetail.detail)
        .join(AuditDetail, AuditDetail.event_id == AuditEvent.id)
        .where(AuditEvent.entity == "letter", AuditEvent.act == "write", AuditEvent.entity_id.in_(keys))
    )
    return {key: detail for key, detail in await session.execute(wanted)}  # noqa: C416  # a row is no pair


def _seal(letter: Letter, public: str) -> Iterator[str]:
    """Its digest by its text, and what was signed of it."""
    if letters.digest_of(letter.subject, letter.text) != letter.digest:
        yield "its digest is not of its text."
    try:
        said = letters.read(public, letter.signature)
    except receipts.NotGenuine as why:
        yield str(why)
        return
    at = letter.created_at.isoformat(timespec="microseconds")
    own = (letter.proposal.reference, letter.kind, letter.digest)
    if (said.reference, said.kind, said.digest) != own or said.written_at != at:
        yield f"what is signed is a letter of {said.written_at} about {said.reference}, of kind {said.kind}."


def _trail(letter: Letter, said: Mapping[str, Any] | None) -> Iterator[str]:
    if said is None:
        yield "the trail does not tell that it was written."
    elif (said.get("kind"), said.get("digest")) != (letter.kind, letter.digest):
        yield f"the trail tells of a letter of kind {said.get('kind')}, digest {said.get('digest')}."


def _ending(letter: Letter, steps: Sequence[Step]) -> Iterator[str]:
    """It tells of an end that the trail tells of, at the same time."""
    if not any((one.at, one.state) == (letter.created_at, "discontinued") for one in steps):
        yield "the trail does not tell that the proposal was discontinued then."


def _outcome(letter: Letter, steps: Sequence[Step], lines: Sequence[Line]) -> Iterator[str]:
    """What it tells against what the proposal was then; of the release also against its line."""
    before = [one for one in steps if one.at <= letter.created_at]
    if not before:
        yield "the trail tells of no outcome before it."
        return
    now = before[-1]
    stage = letter.topic_stage.stage
    words = OUTCOMES | (FIRST_STAGE if stage.kind == "short" else {})
    if f", {words.get(now.state)}." not in " ".join(letter.text.split()):
        yield f"it does not say that the proposal {words.get(now.state, now.state)}."
    told = REASON.search(letter.text)
    reason = told and told[1]
    if "reason" in now.detail and reason != now.detail["reason"]:
        yield f"it gives the reason {reason}; the trail {now.detail['reason']}."
    line = next((one for one in lines if one.decision.released_at == letter.created_at), None)
    if line is not None and now.state in ("selected", "reserve", "rejected"):
        if (line.outcome, line.reason) != (now.state, reason):
            yield f"it tells of {now.state} ({reason}); the line says {line.outcome} ({line.reason})."
        rank = RANK.search(letter.text)
        shown = line.rank if pinned(stage.call).ranks_in_letters else None
        if (rank and int(rank[1])) != shown:
            yield f"it tells the rank {rank and rank[1]}; by the line it is {shown}."
