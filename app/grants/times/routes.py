"""Reading the times of a call."""

from collections import defaultdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import or_

from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.calls.periods import day_of
from app.grants.times.queries import (
    Granted,
    Informed,
    counting,
    granted,
    informed,
    parts_past,
    selected_of,
)
from app.grants.times.rules import summed
from app.grants.times.schemas import (
    CallTimes,
    CallTimesForCommittee,
    GrantTimes,
    SummedRead,
    TimeRead,
    TopicTimes,
    Totals,
)
from app.people.access import auditor, committee, committee_chair, office
from app.proposals.models import Proposal
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, ties

router = APIRouter()
staff, members = office | auditor, committee | committee_chair
WHO = staff | members


@router.get(
    "/calls/{id}/times",
    responses=refusals(401, 404),
    summary="Read times to inform and to grant (call)",
    description="From the deadline of each stage to the release, and from the last one to each signature, "
    "against the limits of the rules (K-06, K-07), with what each waits for. "
    f"Who: {staff.label}; {members.label} reads totals of released topics alone. Nobody reads of a topic in "
    "which they apply.",
    operation_id="call_times",
)
async def read_times(
    asked: Asking, key: Annotated[UUID, Path(alias="id")]
) -> CallTimes | CallTimesForCommittee:
    _, held = await look(asked.session, Call, key, asked.actor, by=WHO)
    mine = ties(TopicStage, asked.actor)
    own = or_(*(mine[name][0] for name in sorted(WHO.names & mine.keys())))
    today, given = day_of(asked.now), parameters(asked.actor)
    here = parts_past(asked.now).where(Stage.call_id == key, own)
    topics = [informed(row, today) for row in await asked.session.execute(here, given)]
    parts = {one.part.id: one.part for one in topics}
    wanted = selected_of(Proposal.topic_stage_id.in_(parts))
    grants: dict[UUID, list[Granted]] = defaultdict(list)
    for row in await asked.session.execute(wanted):
        part = parts[row[0].topic_stage_id]
        grants[part.id].append(granted(row, part, today))
    totals = _totals(topics, grants)
    if not staff(held):
        return CallTimesForCommittee(call_id=key, totals=totals)
    return CallTimes(call_id=key, totals=totals, topics=[_topic(one, grants[one.part.id]) for one in topics])


def _topic(one: Informed, grants: list[Granted]) -> TopicTimes:
    return TopicTimes(
        topic_stage_id=one.part.id,
        topic_id=one.part.topic_id,
        reference=one.reference,
        stage=one.part.stage.number,
        state=str(one.part.state),
        to_inform=TimeRead.model_validate(one.time),
        waits_for=one.waits_for,
        grants=[GrantTimes.model_validate(grant) for grant in grants],
    )


def _totals(topics: list[Informed], grants: dict[UUID, list[Granted]]) -> Totals:
    released = [one for one in topics if one.part.state == TopicStageState.RELEASED]
    of_them = [grant for one in released for grant in grants[one.part.id]]
    times = counting(of_them)
    return Totals(
        topics=len(released),
        to_inform=SummedRead.model_validate(summed(one.time for one in released)),
        to_grant=SummedRead.model_validate(summed(times)),
        uncounted=len(of_them) - len(times),
    )
