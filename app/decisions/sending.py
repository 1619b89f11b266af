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
from app.decisions.models import Decision, DecisionState, Line
from app.decisions.redress.models import Redress
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.run import Act

ON_THE_LIST = ("selected", "reserve", "rejected")
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
    proposals = list(proposals)
    dates = days_of(pinned(call), day_of(act.now))
    kind = await act.session.scalar(select(Stage.kind).where(Stage.id == part.stage_id)) or "full"
    told = select(Line).join(Decision).where(Decision.state == DecisionState.RELEASED)
    here = told.where(Line.proposal_id.in_([one.id for one in proposals]))
    lines = {line.proposal_id: line for line in await act.session.scalars(here)}
    keys = [one.id for one in proposals]
    asked = set(await act.session.scalars(select(Redress.proposal_id).where(Redress.proposal_id.in_(keys))))
    letters = {}
    for one in proposals:
        own = str(one.state), one.reason, lines.get(one.id), one.id in summarised, one.id in asked
        facts = facts_of(call, part, kind, one, *own)
        subject, text = written(facts, dates)
        letters[one] = Written(KINDS.get(facts.outcome, "outcome"), subject, text, facts.reviewable)
    await keep_and_send(part, letters, act)


def facts_of(
    call: Call,
    part: TopicStage,
    kind: str,
    proposal: Proposal,
    outcome: str,
    reason: str | None,
    line: Line | None,
    summarised: bool,
    asked: bool,
) -> Facts:
    """What the letter of a proposal says that has, or would have, this outcome; `part` with its topic.

    What the committee said when it passed it over is told as long as that is the reason.
    """
    rules = pinned(call)
    listed = line if outcome in ON_THE_LIST else None
    passed = listed.passed_over if listed is not None and listed.reason == reason else None
    return Facts(
        reference=proposal.reference,
        acronym=proposal.acronym,
        title=proposal.title,
        topic=part.topic.reference,
        call=call.reference,
        outcome=outcome,
        reason=reason,
        rule=proposal.finding_rule,
        finding=proposal.finding_text,
        first_stage=kind == "short",
        summarised=summarised,
        why=programme().passes.get(reason or "") if passed else None,
        passed_over=passed,
        rank=listed.rank if listed is not None and rules.ranks_in_letters else None,
        asked=asked,
        feedback=kind == "short" and outcome == "selected" and kind in rules.short_feedback,
    )
