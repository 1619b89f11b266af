"""Every list of a call made again, each decision on it from what was sealed and voted, each letter read."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.calls.chosen import scheme_of
from app.calls.models import Call, Stage, TopicStage
from app.core.audit import AuditDetail, AuditEvent
from app.core.audit_cli import say, within
from app.core.postgres import Database
from app.decisions.effects import passed_over, reasons_in
from app.decisions.letter.replay import reread
from app.decisions.models import Decision, Line
from app.decisions.rules import Entry, Outcome, draw_line, invite_first
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.panel.models import FrozenList, Panel
from app.evaluation.panel.replay import replayed
from app.proposals.models import Proposal, ProposalState, SealedVersion

GONE = {
    ProposalState.WITHDRAWN: ("WITHDRAWN",),
    ProposalState.INADMISSIBLE: ("INADMISSIBLE",),
    ProposalState.INELIGIBLE: ("INELIGIBLE", "OUT_OF_SCOPE", "DUPLICATE"),
}
"""By the state in which a proposal had left the list, the codes of K-10 that may stand on its line."""


class Redrawn(NamedTuple):
    """A decision made again: which one, how many lines, and every difference in words."""

    name: str
    lines: int
    faults: list[str]


def main(database: Database, reference: str, key: str) -> int:
    """One line per list and decision, one for all letters; code 1 if one differs.

    `key` (PEM) is the one that letters are signed with. Raises Fault for a call that is not known.
    """

    async def look(session: AsyncSession) -> int:
        lists, decisions = await replayed(session, reference), await redrawn(session, reference)
        if not lists:
            say(f"No list of {reference} was ever closed.")
        for one in lists:
            _say(one.name, one.faults, f"{one.places} places, the same order, the same digest.")
        for each in decisions:
            _say(each.name, each.faults, f"{each.lines} lines, the same line.")
        letters = await reread(session, reference, key)
        if letters.letters:
            _say("Letters", letters.faults, f"{letters.letters} as they were written, of what was decided.")
        faults = [one.faults for one in lists] + [one.faults for one in decisions] + [letters.faults]
        return 1 if any(faults) else 0

    return within(database, look, read_only=True)


def _say(name: str, faults: list[str], good: str) -> None:
    say(*(f"{name}: {told}" for told in faults or [good]))


async def redrawn(session: AsyncSession, reference: str) -> list[Redrawn]:
    """Every decision of the call, the superseded ones too, in the order in which they were taken."""
    wanted = (
        select(Decision)
        .join(TopicStage, TopicStage.id == Decision.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .where(Call.reference == reference)
        .order_by(Decision.created_at, Decision.id)
        .options(
            joinedload(Decision.topic_stage).joinedload(TopicStage.stage).joinedload(Stage.call),
            joinedload(Decision.topic_stage).joinedload(TopicStage.topic),
            joinedload(Decision.motion),
            selectinload(Decision.lines).joinedload(Line.proposal),
        )
    )
    found = []
    for number, decision in enumerate((await session.scalars(wanted)).unique(), 1):
        part = decision.topic_stage
        name = f"{part.topic.title}, stage {part.stage.number}, decision {number}"
        found.append(Redrawn(name, len(decision.lines), [told async for told in _faults(session, decision)]))
    return found


async def _faults(session: AsyncSession, decision: Decision) -> Any:
    adopted = await _adopted(session, decision)
    if adopted is None:
        yield "the trail does not tell when it was adopted."
        return
    at, said = adopted
    for told in _as_told(decision, said):
        yield told
    here = and_(Panel.id == FrozenList.panel_id, Panel.topic_stage_id == decision.topic_stage_id)
    lists = select(FrozenList).join(Panel, here).where(FrozenList.digest == decision.list_digest)
    frozen = (await session.scalars(lists)).one_or_none()
    if frozen is None:
        yield f"the list {decision.list_digest} that was voted on is not there."
        return
    stored = {line.proposal_id: line for line in decision.lines}
    asked = await _requested(session, stored)
    gone = await _gone(session, frozen, stored, at)
    passed = passed_over(decision.motion)
    refused = await _refused(session, frozen, at) - passed.keys()
    left = gone | {key: ("ETHICS",) for key in refused & stored.keys() if key not in gone}
    made = _made(decision, frozen, asked, passed, left)
    for told in _differences(stored, made, asked, left):
        yield told
    taken = sum((line.requested for line in decision.lines if line.outcome == "selected"), Decimal(0))
    if decision.envelope is not None and taken > decision.envelope:
        yield f"{taken} euro are given of {decision.envelope}."


async def _adopted(session: AsyncSession, decision: Decision) -> tuple[datetime, Mapping[str, Any]] | None:
    """When the trail says that it was adopted, and what it says of it."""
    act = select(AuditEvent.at, AuditDetail.detail).join(AuditDetail, AuditDetail.event_id == AuditEvent.id)
    by = (AuditEvent.entity == "decision", AuditEvent.entity_id == decision.id, AuditEvent.act == "adopt")
    row = (await session.execute(act.where(*by))).one_or_none()
    return None if row is None else (row[0], row[1])


def _as_told(decision: Decision, said: Mapping[str, Any]) -> Iterator[str]:
    """The decision as it stands against what the trail says of it."""
    if decision.list_digest != said.get("list_digest"):
        yield f"the trail names the list {said.get('list_digest')}, the decision {decision.list_digest}."
    if decision.envelope is not None and str(decision.envelope) != said.get("envelope"):
        yield f"the envelope was {said.get('envelope')} euro, and is {decision.envelope}."
    if decision.invites is not None and decision.invites != said.get("invites"):
        yield f"so many were to be invited: {said.get('invites')}; and are {decision.invites}."


async def _requested(session: AsyncSession, keys: Collection[UUID]) -> dict[UUID, Decimal]:
    """What the version that counts asks for, in euro."""
    last = and_(SealedVersion.proposal_id == Proposal.id, SealedVersion.number == Proposal.sealed)
    wanted = select(Proposal.id, SealedVersion.manifest["requested"]["amount"].astext)
    rows = await session.execute(wanted.join(SealedVersion, last).where(Proposal.id.in_(keys)))
    return {key: Decimal(amount) for key, amount in rows}


async def _at(session: AsyncSession, entity: str, keys: Collection[UUID], at: datetime) -> dict[UUID, str]:
    """The state that each of these was in at an instant, as the trail tells it."""
    wanted = (
        select(AuditEvent.entity_id, AuditEvent.after)
        .ext(distinct_on(AuditEvent.entity_id))
        .where(AuditEvent.entity == entity, AuditEvent.entity_id.in_(keys), AuditEvent.at <= at)
        .order_by(AuditEvent.entity_id, AuditEvent.seq.desc())
    )
    return {key: state for key, state in await session.execute(wanted)}  # noqa: C416  # a row is no pair


async def _gone(
    session: AsyncSession, frozen: FrozenList, lines: Mapping[UUID, Line], at: datetime
) -> dict[UUID, tuple[str, ...]]:
    """Those that had left the list by then, each with the codes that may stand on its line."""
    states = await _at(session, "proposal", {UUID(one["proposal_id"]) for one in frozen.places}, at)
    return {key: codes for key, state in states.items() for found, codes in GONE.items() if state == found}


async def _refused(session: AsyncSession, frozen: FrozenList, at: datetime) -> set[UUID]:
    """Those whose ethics was not cleared by then (X-03)."""
    rows = await session.execute(
        select(EthicsScreening.id, EthicsScreening.proposal_id).where(
            EthicsScreening.panel_id == frozen.panel_id
        )
    )
    of = {screening: proposal for screening, proposal in rows}  # noqa: C416  # a row is no pair
    states = await _at(session, "ethics_screening", of.keys(), at)
    return {of[key] for key, state in states.items() if state == EthicsState.NOT_CLEARED}


def _made(
    decision: Decision,
    frozen: FrozenList,
    asked: Mapping[UUID, Decimal],
    passed: Mapping[UUID, Mapping[str, str]],
    left: Collection[UUID],
) -> dict[UUID, Outcome]:
    """The line as the rules draw it on the sealed list."""
    entries = [
        Entry(key, one["rank"], asked.get(key, Decimal(0)), {c: Decimal(s) for c, s in one["scores"].items()})
        for one in frozen.places
        if (key := UUID(one["proposal_id"])) not in left
    ]
    sealed = (frozen.inputs.get("scheme") or {}).get("criteria")
    pinned = {one.code: one.threshold for one in scheme_of(decision.topic_stage).criteria}
    thresholds = {one["code"]: Decimal(str(one["threshold"])) for one in sealed} if sealed else pinned
    if decision.envelope is None:
        assert decision.invites is not None
        drawn = invite_first(entries, decision.invites, thresholds)
    else:
        drawn = draw_line(entries, decision.envelope, thresholds, reasons_in(passed))
    return {one.key: one for one in drawn}


def _differences(
    stored: Mapping[UUID, Line],
    made: Mapping[UUID, Outcome],
    asked: Mapping[UUID, Decimal],
    left: Mapping[UUID, Collection[str]],
) -> Iterator[str]:
    """Each line that is not as it would be drawn now."""
    for key, line in sorted(stored.items(), key=lambda pair: pair[1].proposal.reference):
        name = line.proposal.reference
        if line.requested != asked.get(key):
            yield f"{name} asked for {asked.get(key)} euro; its line says {line.requested}."
        if key in left:
            if line.outcome != "rejected" or line.reason not in left[key]:
                yield f"{name} had left the list; its line says {_told(line.outcome, line.reason)}."
        elif key not in made:
            yield f"{name} is not on the list that was voted on."
        elif (made[key].outcome, made[key].reason) != (line.outcome, line.reason):
            now = _told(made[key].outcome, made[key].reason)
            yield f"{name} is {now} by the sealed list; its line says {_told(line.outcome, line.reason)}."
    for key in sorted((made.keys() | left.keys()) - stored.keys()):
        yield f"{key} stands on the list, and has no line."


def _told(outcome: str, reason: str | None) -> str:
    return outcome if reason is None else f"{outcome} ({reason})"
