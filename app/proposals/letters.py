"""The letters that tell consortia that their call has changed, or has ended before its time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.amendments.models import Amendment
from app.calls.rules import in_words
from app.core import outbox
from app.core.outbox import Letter
from app.people.desk import desk
from app.proposals.models import Proposal, ProposalState
from app.proposals.queries import contacts
from app.workflow.run import Act

Texts = dict[UUID, tuple[str, str]]
"""By proposal, a subject and a text."""
ENDED = {
    "call": "The call for which you prepared proposal {reference}, {acronym}, is cancelled.",
    "topic": "The topic for which you prepared proposal {reference}, {acronym}, is taken out of its call.",
}
OVER = "What you have handed in is discontinued: nothing more will come of it, and you need do nothing."
DRAFT = "Nothing can be handed in any more. Your draft stays readable for you."
LETTER = """To the coordinator of proposal {reference}, {acronym}

{ended}

The reason that was voted on:

{reason}

{then}
"""


def ending_of(proposal: Proposal, what: str, reason: str) -> tuple[str, str]:
    """Subject and text of the letter that its call, or its topic (`what`), has ended, for this reason."""
    named = {"reference": proposal.reference, "acronym": proposal.acronym}
    then = DRAFT if proposal.state == ProposalState.DRAFT else OVER
    text = LETTER.format(**named, ended=ENDED[what].format(**named), reason=reason, then=then)
    return f"Proposal {proposal.reference}: the {what} has ended", text


async def write_endings(drafts: Sequence[Proposal], what: str, act: Act) -> None:
    """Write to the contacts of each coordinator of a draft; who has handed in gets a letter that is kept."""
    texts: Texts = {one.id: ending_of(one, what, act.data.reason) for one in drafts}
    await send_to_contacts("discontinued", texts, act)


AMENDED = """To the coordinator of proposal {reference}, {acronym}

The call for which it is written has been amended: {what} (amendment {number}).
{deadline}
{reason}

{valid}Everything about the call is at {url}/v1/calls/{call}.
"""
VALID = "What you have handed in stays valid. "
WHAT = {
    "extension": "its deadline has moved",
    "budget": "its budget has changed",
    "corrigendum": "a corrigendum has been published",
}


async def write_amendments(amendment: Amendment, proposals: Sequence[Proposal], act: Act) -> None:
    """Write of a change of the call to the contacts of each coordinator."""
    texts: Texts = {}
    for proposal in proposals:
        text = AMENDED.format(
            reference=proposal.reference,
            acronym=proposal.acronym,
            what=WHAT[amendment.kind],
            number=amendment.number,
            deadline=_moved(amendment),
            reason=amendment.reason,
            valid=VALID if proposal.sealed else "",
            url=desk().public_url,
            call=amendment.call_id,
        )
        texts[proposal.id] = f"Proposal {proposal.reference}: the call has changed", text
    await send_to_contacts("amendment", texts, act)


def _moved(amendment: Amendment) -> str:
    if amendment.new_deadline is None or amendment.old_deadline is None:
        return ""
    old, new = in_words(amendment.old_deadline), in_words(amendment.new_deadline)
    return f"\nThe deadline was {old} and is now {new}, Brussels time.\n"


async def send_to_contacts(kind: str, texts: Texts, act: Act) -> None:
    """Send each proposal's letter to the contacts of its coordinator, whatever they chose to be told."""
    await outbox.write_all(act.session, kind, await to_contacts(act.session, texts), act.now)


async def to_contacts(session: AsyncSession, texts: Texts) -> list[Letter]:
    """The letter of each proposal, once for each contact of its coordinator."""
    addresses = await contacts(session, Proposal.id.in_(list(texts)))
    return [
        Letter(to, subject, text, "proposal", key)
        for key, (subject, text) in texts.items()
        for to in sorted(addresses.get(key, ()))
    ]
