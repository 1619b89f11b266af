"""How letters stand on the wire: to read one is to open it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from app.core.pages import Order
from app.decisions.letter.access import addressee
from app.decisions.letter.models import Letter
from app.decisions.letter.queries import NEEDED
from app.decisions.letter.schemas import LetterItem, LetterOwn, LetterRead
from app.decisions.letter.workflow import LETTER
from app.people.access import auditor, office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted
from app.workflow.rows import lock_all
from app.workflow.run import SYSTEM, fire

staff = office | auditor


async def open_it(asked: Asked, letter: Letter, body: Any) -> None:
    """Where one of the contacts reads it for the first time, that is its opening."""
    if isinstance(body, LetterRead) or _has_opened(letter, asked):
        return
    (locked,) = await lock_all(asked.session, Letter, [letter.id], NEEDED)
    if _has_opened(locked, asked):
        return
    await fire(LETTER, "open", locked, replace(asked.act(SYSTEM), by_system=True))
    now = LetterOwn.model_validate(locked)
    for name in ("state", "opened_at", "received_on", "last_day"):
        setattr(body, name, getattr(now, name))


def _has_opened(letter: Letter, asked: Asked) -> bool:
    return any(one.account_id == asked.actor.id for one in letter.openings)


LETTERS = Mounted(
    LETTER,
    Letter,
    "letters",
    views=((staff, LetterRead), (addressee, LetterOwn)),
    items=((staff | addressee, LetterItem),),
    needs=NEEDED,
    orders={"created_at": Order(Letter.created_at)},
    filters={"proposal_id": Filter(UUID, lambda actor, key: Letter.proposal_id == key)},
    completes=open_it,
)
