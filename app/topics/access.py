"""Who sees a topic: those who make it until its call opens, everybody afterwards."""

from sqlalchemy import exists, or_
from sqlalchemy.orm import aliased

from app.people.access import auditor, committee, committee_chair, office
from app.topics.models import OUT, Topic, TopicState
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import named

handed_in = or_(
    Topic.state.not_in([TopicState.SKETCH, TopicState.WITHDRAWN]), Topic.submitted_at.is_not(None)
)


def once_handed_in(role: Relation) -> Relation:
    """A role towards every topic but an idea that its proposer has not handed in."""
    name = name_of(role)
    return relation(name, role.label, lambda actor: handed_in if name in actor.roles else None)


published = relation(
    "public",
    "anyone, once its call is published",
    lambda actor: Topic.state.in_(OUT),
    public=True,
)
proposer = relation("proposer", "who proposed it", lambda actor: Topic.proposed_by == actor.id, own=True)
IDEAS = (
    TopicState.SKETCH,
    TopicState.IDEA,
    TopicState.REJECTED,
    TopicState.MERGED,
    TopicState.WITHDRAWN,
)
# What the office makes of an idea is shown to its proposer no sooner than to others.
own_idea = relation(
    "own_idea",
    "who proposed it, while it is an idea",
    lambda actor: Topic.state.in_(IDEAS) & (Topic.proposed_by == actor.id),
    sees=False,
    own=True,
)
_target = aliased(Topic)  # once, so that the statement stays the same
sees_target = relation(
    "sees_target",
    "who sees what it is merged into",
    lambda actor: exists().where(
        _target.id == Topic.merged_into_id,
        or_(_target.state.in_(OUT), _target.proposed_by == actor.id),
    ),
    sees=False,
    own=True,
)
screener = relation(
    "screener",
    "a member of the committee who did not propose it",
    lambda actor: (
        Topic.proposed_by.is_distinct_from(actor.id)
        if actor.roles & (committee.names | committee_chair.names)
        else None
    ),
    sees=False,
)
consulted = named("consulted", "a person of a body that is consulted")
"""Whoever reads the text while it is in consultation; the consultation says who that is."""
co_author = named("co_author", "a co-author of its draft")
"""Whoever writes the draft with the office; the co-authors' folder says who that is."""
adviser = named("adviser", "a member of an advisory body")
"""Whoever advises on advanced texts; the opinions' folder says who that is."""

makers = (office, auditor, committee, committee_chair)
staff = office | auditor | committee | committee_chair
"""Those who make the topic."""
readers = staff | published | consulted | co_author | adviser
"""Whoever reads the whole text."""
SIGHTS = {
    Topic: Sight(
        (*(once_handed_in(role) for role in makers), published, proposer, own_idea, sees_target, screener),
        topic=Topic.id,
    )
}
