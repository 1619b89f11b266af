"""What follows for reserve lists from a release, from money that becomes free, from votes and the clock."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.calls.rules import LAST_SECOND
from app.decisions.models import Decision
from app.decisions.redress.ending import end_with_promotion
from app.decisions.reserve.letters import tell_of_free_money
from app.decisions.reserve.models import ReserveList, ReserveListState
from app.decisions.reserve.queries import may_promote, open_list_of
from app.decisions.reserve.workflow import RESERVE_LIST
from app.decisions.rules import INSUFFICIENT_BUDGET
from app.decisions.sending import write_letters
from app.decisions.summaries import give_summaries
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.proposals.models import Proposal, ProposalState
from app.proposals.schemas import Outcome
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire_all

Due = Callable[[Act], Awaitable[None]]
PART = ("stage.call", "topic")


async def put_in_force(decision: Decision, act: Act) -> None:
    """Reaction to a decision's `release`: who is on reserve by money waits on a list with an end (K-05).

    The release holds the topic in its stage, and has set the outcomes; so has a review that places somebody
    on reserve where nobody was.
    """
    if decision.envelope is None:
        return
    (part,) = await lock_all(act.session, TopicStage, [decision.topic_stage_id], PART)
    waits = select(Proposal.id).where(
        Proposal.topic_stage_id == part.id, Proposal.state == ProposalState.RESERVE
    )
    there = select(ReserveList.id).where(ReserveList.topic_stage_id == part.id)
    if await act.session.scalar(waits.limit(1)) is None or await act.session.scalar(there) is not None:
        return
    reserve = ReserveList(topic_stage=part, decision=decision)
    await create(RESERVE_LIST, "put_in_force", reserve, act.given(None, part.stage.call))


async def promote_named(reserve: ReserveList, act: Act) -> None:
    """Reaction to `promote`: the named are selected and told; refused if one has left meanwhile.

    The topic in its stage is held already, as by all that spends or lowers its money.
    """
    (part,) = await lock_all(act.session, TopicStage, [reserve.topic_stage_id], PART)
    proposals = await lock_all(act.session, Proposal, act.data.proposal_ids)
    await fire_all(PROPOSAL, "promote", proposals, act.given(None))
    await give_summaries(part.stage.call, part, proposals, act)
    await write_letters(part.stage.call, part, proposals, act)
    await end_with_promotion([one.id for one in proposals], act)


async def reject_the_waiting(reserve: ReserveList, act: Act) -> None:
    """Reaction to `end` and `expire`: who still waits is rejected and told, with means of redress (K-10)."""
    (part,) = await lock_all(act.session, TopicStage, [reserve.topic_stage_id], PART)
    here = (Proposal.topic_stage_id == part.id, Proposal.state == ProposalState.RESERVE)
    found = await lock_all(act.session, Proposal, await act.session.scalars(select(Proposal.id).where(*here)))
    waiting = [one for one in found if one.state == ProposalState.RESERVE]
    not_cleared = select(EthicsScreening.proposal_id).where(
        EthicsScreening.topic_id == reserve.topic_id, EthicsScreening.state == EthicsState.NOT_CLEARED
    )
    refused = set(await act.session.scalars(not_cleared))
    by_reason: dict[str, list[Proposal]] = defaultdict(list)
    for one in waiting:
        by_reason["ETHICS" if one.id in refused else INSUFFICIENT_BUDGET].append(one)
    for reason, some in sorted(by_reason.items()):
        said = Outcome.model_validate({"reason": reason})
        await fire_all(PROPOSAL, "expire_reserve", some, act.given(said))
    summarised = await give_summaries(part.stage.call, part, waiting, act)
    await write_letters(part.stage.call, part, waiting, act, summarised)


def expire_lists(longest_request: timedelta) -> Due:
    """Due: reserve lists whose last day is over, once no promotion sent in time can be under way."""

    async def due(act: Act) -> None:
        over = (
            ReserveList.state == ReserveListState.OPEN,
            ReserveList.until + LAST_SECOND <= act.now - longest_request,
        )
        found = (
            await act.session.execute(select(ReserveList.topic_stage_id, ReserveList.id).where(*over))
        ).all()
        await lock_all(act.session, TopicStage, [part for part, _ in found])
        lists = await lock_all(act.session, ReserveList, [key for _, key in found])
        late = [one for one in lists if one.state == ReserveListState.OPEN]
        await fire_all(RESERVE_LIST, "expire", late, act)

    return due


async def dissolve_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: nobody waits for its money any more."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    here = select(ReserveList.id).where(
        ReserveList.topic_stage_id.in_(parts), ReserveList.state == ReserveListState.OPEN
    )
    lists = await lock_all(act.session, ReserveList, await act.session.scalars(here))
    await fire_all(RESERVE_LIST, "dissolve", [o for o in lists if o.state == ReserveListState.OPEN], act)


async def tell_if_free(subject: Proposal | TopicStage, act: Act) -> None:
    """Reaction to what gives a topic money back, or more: the office hears who is next (K-05, K-09)."""
    part: Any = subject.topic_stage_id if isinstance(subject, Proposal) else subject.id
    reserve = await open_list_of(act.session, part)
    if reserve is not None and may_promote(reserve):
        await tell_of_free_money(reserve, act)
