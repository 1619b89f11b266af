"""Letters of outcomes on their way: one to each contact of the coordinator, once."""

from collections.abc import Iterable

from app.calls.models import Call, TopicStage
from app.calls.rule_set import pinned
from app.core import outbox
from app.decisions.letters import Facts, days_of, written
from app.decisions.periods import day_of
from app.decisions.queries import addressees
from app.proposals.models import Proposal
from app.workflow.run import Act


async def write_letters(call: Call, part: TopicStage, proposals: Iterable[Proposal], act: Act) -> None:
    """Write to the coordinators of proposals that have just been released, each of its own outcome."""
    dates = days_of(pinned(call), day_of(act.now))
    addresses = await addressees(act.session, part.id)
    for proposal in proposals:
        subject, text = written(_facts(call, part, proposal), dates)
        for address in sorted(addresses.get(proposal.id, ())):
            await outbox.write(
                act.session,
                to=address,
                kind="outcome",
                subject=subject,
                text=text,
                at=act.now,
                entity="proposal",
                entity_id=proposal.id,
            )


def _facts(call: Call, part: TopicStage, proposal: Proposal) -> Facts:
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
    )
