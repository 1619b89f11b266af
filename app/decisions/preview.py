"""What a release would do now: outcomes, money, letters, with a digest over all of it."""

import hashlib
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.calls.periods import day_of
from app.calls.rule_set import pinned
from app.core.audit import canonical
from app.decisions.letters import Facts, days_of, written
from app.decisions.models import Decision, Line
from app.decisions.schemas import HeldSummary, PreviewLetter, PreviewLine, PreviewMoney, PreviewRead
from app.decisions.sending import facts_of
from app.decisions.summaries import row_of
from app.evaluation.summary.models import SummaryState
from app.proposals.models import Proposal, ProposalState

NEEDS = (
    "lines.proposal.redress",
    "summaries",
    "findings.redress",
    "fallen.proposal.redress",
    "topic_stage.stage.call",
    "topic_stage.topic",
)


class Told(NamedTuple):
    """Who would be told, and what the letter says."""

    proposal: Proposal
    line: Line | None
    facts: Facts


def _told(decision: Decision) -> list[Told]:
    """Those of the list that have come to it, by their rank; then those never evaluated, not yet told."""
    part = decision.topic_stage
    stage, call = part.stage, part.stage.call
    short = stage.kind in pinned(call).short_feedback
    cleared = {one.proposal_id for one in decision.summaries if one.state == SummaryState.CLEARED}
    found = []
    for line in _in_order(decision):
        if line.proposal.state == ProposalState.EVALUATED:
            read = line.proposal_id in cleared and row_of(line.outcome, short) == "release"
            own = line.outcome, line.reason, line, read, _asked(line.proposal)
            found.append(Told(line.proposal, line, facts_of(call, part, stage.kind, line.proposal, *own)))
    for one in decision.findings:
        facts = facts_of(call, part, stage.kind, one, str(one.state), one.reason, None, False, _asked(one))
        found.append(Told(one, None, facts))
    return found


def _asked(proposal: Proposal) -> bool:
    """A review was asked for, of a finding that was told before the others."""
    return proposal.redress is not None  # type: ignore[attr-defined]  # a later part's


def _in_order(decision: Decision) -> list[Line]:
    return sorted(decision.lines, key=lambda one: (one.rank is None, one.rank, one.proposal.reference))


def _lines(decision: Decision) -> list[PreviewLine]:
    return [
        PreviewLine(
            proposal_id=line.proposal_id,
            reference=line.proposal.reference,
            rank=line.rank,
            outcome=line.proposal.gone or line.outcome,
            reason=line.proposal.reason if line.proposal.gone else line.reason,
        )
        for line in _in_order(decision)
    ]


def _money(decision: Decision, told: list[Told]) -> PreviewMoney | None:
    if decision.envelope is None:
        return None
    chosen = [one.line.requested for one in told if one.line is not None and one.facts.outcome == "selected"]
    taken, envelope = sum(chosen, Decimal(0)), decision.topic_stage.budget
    return PreviewMoney(envelope=envelope, taken=taken, left=envelope - taken)


def _letters(decision: Decision, told: list[Told], day: date) -> dict[str, tuple[str, str]]:
    dates = days_of(pinned(decision.topic_stage.stage.call), day)
    return {one.proposal.reference: written(one.facts, dates) for one in told}


def digest_of(decision: Decision) -> str:
    """SHA-256 of all that a release would do (canonical JSON, RFC 8785); needs NEEDS loaded.

    Letters are written as of the day of the decision: two officers may look on two days.
    """
    told = _told(decision)
    money = _money(decision, told)
    whole: dict[str, Any] = {
        "decision": str(decision.id),
        "list": decision.list_digest,
        "lines": [line.model_dump(mode="json") for line in _lines(decision)],
        "money": None if money is None else money.model_dump(mode="json"),
        "invites": decision.invites,
        "letters": _letters(decision, told, day_of(decision.created_at)),
        "summaries": sorted([str(one.id), str(one.state)] for one in decision.summaries),
    }
    return hashlib.sha256(canonical(whole)).hexdigest()


def preview_of(decision: Decision, now: datetime) -> PreviewRead:
    """What the office and the signatory look at before the release; needs NEEDS loaded."""
    told = _told(decision)
    letters, samples = _letters(decision, told, day_of(now)), dict[tuple[Any, ...], PreviewLetter]()
    kinds = Counter(_kind(one) for one in told)
    for one in told:
        if _kind(one) in samples:
            continue
        outcome, reason, passed = kind = _kind(one)
        subject, text = letters[one.proposal.reference]
        sample = {"outcome": outcome, "reason": reason, "passed_over": passed, "count": kinds[kind]}
        said = {"reference": one.proposal.reference, "subject": subject, "text": text}
        samples[kind] = PreviewLetter(**sample, **said)
    lines = _lines(decision)
    never = [one for one in told if one.line is None]
    listed = {line.proposal_id for line in lines}
    counts = Counter(line.outcome for line in lines)
    counts.update(one.facts.outcome for one in never if one.proposal.id not in listed)
    return PreviewRead(
        decision_id=decision.id,
        counts=dict(sorted(counts.items())),
        lines=lines,
        money=_money(decision, told),
        invites=decision.invites,
        letters=list(samples.values()),
        held_summaries=[
            HeldSummary(summary_id=one.id, proposal_id=one.proposal_id) for one in decision.held_summaries
        ],
        digest=digest_of(decision),
    )


def _kind(told: Told) -> tuple[str, str | None, bool]:
    return told.facts.outcome, told.facts.reason, told.facts.passed_over is not None
