"""What follows for proposals and their coordinators from a request for a review."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from app.calls.chosen import scheme_of
from app.calls.models import TopicStageState
from app.decisions.invitation.reactions import invite
from app.decisions.queries import decision_of
from app.decisions.redress import letters
from app.decisions.redress.models import Redress, RedressFunding
from app.decisions.redress.weighing import second_stage_open
from app.decisions.redress.workflow import TELL
from app.decisions.reserve.queries import may_wait
from app.decisions.reserve.reactions import put_in_force
from app.decisions.rules import BELOW_OVERALL, INSUFFICIENT_BUDGET, NOT_FIRST_RANKED, why_below
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.people.models import Account
from app.proposals.models import Proposal, ProposalState
from app.proposals.schemas import Outcome
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire
from app.workflow.table import Effect

STEPS: Mapping[str, str] = {
    "file": letters.FILED,
    "admit": letters.ADMITTED,
    "withdraw": letters.WITHDRAWN,
    "uphold": letters.UPHELD,
}


async def whole(redress: Redress, act: Act) -> Redress:
    """The same request with all that its letters tell of."""
    (found,) = await lock_all(act.session, Redress, [redress.id], TELL)
    assert isinstance(found, Redress)
    return found


def told_of(row: str) -> Effect:
    """Reaction to a step of a request: the coordinator is told."""

    async def react(redress: Redress, act: Act) -> None:
        found = await whole(redress, act)
        await letters.tell(found, STEPS[row], act, due=found.answer_due, reason=found.decision_text)

    return react


async def tell_named(redress: Redress, act: Act) -> None:
    """Reaction to `name_member`: whoever is named is asked to declare."""
    account = await act.session.get_one(Account, act.data.account_id)
    await letters.tell_named(account, letters.MEMBER, "redress", redress.id, act)


async def tell_of_dismissal(redress: Redress, act: Act) -> None:
    """Reaction to `dismiss`: a letter that is kept."""
    await letters.write_end(await whole(redress, act), "dismissed", redress.admissibility or "", act)


async def tell_of_rejection(redress: Redress, act: Act) -> None:
    """Reaction to `reject`: a letter that is kept."""
    await letters.write_end(await whole(redress, act), "rejected", redress.decision_text or "", act)


async def reinstate(redress: Redress, act: Act) -> None:
    """Reaction to `reinstate`: the proposal goes on where the others of its topic are."""
    (proposal,) = await lock_all(act.session, Proposal, [redress.proposal_id])
    await fire(PROPOSAL, "reinstate", proposal, act.given(None))
    if redress.topic_stage.state == TopicStageState.EVALUATION:
        await fire(PROPOSAL, "begin_evaluation", proposal, act.given(None))
        final = (Consensus.proposal_id == proposal.id, Consensus.state == ConsensusState.FINAL)
        if await act.session.scalar(select(Consensus.id).where(*final)):
            await fire(PROPOSAL, "conclude", proposal, act.given(None))
    await letters.write_end(await whole(redress, act), "changed", redress.decision_text or "", act)


async def follow_the_result(redress: Redress, act: Act) -> None:
    """Reaction to `settle`: the proposal moves as it was weighed, nobody else does (Z-05, Z-06).

    Once the reserve list has ended, what awaits a vote awaits it where it is.
    """
    (proposal,) = await lock_all(act.session, Proposal, [redress.proposal_id])
    await act.session.refresh(redress, ["topic_stage"])
    found = await whole(redress, act)
    match found.remedy:
        case "funded":
            await fund(found, proposal, act)
        case "invited":
            await fire(PROPOSAL, "uphold", proposal, act.given(Outcome()))
            await invite(found.topic_stage.stage.call, found.topic_stage, [proposal], act)
        case "reserve" | "vote":
            await _let_it_wait(found, proposal, act)
        case "lower":
            await fire(PROPOSAL, "lose_reserve", proposal, act.given(_because(_below(found))))
    await letters.write_end(found, found.outcome or "", found.decision_text or "", act)


async def _let_it_wait(redress: Redress, proposal: Proposal, act: Act) -> None:
    """It waits among those on reserve, in its turn; where that is over it stays as it is for the vote."""
    decision = await decision_of(act.session, redress.topic_stage_id)
    short = decision.envelope is None
    if short:
        still = await second_stage_open(act.session, redress.topic_stage_id, act.now)
    else:
        still = await may_wait(act.session, redress.topic_stage.stage.call, decision, act.now)
    if proposal.state != ProposalState.RESERVE and still:
        reason = NOT_FIRST_RANKED if short else INSUFFICIENT_BUDGET
        await fire(PROPOSAL, "place_on_reserve", proposal, act.given(_because(reason)))
        await act.session.flush()
        await put_in_force(decision, act)


def _below(redress: Redress) -> str:
    """The threshold that the new result misses."""
    scheme = scheme_of(redress.topic_stage)
    assert redress.re_evaluation is not None
    scores = {code: Decimal(score) for code, score in redress.re_evaluation.scores.items()}
    return why_below(scores, {one.code: one.threshold for one in scheme.criteria}) or BELOW_OVERALL


def _because(reason: str) -> Outcome:
    return Outcome.model_validate({"reason": reason})


async def fund(redress: Redress, proposal: Proposal, act: Act) -> None:
    """Select the proposal from the money of its topic, which the caller holds; the database counts it too."""
    await fire(PROPOSAL, "uphold", proposal, act.given(Outcome()))
    await act.session.flush()
    spent = RedressFunding(id=uuid4(), redress_id=redress.id, proposal_id=proposal.id, at=act.now)
    spent.topic_stage_id, spent.amount = redress.topic_stage_id, proposal.requested
    act.session.add(spent)
    await act.session.flush()
