"""What the rows of a topic bring about."""

from sqlalchemy import select

from app.committee.models import Motion
from app.core import outbox, references
from app.core.errors import Malformed
from app.core.reason import Reason
from app.people.models import Account
from app.topics.focus.models import FocusArea, FocusAreaState
from app.topics.models import Topic
from app.workflow.run import Act

SCREENED = """{name},

your idea {reference}, “{title}”, has been voted on.

{outcome}

The reason:

{reason}

This is the motion that was voted on:

{motion}
"""


async def known_areas(topic: Topic, act: Act) -> None:
    """What is chosen anew is offered; what was chosen before may stay."""
    if "focus_area_ids" not in act.data.model_fields_set:
        return
    added = set(act.data.focus_area_ids) - {link.focus_area_id for link in topic.focus_links}
    offered = select(FocusArea.id).where(FocusArea.id.in_(added), FocusArea.state == FocusAreaState.ACTIVE)
    if added - set(await act.session.scalars(offered)):
        told = "There is no such focus area to be chosen."
        raise Malformed(reasons=[Reason("no-such-area", told, "/body/focus_area_ids", "sender")])


async def name_idea(topic: Topic, act: Act) -> None:
    """Whose idea it is, under a reference that tells nothing; the office chooses another while drafting."""
    topic.reference = await references.drawn(act.session, "IDEA", Topic.reference)
    topic.proposed_by, topic.action_type = act.actor.id, "RIA"


async def freeze(topic: Topic, act: Act) -> None:
    """Remember which version was voted on (T-07)."""
    topic.adopted_version = topic.version


async def begin_edition(topic: Topic, act: Act) -> None:
    """An adopted text that changes is a new numbered version."""
    topic.version += 1


async def date_idea(topic: Topic, act: Act) -> None:
    topic.submitted_at = act.now


async def keep_target(topic: Topic, act: Act) -> None:
    """What the idea is merged into: the act's parent."""
    topic.merged_into_id = act.parent.id
    act.note(into=str(act.parent.id))


async def note_merged(topic: Topic, act: Act) -> None:
    """The trail of the target names the idea that was merged into it."""
    act.note(merged=str(act.parent.id))


async def tell_proposer(topic: Topic, motion: Motion, outcome: str, act: Act) -> None:
    """Write to the proposer how the vote on the idea went, and why."""
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
            reason=motion.outcome_reason,
            motion=motion.text,
        ),
        at=act.now,
        entity="topic",
        entity_id=topic.id,
    )
