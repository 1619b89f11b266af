"""Conflicts that somebody without a seat on the proposals declares, and those that data show beside them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from app.experts.conflicts.models import STANDING, Conflict
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.schemas import OfPerson
from app.experts.conflicts.workflow import CONFLICT
from app.proposals.models import Proposal
from app.workflow.run import Act, create


class Declared(Protocol):
    """What somebody says of themselves."""

    @property
    def proposal_id(self) -> UUID: ...
    @property
    def situation(self) -> str: ...
    @property
    def text(self) -> str: ...


async def keep_declared(
    account_id: UUID, proposals: Iterable[Proposal], said: Iterable[Declared], act: Act
) -> None:
    """Put on record what is said of these proposals. What is on record stays."""
    known = {proposal.id: proposal for proposal in proposals}
    kept = await _on_record([account_id], act)
    for one in said:
        key = (account_id, one.proposal_id, one.situation)
        if key not in kept:
            kept.add(key)
            told = OfPerson(account_id=account_id, situation=one.situation, fact=None, path=one.text)
            await create(CONFLICT, "declare_oneself", Conflict(), act.given(told, known[one.proposal_id]))


async def keep_shown(whose: Mapping[UUID, Sequence[Proposal]], act: Act) -> None:
    """Put on record what data show of these accounts, each with its proposals; all are asked for at once."""
    known = {one.id: one for proposals in whose.values() for one in proposals}
    if not known:
        return
    kept = await _on_record(whose, act)
    findings = await conflicts_between(act.session, list(whose), known, act.now)
    for account_id, proposals in whose.items():
        for proposal in proposals:
            for found in findings.of(account_id, proposal.id):
                key = (account_id, proposal.id, found.situation)
                if found.fact and key not in kept:
                    kept.add(key)
                    told = OfPerson(
                        account_id=account_id, situation=found.situation, fact=found.fact, path=found.path
                    )
                    await create(CONFLICT, "detect_of_person", Conflict(), act.given(told, proposal))


async def _on_record(accounts: Iterable[UUID], act: Act) -> set[tuple[UUID | None, UUID, str]]:
    """What stands: whose it is, with which proposal, of which situation."""
    standing = select(Conflict.account_id, Conflict.proposal_id, Conflict.situation).where(
        Conflict.account_id.in_(accounts), Conflict.state.in_(STANDING)
    )
    return {(row[0], row[1], row[2]) for row in await act.session.execute(standing)}
