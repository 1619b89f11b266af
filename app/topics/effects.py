"""What the rows of a topic bring about."""

import secrets

from sqlalchemy import exists, select

from app.committee.models import Motion
from app.core import outbox
from app.people.models import Account
from app.topics.models import Topic
from app.workflow.run import Act

SCREENED = """{name},

your idea {reference}, “{title}”, has been voted on.

{outcome}

This is the motion that was voted on:

{motion}
"""


async def name_idea(topic: Topic, act: Act) -> None:
    """Whose idea it is, under a reference that tells nothing; the office chooses another while drafting."""
    topic.reference = _drawn()
    while await act.session.scalar(select(exists().where(Topic.reference == topic.reference))):
        topic.reference = _drawn()
    topic.proposed_by, topic.action_type = act.actor.id, "RIA"


async def freeze(topic: Topic, act: Act) -> None:
    """Remember which version was voted on (T-07)."""
    topic.adopted_version = topic.version


async def begin_edition(topic: Topic, act: Act) -> None:
    """An adopted text that changes is a new numbered version."""
    topic.version += 1


def _drawn() -> str:
    return f"IDEA-{secrets.randbelow(1_000_000):06}"


async def tell_proposer(topic: Topic, motion: Motion, outcome: str, act: Act) -> None:
    """Write to the proposer how the vote on the idea went, with the motion as the reason."""
    account = await act.session.get_one(Account, topic.proposed_by)
    await outbox.write(
        act.session,
        to=account.email,
        kind="idea_screened",
        subject=f"Your idea {topic.reference}",
        text=SCREENED.format(
            name=account.name,
            reference=topic.reference,
            title=topic.title,
            outcome=outcome,
            motion=motion.text,
        ),
        at=act.now,
        entity="topic",
        entity_id=topic.id,
    )
