"""What applicants are told as a deadline comes near and passes; each once, the newest that is due alone."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND, in_words
from app.consortia.problems import Entry
from app.core.outbox import Letter
from app.people.desk import desk
from app.people.notices import first_time, listeners, notify
from app.proposals.letters import Texts, to_contacts
from app.proposals.models import Proposal, ProposalState
from app.proposals.problems import problems
from app.proposals.sealing import unsubmitted_of
from app.proposals.unsubmitted import in_words as what_changed
from app.proposals.workflow import WHOLE
from app.workflow.rows import loading
from app.workflow.run import Act

Due = Callable[[Act], Awaitable[None]]
DAY = timedelta(days=1)
NOT_OVER = (ProposalState.DRAFT, ProposalState.SUBMITTED)
STEPS = {"deadline_2h": timedelta(hours=2), "deadline_24h": DAY, "deadline_7d": 7 * DAY}
"""How long before a deadline those are told who have not handed in; of our service, no programme's rule."""
OPENED = """Call {reference}, {title}, is open. Its deadline is {deadline}, Brussels time.

{url}/v1/calls/{key}
"""
NEAR = """The deadline of call {call} is {deadline}, Brussels time. Your proposal {reference}, {acronym}:
{standing}

{stands_against}
{judged}"""
DRAFT = "IT IS A DRAFT AND NOT HANDED IN."
JUDGED = """
What is judged after the deadline, and stands against nothing now:
{warnings}
"""
CLOSED = """The deadline of call {call} has passed: {deadline}, Brussels time.

{then}
"""
EXPIRED = "Your proposal {reference}, {acronym}, was not handed in. The draft stays readable for you."
RECEIVED = "Your proposal {reference}, {acronym}, has been handed in; the last version received counts."


async def tell_of_opening(act: Act) -> None:
    """Due: calls that have opened within a day, to those who asked to be told."""
    fresh = (Stage.opens_at <= act.now, Stage.opens_at > act.now - DAY, Stage.closes_at > act.now)
    wanted = select(Stage, Call).join(Call, Call.id == Stage.call_id).where(*fresh, Stage.number == 1)
    out = wanted.where(Call.state == CallState.RUNNING, Stage.state == StageState.SCHEDULED)
    for stage, call in (await act.session.execute(out.order_by(Stage.id))).all():
        if await first_time(act.session, "call_opened", call.id, stage.opens_at):
            facts = {"reference": call.reference, "title": call.title, "key": call.id}
            text = OPENED.format(**facts, deadline=in_words(stage.closes_at), url=desk().public_url)
            subject = f"Call {call.reference} is open"
            to = await listeners(act.session, "call_opened")
            letters = [Letter(address, subject, text, "call", call.id) for address in to]
            await notify(act.session, "call_opened", letters, act.now)


async def tell_of_deadline(act: Act) -> None:
    """Due: 7 days, 24 hours and 2 hours before a deadline, to those whose draft is not handed in.

    Also to those who have handed in and changed it since. A deadline that has moved is another one: it is
    announced anew.
    """
    near = (Stage.opens_at <= act.now, Stage.closes_at > act.now, Stage.closes_at <= act.now + 7 * DAY)
    for stage in await act.session.scalars(select(Stage).where(*near, Stage.state == StageState.SCHEDULED)):
        step = next(name for name, before in STEPS.items() if stage.closes_at - act.now <= before)
        if await first_time(act.session, step, stage.id, stage.closes_at):
            await _remind(stage, act)


async def _remind(stage: Stage, act: Act) -> None:
    texts: Texts = {}
    for one in await _of(act.session, stage, Proposal.state.in_(NOT_OVER)):
        told = DRAFT if one.state == ProposalState.DRAFT else what_changed(unsubmitted_of(one), one.sealed)
        if told:
            found = list(problems(one, act.now))
            text = NEAR.format(
                call=one.topic_stage.stage.call.reference,
                deadline=in_words(stage.closes_at),
                reference=one.reference,
                acronym=one.acronym,
                standing=told,
                stands_against="\n".join(_against(found)),
                judged=_judged(found),
            )
            texts[one.id] = f"Proposal {one.reference}: the deadline is near", text
    await _tell("deadline_near", texts, act)


def _against(found: Sequence[Entry]) -> Iterator[str]:
    blocks = [f"- {one.text}" for one in found if one.blocks]
    yield "Still missing:" if blocks else "Nothing is missing but to hand it in."
    yield from blocks


def _judged(found: Sequence[Entry]) -> str:
    warnings = [f"- {one.text}" for one in found if not one.blocks]
    return JUDGED.format(warnings="\n".join(warnings)) if warnings else ""


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
    texts: Texts = {}
    for one in await _of(act.session, stage, Proposal.state != ProposalState.WITHDRAWN):
        then = EXPIRED if one.state == ProposalState.DRAFT else RECEIVED
        text = CLOSED.format(
            call=one.topic_stage.stage.call.reference,
            deadline=in_words(stage.closes_at),
            then=then.format(reference=one.reference, acronym=one.acronym),
        )
        texts[one.id] = f"Proposal {one.reference}: the deadline has passed", text
    await _tell("call_closed", texts, act)


async def _tell(kind: str, texts: Texts, act: Act) -> None:
    await notify(act.session, kind, await to_contacts(act.session, texts), act.now)


async def _of(session: AsyncSession, stage: Stage, which: ColumnElement[bool]) -> Sequence[Proposal]:
    """The proposals of a stage whose topics are still in the call, with all that the form asks for."""
    ended = (TopicStageState.WITHDRAWN, TopicStageState.CANCELLED)
    here = select(TopicStage.id).where(TopicStage.stage_id == stage.id, TopicStage.state.not_in(ended))
    wanted = select(Proposal).where(Proposal.topic_stage_id.in_(here), which).order_by(Proposal.id)
    form = loading(Proposal, WHOLE)
    return list(await session.scalars(wanted.options(*form), execution_options={"populate_existing": True}))
