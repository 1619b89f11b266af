"""What ends a request for a review before anybody has decided on it: nothing is left to review."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from app.calls.models import Call, Stage, TopicStage
from app.core import outbox
from app.core.outbox import Letter
from app.decisions.letter.writing import keep_and_send
from app.decisions.redress import letters
from app.decisions.redress.access import WEIGHED
from app.decisions.redress.letters import end_of
from app.decisions.redress.models import OPEN, Redress, RedressMember
from app.decisions.redress.re_evaluation.models import AT_WORK, ReEvaluation, ReEvaluationSeat
from app.decisions.redress.re_evaluation.workflow import RE_EVALUATION
from app.decisions.redress.schemas import Ended
from app.decisions.redress.workflow import REDRESS, TELL
from app.experts.models import Contract, Expert
from app.people.access import expert
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all
from app.workflow.sight import seen_by_each
from app.workflow.who import Actor


async def end_with_its_proposal(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `request_withdrawal`: who has left asks for nothing."""
    await _end(Redress.proposal_id == proposal.id, Ended(by="withdrawn"), act)


async def end_with_promotion(proposals: Collection[UUID], act: Act) -> None:
    """Who is selected from the reserve, or invited, has what the request could have come to."""
    await _end(Redress.proposal_id.in_(proposals), Ended(by="promoted"), act)


async def end_with_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: also of who was rejected, and has no other letter of it."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    await _end(Redress.topic_stage_id.in_(parts), Ended(by="cancelled"), act)


async def end_with_topic(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic's `withdraw_from_call`: the same, of its proposals."""
    await _end(Redress.topic_stage_id == topic_stage.id, Ended(by="taken_out"), act)


async def _end(about: ColumnElement[bool], by: Ended, act: Act) -> None:
    """End the open ones of these, and what is evaluated anew for them; each coordinator has a letter."""
    keys: Any = await act.session.scalars(select(Redress.id).where(about, Redress.state.in_(OPEN)))
    over = [one for one in await lock_all(act.session, Redress, keys, TELL) if one.state in OPEN]
    here = (ReEvaluation.redress_id.in_([one.id for one in over]), ReEvaluation.state.in_(AT_WORK))
    again = await lock_all(
        act.session, ReEvaluation, await act.session.scalars(select(ReEvaluation.id).where(*here))
    )
    weighing = [one.id for one in over if one.state in WEIGHED]
    await fire_all(REDRESS, "void", over, act.given(by))
    judging = [one for one in again if one.state in AT_WORK]
    await fire_all(RE_EVALUATION, "void", judging, act.given(None))
    await _tell_who_works(weighing, [one.id for one in judging], act)
    parts = {one.topic_stage_id: one.topic_stage for one in over}
    for key, part in parts.items():
        await keep_and_send(
            part, {one.proposal: end_of(one, by.by) for one in over if one.topic_stage_id == key}, act
        )


async def _tell_who_works(weighing: Collection[UUID], judging: Collection[UUID], act: Act) -> None:
    """One mail to each who is named to a committee or a new evaluation that was still at work.

    Whoever sees it no more, by an interest of theirs or without a contract in force, is told nothing.
    """
    to_committee = select(RedressMember.redress_id, Account.id, Account.name, Account.email).join(Account)
    sits = (RedressMember.redress_id.in_(weighing), RedressMember.out_for.is_(None))
    judges = select(ReEvaluationSeat.re_evaluation_id, Account.id, Account.name, Account.email)
    judges = judges.join(ReEvaluationSeat.contract).join(Contract.expert).join(Expert.account)
    seated = (ReEvaluationSeat.re_evaluation_id.in_(judging), ReEvaluationSeat.out_for.is_(None))
    mails = [
        *await _mails(Redress, to_committee.where(*sits), frozenset(), act),
        *await _mails(ReEvaluation, judges.where(*seated), expert.names, act),
    ]
    await outbox.write_all(act.session, "review_ended", mails, act.now)


async def _mails(
    model: type[Any], named: Select[UUID, UUID, str, str], roles: frozenset[str], act: Act
) -> list[Letter]:
    rows = (await act.session.execute(named.order_by(Account.email))).all()
    if not rows:
        return []
    actors = [Actor(key, roles, at=act.now) for key in {account for _, account, _, _ in rows}]
    seen = seen_by_each(actors, model).where(model.id.in_({key for key, _, _, _ in rows}))
    sees = {row.id: row._mapping for row in await act.session.execute(seen)}
    entity = "redress" if model is Redress else "re_evaluation"
    return [
        letters.over(name, email, entity, key)
        for key, account, name, email in rows
        if sees[key][str(account)]
    ]
