"""Letters of outcomes on their way: kept, and sent to each contact of the coordinator, once."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.calls.periods import day_of
from app.calls.rule_set import pinned
from app.decisions.letter.models import Kind
from app.decisions.letter.writing import Written, keep_and_send
from app.decisions.letters import Facts, days_of, written
from app.proposals.models import Proposal
from app.workflow.run import Act

KINDS: Mapping[str, Kind] = {"inadmissible": "finding", "ineligible": "finding", "reserve": "reserve"}
"""Of which kind the letter about a state is; of any other state it tells the outcome."""


async def write_letters(
    call: Call,
    part: TopicStage,
    proposals: Iterable[Proposal],
    act: Act,
    summarised: Collection[UUID] = (),
) -> None:
    """Write to the coordinators of proposals that have just been released, each of its own outcome.

    `summarised`: those whose summary report is released with it.
    """
    dates = days_of(pinned(call), day_of(act.now))
    kind = await act.session.scalar(select(Stage.kind).where(Stage.id == part.stage_id))
    letters = {}
    for proposal in proposals:
        facts = _facts(call, part, proposal, kind == "short", proposal.id in summarised)
        subject, text = written(facts, dates)
        told, reviewable = KINDS.get(facts.outcome, "outcome"), facts.outcome != "selected"
        letters[proposal] = Written(told, subject, text, reviewable)
    await keep_and_send(part, letters, act)


def _facts(call: Call, part: TopicStage, proposal: Proposal, first_stage: bool, summarised: bool) -> Facts:
    return Facts(
        proposal.reference,
        proposal.acronym,
        proposal.title,
        part.topic.reference,
        call.reference,
        str(proposal.state),
        proposal.reason,
        proposal.finding_rule,
        proposal.finding_text,
        first_stage,
        summarised,
    )
