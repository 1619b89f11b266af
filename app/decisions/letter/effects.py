"""What the rows of a letter bring about."""

from app.core import letters
from app.decisions.letter.models import Letter, LetterOpening
from app.people.desk import desk
from app.workflow.run import Act


async def seal(letter: Letter, act: Act) -> None:
    """Name the text by its digest, and sign what was written about which proposal, and when."""
    letter.digest = letters.digest_of(letter.subject, letter.text)
    facts = letters.Facts(
        iss=desk().public_url,
        reference=letter.proposal.reference,
        kind=letter.kind,
        digest=letter.digest,
        written_at=act.now.isoformat(timespec="microseconds"),
    )
    letter.signature = letters.sign(desk().tokens.pem, facts)
    act.note(kind=letter.kind, digest=letter.digest)


async def keep_opening(letter: Letter, act: Act) -> None:
    """Once for each contact; the first of them starts the period."""
    assert act.actor.id is not None
    letter.openings.append(LetterOpening(account_id=act.actor.id, at=act.now))
