"""The letters that tell consortia that their call has changed, or has ended before its time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.calls.amendments.models import Amendment
from app.calls.rules import BRUSSELS
from app.core import outbox
from app.people.desk import desk
from app.proposals.models import Proposal, ProposalState
from app.proposals.queries import contacts
from app.workflow.run import Act

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


async def write_endings(proposals: Sequence[Proposal], what: str, act: Act) -> None:
    """Write to the contacts of each coordinator; of drafts too, and of no other's."""
    addresses = await contacts(act.session, Proposal.id.in_([proposal.id for proposal in proposals]))
    for proposal in proposals:
        named = {"reference": proposal.reference, "acronym": proposal.acronym}
        text = LETTER.format(
            **named,
            ended=ENDED[what].format(**named),
            reason=act.data.reason,
            then=DRAFT if proposal.state == ProposalState.DRAFT else OVER,
        )
        subject = f"Proposal {proposal.reference}: the {what} has ended"
        await _send(proposal, addresses, "discontinued", subject, text, act)


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
    addresses = await contacts(act.session, Proposal.id.in_([proposal.id for proposal in proposals]))
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
        await _send(
            proposal,
            addresses,
            "amendment",
            f"Proposal {proposal.reference}: the call has changed",
            text,
            act,
        )


def _moved(amendment: Amendment) -> str:
    if amendment.new_deadline is None or amendment.old_deadline is None:
        return ""
    old, new = _wall(amendment.old_deadline), _wall(amendment.new_deadline)
    return f"\nThe deadline was {old} and is now {new}, Brussels time.\n"


def _wall(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d %B %Y, %H:%M:%S}"


async def _send(
    proposal: Proposal,
    addresses: Mapping[UUID, Sequence[str]],
    kind: str,
    subject: str,
    text: str,
    act: Act,
) -> None:
    for address in sorted(addresses.get(proposal.id, ())):
        await outbox.write(
            act.session,
            to=address,
            kind=kind,
            subject=subject,
            text=text,
            at=act.now,
            entity="proposal",
            entity_id=proposal.id,
        )
