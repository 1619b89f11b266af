"""Letters of outcomes on their way: one to each contact of the coordinator, once."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.calls.periods import day_of
from app.calls.rule_set import pinned
from app.decisions.letters import Facts, days_of, written
from app.proposals.letters import send_to_contacts
from app.proposals.models import Proposal
from app.workflow.run import Act


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
    letters = {
        proposal.id: written(_facts(call, part, proposal, kind == "short", proposal.id in summarised), dates)
        for proposal in proposals
    }
    await send_to_contacts("outcome", letters, act)


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
