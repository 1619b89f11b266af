"""What the rows of a new evaluation bring about."""

from collections.abc import Sequence
from decimal import Decimal
from string import ascii_uppercase
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat
from app.decisions.redress.re_evaluation.rules import result
from app.decisions.redress.took_part import in_conflict, took_part
from app.evaluation.panel.models import Panel
from app.experts.models import Contract
from app.experts.queries import in_force
from app.workflow.rows import loading
from app.workflow.run import Act


async def expert_for(
    subject: ReEvaluation, contract_id: UUID, act: Act
) -> tuple[Contract | None, Sequence[Reason]]:
    """The contract in force for the call of this id, and why its expert may not evaluate it anew."""

    def no(code: str, text: str) -> list[Reason]:
        return [Reason(code, text, "/body/contract_id", "office")]

    proposal = subject.redress.proposal
    here = (Contract.id == contract_id, Contract.call_id == subject.redress.topic_stage.stage.call_id)
    wanted = select(Contract).where(*here, in_force()).options(*loading(Contract, ["expert.account"]))
    contract = await act.session.scalar(wanted)
    if contract is None or contract.expert.account_id is None:
        told = "There is no expert under such a contract for the call, signed and briefed."
        return None, no("no-contract", told)
    account = contract.expert.account_id
    found = []
    if any(member.account_id == account for member in subject.redress.members):
        found += no("on-the-committee", "Who weighs the request does not evaluate the proposal.")
    if await took_part(act.session, proposal, [account]):
        found += no("took-part", "The expert took part in what is reviewed.")
    if await in_conflict(act.session, proposal, [account], act.now):
        found += no("conflict", "The expert has a conflict of interest with the proposal.")
    return contract, found


async def seat(subject: ReEvaluation, contract: Contract, act: Act) -> None:
    made = ReEvaluationSeat(contract=contract, label=_label(len(subject.seats)), named_at=act.now)
    subject.seats.append(made)
    act.note(label=made.label)


def _label(number: int) -> str:
    """Expert A to Z, then A1 and on."""
    round_, place = divmod(number, len(ascii_uppercase))
    return f"Expert {ascii_uppercase[place]}{round_ or ''}"


def own(subject: ReEvaluation, actor_id: UUID | None) -> ReEvaluationSeat:
    """The seat of who acts, which there is."""
    mine = (one for one in subject.seats if one.out_for is None)
    return next(one for one in mine if one.contract.expert.account_id == actor_id)


async def unseat(subject: ReEvaluation, act: Act) -> None:
    found = next(one for one in subject.seats if one.contract_id == act.data.contract_id)
    found.out_for = act.data.reason


async def declare_free(subject: ReEvaluation, act: Act) -> None:
    own(subject, act.actor.id).declared_at = act.now


async def declare_conflict(subject: ReEvaluation, act: Act) -> None:
    own(subject, act.actor.id).out_for = act.data.reason


def _plain(act: Act) -> dict[str, Any]:
    return {code: {"score": str(m.score), "comment": m.comment} for code, m in act.data.marks.items()}


async def seal(subject: ReEvaluation, act: Act) -> None:
    """For good: what was scored alone is kept beside what is agreed later."""
    mine = own(subject, act.actor.id)
    mine.marks, mine.sealed_at = _plain(act), act.now


async def draft(subject: ReEvaluation, act: Act) -> None:
    """A new round: whoever has drafted it stands behind it, all others are asked."""
    subject.round += 1
    subject.agreed = _plain(act)
    own(subject, act.actor.id).approved = subject.round


async def approve(subject: ReEvaluation, act: Act) -> None:
    own(subject, act.actor.id).approved = subject.round


async def conclude(subject: ReEvaluation, act: Act) -> None:
    """The agreed scores with those that stay: their sum, and whether they pass by the list's thresholds."""
    part = subject.redress.topic_stage
    cut = await act.session.scalar(select(Panel.cut).where(Panel.topic_stage_id == part.id))
    anew = {code: mark["score"] for code, mark in subject.agreed.items()}
    found = result(subject.old, anew, scheme_of(part), None if cut is None else Decimal(cut["threshold"]))
    subject.scores = {code: str(score) for code, score in found.scores.items()}
    subject.total, subject.weighted, subject.above = found.total, found.weighted, found.above
    subject.final_at = act.now
