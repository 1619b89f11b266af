"""Copies of past calls: the same stages later on the Brussels wall, with the topics adopted again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from sqlalchemy.orm.attributes import set_committed_value

from app.calls.models import Call, Stage, TopicStage
from app.calls.queries import adopted_of, parts_seen
from app.calls.rules import instant, moved, on_the_wall
from app.calls.schemas import CallRead, Copy
from app.calls.stage.schemas import Schedule
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.schemas import Include
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.workflow import CALL
from app.core.schema import Read, ReasonRead
from app.workflow.acts import Key, once
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Mounted
from app.workflow.route import documented, refusals
from app.workflow.rows import lock
from app.workflow.run import Act, create, may
from app.workflow.sight import parameters
from app.workflow.who import Held

Loaded = tuple[Asked, Call, Held]


class LeftOut(Read):
    """A topic that the copy is without, and why."""

    topic: str
    stage: int
    reason: ReasonRead


class CopyRead(Read):
    """The new call, and what of the old one is not in it."""

    call: CallRead
    left_out: list[LeftOut]


async def past(asked: Asking, parent_id: Annotated[UUID, Path()]) -> Loaded:
    """The call to copy, locked, for one who may. Raises NotFound, Forbidden."""
    row = CALL.rows("clone")[0]
    call, held = await lock(asked.session, Call, parent_id, asked.actor, row.needs)
    may(CALL, row.name, call, asked.act(held, parent=call))
    return asked, call, held


def later(stage: Stage, days: int) -> Schedule:
    """The dates of a stage so many days later; that they exist has been asked before."""
    opens_at = instant(moved(on_the_wall(stage.opens_at), days))
    known = {name: getattr(stage, name) for name in Schedule.model_fields}
    dates = {name: day + timedelta(days) for name, day in known.items() if type(day) is date}
    return Schedule.model_validate(
        known | dates | {"opens_at": opens_at, "deadline": moved(stage.deadline, days)}
    )


async def copied(call: Call, days: int, new: Call, act: Act) -> list[LeftOut]:
    """Make the stages of `call` anew in `new`, through their rows; what cannot come along is told."""
    found = await act.session.scalars(parts_seen(call.id, act.actor), parameters(act.actor))
    parts = sorted(found, key=lambda part: part.topic.reference)
    adopted = adopted_of({part.topic_id for part in parts}, act.actor)
    usable = set(await act.session.scalars(adopted, parameters(act.actor)))
    left_out = []
    for stage in call.stages:
        made = Stage()
        await create(STAGE, "schedule", made, act.given(later(stage, days), new))
        for part in (part for part in parts if part.stage_id == stage.id):
            if part.topic_id not in usable:
                left_out.append(_without(part, stage))
                continue
            known = {name: getattr(part, name) for name in Include.model_fields}
            announced = Include.model_validate(known | {"budget": part.announced})
            await create(TOPIC_STAGE, "include", TopicStage(), act.given(announced, made))
    return left_out


def _without(part: TopicStage, stage: Stage) -> LeftOut:
    told = f"Topic {part.topic.reference} is not adopted for another call."
    reason = ReasonRead(code="topic-not-adopted", text=told, path="/topics", who="committee")
    return LeftOut(topic=part.topic.reference, stage=stage.number, reason=reason)


def mount_copies(router: APIRouter, calls: Mounted) -> None:
    """The route of the row `clone`: its answer also tells what is left out."""

    @router.post(
        f"/{calls.plural}/{{parent_id}}/copies",
        status_code=201,
        response_model=CopyRead,
        responses=refusals(401, 403, 404, 409),
        **documented(calls, CALL.rows("clone")),
    )
    async def copy(
        loaded: Annotated[Loaded, Depends(past, scope="function")],
        request: Request,
        data: Annotated[Copy, Body()],
        key: Key = None,
    ) -> Response:
        asked, call, held = loaded

        async def done() -> CopyRead:
            new, act = Call(stages=[]), asked.act(held, data, parent=call)
            set_committed_value(new, "votes", [])  # nothing is voted on yet
            event = await create(CALL, "clone", new, act)
            left_out = await copied(call, data.shift_days, new, replace(act, cause=event.id))
            read = await calls.read(asked, new.id)
            return CopyRead(call=cast(CallRead, read), left_out=left_out)

        return await once(asked, request, key, done, 201)
