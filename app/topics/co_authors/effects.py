"""What the rows of a co-author bring about."""

from app.core import outbox
from app.people.desk import desk
from app.people.queries import somebody
from app.topics.co_authors.models import CoAuthor
from app.workflow.run import Act

INVITATION = """{name},

you are asked to write the draft of the topic {topic}, “{title}”, with the programme office.

Whoever has written a draft does not vote on it. Accept, or end the invitation, at

{url}/v1/co_authors/{key}
"""


async def ask_to_write(author: CoAuthor, act: Act) -> None:
    """Tie the person to the draft, and write to them."""
    author.topic = act.parent
    account = await somebody(act.session, author.account_id, "/body/account_id")
    await outbox.write(
        act.session,
        to=account.email,
        kind="co_author",
        subject=f"The draft of {author.topic.reference}",
        text=INVITATION.format(
            name=account.name,
            topic=author.topic.reference,
            title=author.topic.title,
            url=desk().public_url,
            key=author.id,
        ),
        at=act.now,
        entity="co_author",
        entity_id=author.id,
    )


async def take_part(author: CoAuthor, act: Act) -> None:
    author.accepted_at = act.now
