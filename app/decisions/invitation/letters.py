"""What both sides of an invitation are told on its way."""

from app.calls.rules import in_words
from app.core import outbox
from app.core.outbox import Letter
from app.decisions.invitation.models import Invitation
from app.people.desk import desk
from app.workflow.run import Act

TOLD = {
    "send": "It is invited to the second stage. From now on both sides may speak with each other.",
    "propose_merger": "Its coordinator proposes to merge; the lead of the industry consortium may join.",
    "join": "Both sides have merged; the full proposal has begun.",
    "decline": "The applicants do not go on to the second stage.",
    "withdraw": "The applicants have withdrawn it.",
    "report_not_feasible": "Its coordinator has written a report that a full proposal is not feasible; it "
    "stands once the lead of the industry consortium agrees.",
    "agree_not_feasible": "Both sides report that a full proposal is not feasible.",
    "lapse": "It was not answered in time and has lapsed.",
}  # fmt: skip
LETTER = """{name},

about the invitation of proposal {reference}, {acronym}, to the second stage:

{told}

It is to be answered until {until}, Brussels time. Both sides find each other, and what may be done, at
{url}/v1/invitations/{key}
"""


async def tell(invitation: Invitation, act: Act, of: str, *, industry_alone: bool = False) -> None:
    """Write to who acts for each member of the industry consortium, and to the applicants' contacts.

    Never before the invitation, and to nobody else's applicants (C-09).
    """
    people = {member.email: member.name for member in invitation.industry}
    if not industry_alone:
        people |= {person.email: person.name for person in invitation.coordinators}
    facts = {
        "reference": invitation.proposal.reference,
        "acronym": invitation.proposal.acronym,
        "told": TOLD[of],
        "until": in_words(invitation.until),
        "url": desk().public_url,
        "key": invitation.id,
    }
    subject = f"Proposal {invitation.proposal.reference}: the second stage"
    letters = [
        Letter(to, subject, LETTER.format(name=name, **facts), "invitation", invitation.id)
        for to, name in sorted(people.items())
    ]
    await outbox.write_all(act.session, "invitation", letters, act.now)
