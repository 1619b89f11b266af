"""When topics of calls were informed and grants signed, and what each waits for: a few statements for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, select
from sqlalchemy.orm import aliased, contains_eager

from app.calls.models import LEFT, Call, Stage, TopicStage, TopicStageState
from app.calls.periods import day_of
from app.calls.rule_set import pinned
from app.decisions.models import Decision
from app.decisions.queries import in_force
from app.decisions.redress.models import RedressFunding
from app.decisions.reserve.models import Promotion
from app.grants.models import Grant, GrantState
from app.grants.times.rules import Time
from app.proposals.models import Proposal, ProposalState
from app.topics.models import Topic

Uncounted = Literal["reserve", "redress"]
WAITS = {
    TopicStageState.SCHEDULED: "checks",
    TopicStageState.CHECKING: "checks",
    TopicStageState.RANKED: "vote",
    TopicStageState.DECIDED: "release",
}
_still_read = exists().where(
    Proposal.topic_stage_id == TopicStage.id,
    Proposal.state.in_((ProposalState.ELIGIBLE, ProposalState.IN_EVALUATION)),
)
_later = aliased(Stage)
_final = ~exists().where(_later.call_id == Stage.call_id, _later.number > Stage.number)


unsigned = exists().where(
    Proposal.topic_stage_id == TopicStage.id,
    Proposal.state == ProposalState.SELECTED,
    ~exists().where(Grant.proposal_id == Proposal.id, Grant.state == GrantState.SIGNED),
)
"""A selected proposal of the topic in its stage has no signed grant."""


@dataclass(frozen=True)
class Informed:
    """A topic in a stage whose deadline has passed: its time to inform, and what that waits for."""

    part: TopicStage
    reference: str
    time: Time
    waits_for: str | None


@dataclass(frozen=True)
class Granted:
    """A selected proposal of a final stage: its time to grant, and why that is not counted, if so (K-07)."""

    proposal_id: UUID
    reference: str
    topic_stage_id: UUID
    time: Time
    uncounted: Uncounted | None
    waits_for: str | None


def parts_past(now: datetime) -> Select[TopicStage, str, datetime | None, bool]:
    """Topics of published calls that are past the deadline of their stage; of those decided, when told."""
    return (
        select(TopicStage, Topic.reference, Decision.released_at, _still_read.label("still_read"))
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .join(Topic, Topic.id == TopicStage.topic_id)
        .outerjoin(Decision, and_(Decision.topic_stage_id == TopicStage.id, in_force()))
        .where(Stage.closes_at < now, TopicStage.state.not_in(LEFT), Call.published_at.is_not(None))
        .options(contains_eager(TopicStage.stage).selectinload(Stage.call))
        .order_by(Stage.number, Topic.reference, TopicStage.id)
    )


def informed(row: Row[TopicStage, str, datetime | None, bool], today: date) -> Informed:
    """The time to inform of such a row (K-06)."""
    part, reference, released_at, still_read = row
    months = pinned(part.stage.call).tti_months
    done = None if released_at is None else day_of(released_at)
    waits = WAITS.get(part.state)
    if part.state == TopicStageState.EVALUATION:
        waits = "evaluation" if still_read else "panel"
    return Informed(part, reference, Time(day_of(part.stage.closes_at), months, done, today), waits)


def selected_of(such: ColumnElement[bool]) -> Select[Proposal, Grant, UUID, UUID]:
    """The selected proposals of final stages, with grant, whether promoted, whether funded by a review."""
    return (
        select(Proposal, Grant, Promotion.id, RedressFunding.id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .outerjoin(Grant, Grant.proposal_id == Proposal.id)
        .outerjoin(Promotion, Promotion.proposal_id == Proposal.id)
        .outerjoin(RedressFunding, RedressFunding.proposal_id == Proposal.id)
        .where(Proposal.state == ProposalState.SELECTED, Stage.kind == "full", _final, such)
        .order_by(Proposal.reference)
    )


def granted(row: Row[Proposal, Grant, UUID, UUID], part: TopicStage, today: date) -> Granted:
    """The time to grant of such a row, whose topic in its stage is this one (K-07)."""
    proposal, grant, promotion, funding = row
    months = pinned(part.stage.call).ttg_months
    signed = day_of(grant.signed_at) if grant is not None and grant.signed_at is not None else None
    time = Time(day_of(part.stage.closes_at), months, signed, today)
    waits = None if signed else "signature" if _in_preparation(grant) else "grant_preparation"
    return Granted(proposal.id, proposal.reference, part.id, time, _uncounted(promotion, funding), waits)


def _in_preparation(grant: Grant | None) -> bool:
    return grant is not None and grant.state == GrantState.PREPARATION


def _uncounted(promotion: UUID | None, funding: UUID | None) -> Uncounted | None:
    """Selected otherwise than by the list: from its reserve, or by a review that was upheld (K-07)."""
    if promotion is not None:
        return "reserve"
    return None if funding is None else "redress"


def counting(some: Sequence[Granted]) -> Sequence[Time]:
    return [one.time for one in some if one.uncounted is None]
