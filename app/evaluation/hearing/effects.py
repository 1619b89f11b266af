"""What the rows of rounds and hearings bring about."""

import hashlib

from app.calls.rules import in_words
from app.evaluation.hearing.models import Hearing, HearingRound
from app.people.desk import desk
from app.proposals.letters import Texts, send_to_contacts
from app.workflow.run import Act

CALLED = """To the coordinator of proposal {reference}, {acronym}

The panel hears proposals before it ends its work. Yours is heard from {starts} to {ends}, Brussels time, at:

{place}

The questions, and what lets you in where the place is a link, are at

{url}/v1/hearings/{key}

You may answer in writing until {until}, Brussels time, and name there who will come. A hearing clarifies; it
changes nothing of what you have handed in.
"""
CANCELLED = """To the coordinator of proposal {reference}, {acronym}

The hearing to which you were called is cancelled, as are all others that were called with it. The reason:

{reason}
"""
MOVED = """To the coordinator of proposal {reference}, {acronym}

The hearing to which you were called is moved. Yours is now heard from {starts} to {ends}, Brussels time, at:

{place}

The reason:

{reason}

What lets you in where the place is a link is at {url}/v1/hearings/{key}
"""
CALLED_OFF = """To the coordinator of proposal {reference}, {acronym}

The hearing to which you were called does not take place: the proposal is not evaluated any further. The
reason:

{reason}
"""


async def belong(held: HearingRound, act: Act) -> None:
    """Of which panel it is, and what was sent."""
    held.panel, held.topic_id, held.hearings = act.parent, act.parent.topic_id, []
    held.total, held.questions, held.answer_until = act.data.total, act.data.questions, act.data.answer_until


async def date_sending(held: HearingRound, act: Act) -> None:
    held.sent_at = act.now
    act.note(proposals=sorted(str(one.proposal_id) for one in held.standing))


async def keep_cancellation(held: HearingRound, act: Act) -> None:
    held.cancelled_for = act.data.reason


async def cancel_with_call(held: HearingRound, act: Act) -> None:
    held.cancelled_for = "The call is cancelled."


async def of_round(hearing: Hearing, act: Act) -> None:
    """Of which round it is; of which proposal is said of it already."""
    held: HearingRound = act.parent
    hearing.round, hearing.panel_id, hearing.topic_id = held, held.panel_id, held.topic_id
    act.note(proposal_id=str(hearing.proposal_id))


async def date_call(hearing: Hearing, act: Act) -> None:
    hearing.called_at = act.now


async def announce(hearing: Hearing, act: Act) -> None:
    """Keep the names; the trail has how many they are."""
    hearing.attendees = list(dict.fromkeys(act.data.attendees))
    act.note(attendees=len(hearing.attendees))


async def keep_answers(hearing: Hearing, act: Act) -> None:
    """Keep them with their time; the trail has their digest."""
    hearing.answers, hearing.answered_at = list(act.data.answers), act.now
    act.note(sha256=hashlib.sha256("\0".join(act.data.answers).encode()).hexdigest())


async def note_hearing(hearing: Hearing, act: Act) -> None:
    hearing.present, hearing.note = sorted(set(act.data.present)), act.data.note
    act.note(present=len(hearing.present))


async def note_absence(hearing: Hearing, act: Act) -> None:
    hearing.note = act.data.note


async def move(hearing: Hearing, act: Act) -> None:
    """Another slot; those who were called are told, and what they have announced and answered stays."""
    given = act.data
    hearing.starts_at, hearing.ends_at = given.starts_at, given.ends_at
    hearing.place = hearing.place if given.place is None else given.place
    hearing.secret = hearing.secret if given.secret is None else given.secret
    text = MOVED.format(
        **_named(hearing), starts=in_words(given.starts_at), ends=in_words(given.ends_at),
        place=hearing.place, reason=given.reason, url=desk().public_url, key=hearing.id,
    )  # fmt: skip
    told = {hearing.proposal_id: (f"Proposal {hearing.reference}: the hearing is moved", text)}
    await send_to_contacts("hearing_moved", told, act)


async def call_off_alone(hearing: Hearing, act: Act) -> None:
    """Whoever was called is told; of one that is only prepared nobody knows."""
    if hearing.called_at is None:
        return
    text = CALLED_OFF.format(**_named(hearing), reason=act.data.reason)
    told = {hearing.proposal_id: (f"Proposal {hearing.reference}: no hearing", text)}
    await send_to_contacts("hearing_cancelled", told, act)


async def call_all(hearings: list[Hearing], act: Act) -> None:
    """One letter to each contact of a coordinator: nobody is named, no place on the list is told."""
    texts: Texts = {}
    for one in hearings:
        assert one.starts_at is not None
        assert one.ends_at is not None
        assert one.answer_until is not None
        text = CALLED.format(
            **_named(one), starts=in_words(one.starts_at), ends=in_words(one.ends_at), place=one.place,
            until=in_words(one.answer_until), url=desk().public_url, key=one.id,
        )  # fmt: skip
        texts[one.proposal_id] = f"Proposal {one.reference}: a hearing", text
    await send_to_contacts("hearing", texts, act)


async def call_off(hearings: list[Hearing], reason: str, act: Act) -> None:
    """The same to all who were called."""
    texts: Texts = {
        one.proposal_id: (
            f"Proposal {one.reference}: the hearing is cancelled",
            CANCELLED.format(**_named(one), reason=reason),
        )
        for one in hearings
    }
    await send_to_contacts("hearing_cancelled", texts, act)


def _named(hearing: Hearing) -> dict[str, str]:
    acronym = hearing.proposal.handed_in.get("acronym", hearing.proposal.acronym)
    return {"reference": hearing.reference, "acronym": str(acronym)}
