"""Who has handed in, and whose call or topic ends before its time, has a letter of that which is kept."""

from sqlalchemy import ColumnElement, select

from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.decisions.letter.models import Letter
from app.decisions.letter.writing import Written, keep_of_several
from app.proposals.letters import ending_of
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import Act


async def write_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: of all that was discontinued with it, in every stage."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    of_call = Proposal.topic_stage_id.in_(parts.where(TopicStage.state != TopicStageState.WITHDRAWN))
    await _write(of_call, "call", act)


async def write_of_topic(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic's `withdraw_from_call`: the same, of its proposals."""
    await _write(Proposal.topic_stage_id == topic_stage.id, "topic", act)


async def _write(about: ColumnElement[bool], what: str, act: Act) -> None:
    """No means of redress stands in it: nobody has judged the proposal (Z-03)."""
    told = select(Letter.proposal_id).where(Letter.kind == "ending")
    over = (Proposal.state == ProposalState.DISCONTINUED, Proposal.id.not_in(told))
    found = await act.session.scalars(select(Proposal).where(about, *over).order_by(Proposal.id))
    letters = {
        one: (one.topic_stage_id, Written("ending", *ending_of(one, what, act.data.reason), reviewable=False))
        for one in found
    }
    await keep_of_several(letters, act, mail="discontinued")
