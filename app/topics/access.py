"""Who sees a topic: those who make it until its call opens, everybody afterwards."""

from app.people.access import auditor, committee, committee_chair, office
from app.topics.models import Topic, TopicState
from app.workflow.sight import Sight, relation
from app.workflow.who import named

published = relation(
    "public",
    "anyone, once its call is published",
    lambda actor: Topic.state.in_([TopicState.IN_CALL, TopicState.CLOSED]),
    public=True,
)
proposer = relation("proposer", "who proposed it", lambda actor: Topic.proposed_by == actor.id, own=True)
# What the office makes of an idea is shown to its proposer no sooner than to others.
own_idea = relation(
    "own_idea",
    "who proposed it, while it is an idea",
    lambda actor: Topic.state.in_([TopicState.IDEA, TopicState.REJECTED]) & (Topic.proposed_by == actor.id),
    sees=False,
    own=True,
)
consulted = named("consulted", "a person of a body that is consulted")
"""Whoever reads the text while it is in consultation; the consultation says who that is."""
co_author = named("co_author", "a co-author of its draft")
"""Whoever writes the draft with the office; the co-authors' folder says who that is."""
adviser = named("adviser", "a member of an advisory body")
"""Whoever advises on advanced texts; the opinions' folder says who that is."""

makers = (office, auditor, committee, committee_chair)
SIGHTS = {Topic: Sight((*makers, published, proposer, own_idea), topic=Topic.id)}
