"""What applicants are told as a deadline comes near and passes; each once, the newest that is due alone."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.rules import BRUSSELS, LAST_SECOND
from app.people.desk import desk
from app.people.notices import first_time, listeners, notify
from app.proposals.models import Proposal, ProposalState
from app.proposals.queries import contacts
from app.proposals.workflow import incomplete
from app.workflow.rows import loading
from app.workflow.run import Act

Due = Callable[[Act], Awaitable[None]]
DAY = timedelta(days=1)
STEPS = {"deadline_2h": timedelta(hours=2), "deadline_24h": DAY, "deadline_7d": 7 * DAY}
"""How long before a deadline those are told who have not handed in; of our service, no programme's rule."""
OPENED = """Call {reference}, {title}, is open. Its deadline is {deadline}, Brussels time.

{url}/v1/calls/{key}
"""
NEAR = """The deadline of call {call} is {deadline}, Brussels time. Your proposal {reference}, {acronym}, is a
draft and not handed in.

{missing}
"""
CLOSED = """The deadline of call {call} has passed: {deadline}, Brussels time.

{then}
"""
EXPIRED = "Your proposal {reference}, {acronym}, was not handed in. The draft stays readable for you."
RECEIVED = "Your proposal {reference}, {acronym}, has been handed in; the last version received counts."


def _wall(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d %B %Y, %H:%M:%S}"


async def tell_of_opening(act: Act) -> None:
    """Due: calls that have opened within a day, to those who asked to be told."""
    fresh = (Stage.opens_at <= act.now, Stage.opens_at > act.now - DAY, Stage.closes_at > act.now)
    wanted = select(Stage, Call).join(Call, Call.id == Stage.call_id).where(*fresh, Stage.number == 1)
    out = wanted.where(Call.state == CallState.RUNNING, Stage.state == StageState.SCHEDULED)
    for stage, call in (await act.session.execute(out.order_by(Stage.id))).all():
        if await first_time(act.session, "call_opened", call.id, stage.opens_at):
            facts = {"reference": call.reference, "title": call.title, "key": call.id}
            text = OPENED.format(**facts, deadline=_wall(stage.closes_at), url=desk().public_url)
            to = await listeners(act.session, "call_opened")
            subject = f"Call {call.reference} is open"
            await notify(act.session, to, "call_opened", subject, text, act.now, ("call", call.id))


async def tell_of_deadline(act: Act) -> None:
    """Due: 7 days, 24 hours and 2 hours before a deadline, to those whose draft is not handed in.

    A deadline that has moved is another one: it is announced anew.
    """
    near = (Stage.opens_at <= act.now, Stage.closes_at > act.now, Stage.closes_at <= act.now + 7 * DAY)
    for stage in await act.session.scalars(select(Stage).where(*near, Stage.state == StageState.SCHEDULED)):
        step = next(name for name, before in STEPS.items() if stage.closes_at - act.now <= before)
        if await first_time(act.session, step, stage.id, stage.closes_at):
            await _remind(stage, act)


async def _remind(stage: Stage, act: Act) -> None:
    drafts = await _of(act.session, stage, Proposal.state == ProposalState.DRAFT)
    addresses = await contacts(act.session, Proposal.id.in_([draft.id for draft in drafts]))
    for draft in drafts:
        text = NEAR.format(
            call=draft.topic_stage.stage.call.reference,
            deadline=_wall(stage.closes_at),
            reference=draft.reference,
            acronym=draft.acronym,
            missing="\n".join(_gaps(draft)),
        )
        subject = f"Proposal {draft.reference}: the deadline is near"
        to = sorted(addresses.get(draft.id, ()))
        await notify(act.session, to, "deadline_near", subject, text, act.now, ("proposal", draft.id))


def _gaps(draft: Proposal) -> Iterator[str]:
    gaps = [f"- {gap.text}" for gap in incomplete(draft)]
    yield "Still missing:" if gaps else "Nothing is missing but to hand it in."
    yield from gaps


def tell_of_closing(longest_request: timedelta) -> Due:
    """Due: stages that have closed within a day, once no request sent in time can still be under way."""

    async def due(act: Act) -> None:
        over = act.now - LAST_SECOND - longest_request
        closed = (Stage.closes_at <= over, Stage.closes_at > over - DAY)
        for stage in await act.session.scalars(
            select(Stage).where(*closed, Stage.state == StageState.SCHEDULED)
        ):
            if await first_time(act.session, "call_closed", stage.id, stage.closes_at):
                await _close(stage, act)

    return due


async def _close(stage: Stage, act: Act) -> None:
    proposals = await _of(act.session, stage, Proposal.state != ProposalState.WITHDRAWN)
    addresses = await contacts(act.session, Proposal.id.in_([one.id for one in proposals]))
    for one in proposals:
        then = EXPIRED if one.state == ProposalState.DRAFT else RECEIVED
        text = CLOSED.format(
            call=one.topic_stage.stage.call.reference,
            deadline=_wall(stage.closes_at),
            then=then.format(reference=one.reference, acronym=one.acronym),
        )
        subject = f"Proposal {one.reference}: the deadline has passed"
        to = sorted(addresses.get(one.id, ()))
        await notify(act.session, to, "call_closed", subject, text, act.now, ("proposal", one.id))


async def _of(session: AsyncSession, stage: Stage, which: ColumnElement[bool]) -> Sequence[Proposal]:
    """The proposals of a stage whose topics are still in the call, with all that the form asks for."""
    ended = (TopicStageState.WITHDRAWN, TopicStageState.CANCELLED)
    here = select(TopicStage.id).where(TopicStage.stage_id == stage.id, TopicStage.state.not_in(ended))
    wanted = select(Proposal).where(Proposal.topic_stage_id.in_(here), which).order_by(Proposal.id)
    form = loading(Proposal, ("topic_stage.stage.call", "sections", "documents"))
    return list(await session.scalars(wanted.options(*form), execution_options={"populate_existing": True}))
