"""Who sees a proposal: its consortium always, staff once it is handed in; and what an interest takes away."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import LEFT, Call, Stage, TopicStage, TopicStageState
from app.consortia.access import author, coordinator, deputy_contact, partner, within
from app.consortia.industry.access import industry_of
from app.consortia.models import LIVE, Consortium, Partner, Person
from app.people.access import auditor, office
from app.proposals.models import Proposal, ProposalState
from app.topics.access import makers
from app.topics.models import Topic, TopicState
from app.workflow.sight import Relation, Sight, relation, ties
from app.workflow.who import Actor, Who, named

RUN_OR_DECIDE = frozenset().union(*(role.names for role in makers))
UNNAMED = frozenset({"reader", "blind"})
NOT_HANDED_IN = (ProposalState.DRAFT, ProposalState.WITHDRAWN)


def once_handed_in(role: Relation) -> Relation:
    """A role that is there for every proposal but a draft: of drafts not even the acronym shows."""
    (name,) = role.names
    handed_in = Proposal.state != ProposalState.DRAFT
    return relation(name, role.label, lambda actor: handed_in if name in actor.roles else None)


# Once: an alias made anew for each request takes longer than its statement.
_stage, _next_stage, _next = aliased(Stage), aliased(Stage), aliased(TopicStage)


def goes_on(part: Any) -> ColumnElement[bool]:
    """The topic in its stage has a next stage in the call, whose results are not released."""
    return exists().where(
        _stage.id == part.stage_id,
        _next_stage.call_id == _stage.call_id,
        _next_stage.number == _stage.number + 1,
        _next.stage_id == _next_stage.id,
        _next.topic_id == part.topic_id,
        _next.state.not_in((TopicStageState.RELEASED, *LEFT)),
    )


_goes_on = goes_on(TopicStage)


def interest(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor applies, or has handed in, for the topic in this column, and its results are not released.

    Who is on its reserve list has it until that is over: money may still be found for them, or for others.
    Of two stages, who is invited or may still be has it until those of the second. The topic's industry
    consortium has it as long as the topic is in a call. Uncorrelated, so that it is asked once per statement.
    Whoever leaves a consortium after it has handed in stays in what was handed in, and keeps the interest.
    """
    applied = (
        select(Consortium.topic_id)
        .join(Partner, Partner.consortium_id == Consortium.id)
        .join(Person, Person.partner_id == Partner.id)
        .join(TopicStage, TopicStage.id == Consortium.topic_stage_id)
        .outerjoin(Proposal, Proposal.consortium_id == Consortium.id)
        .where(
            Person.account_id == actor.id,
            or_(
                TopicStage.state != TopicStageState.RELEASED,
                Proposal.state == ProposalState.RESERVE,
                and_(Proposal.state == ProposalState.SELECTED, _goes_on),
            ),
            or_(
                and_(Person.until.is_(None), Partner.state.in_(LIVE)),
                and_(Person.until > Proposal.submitted_at, Proposal.state.not_in(NOT_HANDED_IN)),
            ),
        )
        .correlate(None)
    )
    in_call = select(Topic.id).where(Topic.state == TopicState.IN_CALL).correlate(None)
    of_industry = and_(industry_of(topic, actor), topic.in_(in_call))
    return and_(topic.is_not(None), or_(topic.in_(applied), of_industry))


def _applies_in_no_topic_of(actor: Actor) -> ColumnElement[bool] | None:
    if not actor.roles & RUN_OR_DECIDE:
        return None
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == Call.id)
    return not_(parts.where(interest(actor, TopicStage.topic_id)).exists())


impartial = relation("impartial", "who applies in none of its topics", _applies_in_no_topic_of, sees=False)
"""Parts those who run or decide a call from applicants among them, for what holds for the whole call."""


def _applies_in_no_topic_of_stage(actor: Actor) -> ColumnElement[bool] | None:
    impartial_to_call = _applies_in_no_topic_of(actor)
    if impartial_to_call is None:
        return None
    return select(Call.id).where(Call.id == Stage.call_id, impartial_to_call).correlate(Stage).exists()


impartial_to_stage = relation("impartial", impartial.label, _applies_in_no_topic_of_stage, sees=False)
"""The same for a stage of the call: a deadline moves for everybody, and for every topic."""


_part, _of, _call = aliased(TopicStage), aliased(Stage), aliased(Call)


def is_blind(topic_stage_id: Any, *such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Proposals of the topic's stage in this column are not to be told apart by who hands them in (V-25)."""
    return exists().where(
        _part.id == topic_stage_id,
        _of.id == _part.stage_id,
        _call.id == _of.call_id,
        _call.rules["blind"]["stages"].has_key(_of.kind),
        *such,
    )


def blind_in(topic_stage_id: Any) -> ColumnElement[bool]:
    """Experts judge blind in the topic's stage in this column, until its results are released (V-25)."""
    return is_blind(topic_stage_id, _part.state != TopicStageState.RELEASED)


def judged_blind(topic_stage_id: Callable[[], Any]) -> Relation:
    """For experts: not to learn whose the proposal is that a row of the model is about."""
    return relation(
        "blind",
        "a proposal that is judged blind",
        lambda actor: blind_in(topic_stage_id()) if "expert" in actor.roles else None,
        sees=False,
    )


def as_staff(actor: Actor) -> ColumnElement[bool]:
    """The proposals whose true state the actor may know before the release."""
    held = ties(Proposal, actor)
    return or_(false(), *(held[name][0] for name in ("office", "auditor") if name in held))


consortium = coordinator | deputy_contact | author | partner
staff = office | auditor
reader = named("reader", "whoever is to read it for its evaluation")
"""Whoever reads the last sealed version alone; a later stage says who that is, by a relation of this name."""
blind_reader = Who("an assigned reviewer in a blind stage", lambda held: held >= UNNAMED, UNNAMED)
"""The same, who is not to learn whose it is (V-25)."""
industry_partner = named("industry_partner", "the topic's industry consortium, once it is invited")
"""The same for an invited short proposal, and no other (C-09)."""

SIGHTS = {
    Proposal: Sight(
        (
            *within(Proposal.consortium_id),
            once_handed_in(office),
            once_handed_in(auditor),
            judged_blind(lambda: Proposal.topic_stage_id),
        ),
        topic=Proposal.topic_id,
    )
}
