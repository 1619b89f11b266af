"""What the rows of a consultation bring about."""

from datetime import UTC

from sqlalchemy import select

from app.core import outbox
from app.people.desk import desk
from app.people.models import Account
from app.people.queries import somebody
from app.topics.consultation.models import Comment, Consultation, ConsultedBody, ConsultedBodyState
from app.workflow.run import Act

INVITATION = """{name},

{body} is asked for its comments on the draft of the topic {topic}: {title}.

This is round {number} of the consultation. Comments are taken from {since:%d %B %Y, %H:%M:%S} UTC
until {until:%d %B %Y, %H:%M:%S} UTC.
If there is nothing to say, decline with a word on why.

{url}/v1/consultations/{key}
"""


MOVED = """{name},

round {number} of the consultation on the topic {topic}, {title}, to which {body} is invited,
takes comments until {until:%d %B %Y, %H:%M:%S} UTC from now on.

The reason:

{reason}

{url}/v1/consultations/{key}
"""


async def open_now(consultation: Consultation, act: Act) -> None:
    """The next round of the topic."""
    consultation.number = len(act.parent.rounds) + 1
    consultation.topic, consultation.opened_at = act.parent, act.now
    consultation.of_version = act.parent.version
    consultation.opens_at = consultation.opens_at or act.now


async def move_the_end(consultation: Consultation, act: Act) -> None:
    """The new end, and a mail to each body that may still say something; the trail keeps the old one."""
    act.note(was=consultation.closes_at.isoformat())
    consultation.closes_at = act.data.closes_at
    invited = [b for b in consultation.bodies if b.state == ConsultedBodyState.INVITED]
    people = select(Account).where(Account.id.in_([body.account_id for body in invited]))
    names = {account.id: account for account in await act.session.scalars(people)}
    letters = [
        outbox.Letter(
            to=names[body.account_id].email,
            subject=f"Your comments on {consultation.topic.reference}",
            text=MOVED.format(
                name=names[body.account_id].name,
                body=body.name,
                topic=consultation.topic.reference,
                title=consultation.topic.title,
                number=consultation.number,
                until=consultation.closes_at.astimezone(UTC),
                reason=act.data.reason,
                url=desk().public_url,
                key=consultation.id,
            ),
            entity="consulted_body",
            entity_id=body.id,
        )
        for body in invited
    ]
    await outbox.write_all(act.session, "consultation", letters, act.now)


async def ask(body: ConsultedBody, act: Act) -> None:
    """Tie the body to the round, and write to its person."""
    consultation: Consultation = act.parent
    body.consultation, body.topic_id = consultation, consultation.topic_id
    account = await somebody(act.session, body.account_id, "/body/account_id")
    await outbox.write(
        act.session,
        to=account.email,
        kind="consultation",
        subject=f"Your comments on {consultation.topic.reference}",
        text=INVITATION.format(
            name=account.name,
            body=body.name,
            topic=consultation.topic.reference,
            title=consultation.topic.title,
            number=consultation.number,
            since=consultation.opens_at.astimezone(UTC),
            until=consultation.closes_at.astimezone(UTC),
            url=desk().public_url,
            key=consultation.id,
        ),
        at=act.now,
        entity="consulted_body",
        entity_id=body.id,
    )


async def place(comment: Comment, act: Act) -> None:
    """Who says it, and for which body if for one."""
    consultation: Consultation = act.parent
    comment.consultation, comment.topic_id = consultation, consultation.topic_id
    assert act.actor.id is not None
    comment.author_id = act.actor.id
    invited = (b for b in consultation.bodies if b.state == ConsultedBodyState.INVITED)
    comment.body = next((b for b in invited if b.account_id == act.actor.id), None)
