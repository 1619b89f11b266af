"""Conflicts that somebody without a seat on the proposals declares, and those that data show beside them."""

from collections.abc import Iterable, Sequence
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
    account_id: UUID, proposals: Sequence[Proposal], said: Iterable[Declared], act: Act, *, shown: bool
) -> None:
    """Put on record what is said of these proposals; `shown`: and what data show. What is on record stays."""
    known = {proposal.id: proposal for proposal in proposals}
    standing = select(Conflict.proposal_id, Conflict.situation).where(
        Conflict.account_id == account_id, Conflict.state.in_(STANDING)
    )
    kept = {(row[0], row[1]) for row in await act.session.execute(standing)}
    for one in said:
        if (one.proposal_id, one.situation) not in kept:
            kept.add((one.proposal_id, one.situation))
            told = OfPerson(account_id=account_id, situation=one.situation, fact=None, path=one.text)
            await create(CONFLICT, "declare_oneself", Conflict(), act.given(told, known[one.proposal_id]))
    if not shown:
        return
    findings = await conflicts_between(act.session, [account_id], known, act.now)
    for key, proposal in known.items():
        for found in findings.of(account_id, key):
            if found.fact and (key, found.situation) not in kept:
                kept.add((key, found.situation))
                told = OfPerson(
                    account_id=account_id, situation=found.situation, fact=found.fact, path=found.path
                )
                await create(CONFLICT, "detect_of_person", Conflict(), act.given(told, proposal))
