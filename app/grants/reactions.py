"""What a grant stands in the way of."""

from collections.abc import Sequence

from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.calls.workflow import CALL
from app.core.reason import Reason
from app.decisions.reserve.models import ReserveList
from app.decisions.reserve.workflow import RESERVE_LIST
from app.decisions.sending import write_letters
from app.evaluation.ethics.models import EthicsScreening
from app.evaluation.ethics.workflow import ETHICS_SCREENING
from app.grants.models import Grant, GrantState
from app.grants.schemas import Fallen
from app.grants.workflow import GRANT
from app.proposals.models import Proposal, ProposalState
from app.proposals.schemas import Outcome
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import FRESH, loading, lock_all
from app.workflow.run import Act, fire, fire_all, refuse


async def cancel_before_signature(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: refuse once a grant of it is signed; those in preparation fall.

    The last of the reactions: a signature that waits for these locks finds its proposal discontinued.
    """
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    here = select(Grant.id).join(Proposal).where(Proposal.topic_stage_id.in_(parts))
    grants = await lock_all(act.session, Grant, await act.session.scalars(here))
    if any(grant.state == GrantState.SIGNED for grant in grants):
        told = "A grant of the call is signed; it can be cancelled no more."
        raise refuse(CALL, "cancel", call, act, [Reason("grant-signed", told, "/subject_id", "office")])
    why = Fallen(reason="GA_PREPARATION_FAILED", text="The call is cancelled.")
    await _let_fall(grants, why, act)


async def withdraw_before_signature(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `request_withdrawal`: refuse once its grant is signed; one in preparation
    falls."""
    here = select(Grant.id).where(Grant.proposal_id == proposal.id)
    grants = await lock_all(act.session, Grant, await act.session.scalars(here))
    if any(grant.state == GrantState.SIGNED for grant in grants):
        told = "The grant is signed; the proposal can be withdrawn no more."
        reason = Reason("grant-signed", told, who="office")
        raise refuse(PROPOSAL, "request_withdrawal", proposal, act, [reason])
    await _let_fall(grants, Fallen(reason="WITHDRAWN", text="The proposal is withdrawn."), act)


async def _let_fall(grants: Sequence[Grant], why: Fallen, act: Act) -> None:
    preparing = [grant for grant in grants if grant.state == GrantState.PREPARATION]
    await fire_all(GRANT, "fall", preparing, act.given(why))


async def keep_what_is_signed(screening: EthicsScreening, act: Act) -> None:
    """Reaction to an ethics screening's `reopen`: refuse once the grant is signed (X-05)."""
    here = select(Grant.id).where(Grant.proposal_id == screening.proposal_id)
    grants = await lock_all(act.session, Grant, await act.session.scalars(here))
    if any(grant.state == GrantState.SIGNED for grant in grants):
        told = "The grant is signed; its ethics is settled. What has come to light is for the agreement."
        reason = Reason("grant-signed", told, who="office")
        raise refuse(ETHICS_SCREENING, "reopen", screening, act, [reason])


async def drop_with_grant(grant: Grant, act: Act) -> None:
    """Reaction to `fail`: the proposal is rejected for the same reason, and its consortium told (K-09)."""
    (proposal,) = await lock_all(act.session, Proposal, [grant.proposal_id])
    await fire(PROPOSAL, "drop", proposal, act.given(Outcome(reason=act.data.reason)))
    # Read only now: what the drop sets off reads the topic anew, without what the letter needs of it.
    wanted = select(TopicStage).where(TopicStage.id == proposal.topic_stage_id)
    whole = wanted.options(*loading(TopicStage, ["stage.call", "topic"]))
    part = (await act.session.scalars(whole, execution_options=FRESH)).one()
    await write_letters(part.stage.call, part, [proposal], act)


async def end_once_all_are_signed(reserve: ReserveList, act: Act) -> None:
    """Reaction to a reserve list's `end`: refuse while a grant of its topic may still fail (K-05)."""
    signed = select(Grant.proposal_id).where(Grant.state == GrantState.SIGNED)
    held = (Proposal.topic_stage_id == reserve.topic_stage_id, Proposal.state == ProposalState.SELECTED)
    wanted = select(Proposal.reference).where(*held, Proposal.id.not_in(signed)).order_by(Proposal.reference)
    if unsigned := (await act.session.scalars(wanted)).all():
        told = f"The grant of {' and '.join(unsigned)} is not signed; if it fails, the reserve list is used."
        raise refuse(RESERVE_LIST, "end", reserve, act, [Reason("grant-not-signed", told, who="signatory")])
