"""What the office is told when money becomes free that the reserve list waits for."""

from app.calls.rules import in_words
from app.core import outbox
from app.core.outbox import Letter
from app.decisions.queries import interested
from app.decisions.reserve.models import ReserveList
from app.decisions.reserve.rules import asked_by
from app.people.desk import desk
from app.people.queries import holders_of
from app.workflow.run import Act

FREE = """Money of topic {topic} is free: of {envelope} euro {spent} are spent.

Next on its reserve list, rank {rank}: {names}, {wanted} euro. Two officers may promote from it{until} at
{url}/v1/reserve_lists/{key}
"""


async def tell_of_free_money(reserve: ReserveList, act: Act) -> None:
    """Write to every officer who applies for the topic in no proposal on it and has no conflict with one."""
    officers = await holders_of(act.session, "office", act.now)
    out = await interested(act.session, [one.id for one in officers], [reserve.topic_id])
    text = FREE.format(
        topic=reserve.topic_stage.topic.reference,
        envelope=reserve.envelope,
        spent=reserve.spent,
        rank=reserve.first[0].rank,
        names=" and ".join(one.reference for one in reserve.first),
        wanted=asked_by(reserve.first),
        until="" if reserve.until is None else f" until {in_words(reserve.until)}, Brussels time,",
        url=desk().public_url,
        key=reserve.id,
    )
    letters = [
        Letter(one.email, "The reserve list may be used", text, "reserve_list", reserve.id)
        for one in officers
        if one.id not in out
    ]
    await outbox.write_all(act.session, "reserve_to_use", letters, act.now)
