"""Who belongs to the industry consortium of a topic, and who reads who does: no applicant (C-09)."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.people.access import auditor, office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

_mine = aliased(IndustryMember)  # once: an alias made anew for each request takes longer than its statement


def topics_of_industry(actor: Actor, *, leading: bool = False) -> Select[UUID]:
    """The topics in whose industry consortium the actor is, or which the actor speaks for."""
    found = select(_mine.topic_id).where(
        _mine.account_id == actor.id, _mine.state == IndustryMemberState.NAMED
    )
    return (found.where(_mine.leads) if leading else found).correlate(None)


def industry_of(topic: Any, actor: Actor) -> ColumnElement[bool]:
    """The actor is in the industry consortium of the topic in this column."""
    return cast(ColumnElement[bool], topic.in_(topics_of_industry(actor)))


def industry_lead_of(topic: Any, actor: Actor) -> ColumnElement[bool]:
    """The actor speaks for the industry consortium of the topic in this column."""
    return cast(ColumnElement[bool], topic.in_(topics_of_industry(actor, leading=True)))


fellow = relation(
    "fellow",
    "the topic's industry consortium",
    lambda actor: industry_of(IndustryMember.topic_id, actor),
    own=True,
)

SIGHTS = {IndustryMember: Sight((office, auditor, fellow), topic=IndustryMember.topic_id)}
