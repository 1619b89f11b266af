"""Letters are kept as they are written, and sent to each contact of the coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.calls.models import TopicStage
from app.core import outbox
from app.decisions.letter.models import Kind, Letter, LetterCopy
from app.decisions.letter.workflow import LETTER
from app.proposals.letters import to_contacts
from app.proposals.models import Proposal
from app.workflow.run import Act, create_all


@dataclass(frozen=True)
class Written:
    """A letter: what it tells, in which words, and whether a review may be asked for after it (Z-01)."""

    kind: Kind
    subject: str
    text: str
    reviewable: bool


async def keep_and_send(
    part: TopicStage, letters: Mapping[Proposal, Written], act: Act, mail: str = "outcome"
) -> None:
    """Keep the letter about each of these proposals of a topic, and write a mail for each contact.

    `mail` is the kind of mail that brings it.
    """
    await keep_of_several({proposal: (part.id, one) for proposal, one in letters.items()}, act, mail)


async def keep_of_several(
    letters: Mapping[Proposal, tuple[UUID, Written]], act: Act, mail: str = "outcome"
) -> None:
    """The same, of proposals of several topics in their stages, whose ids stand beside the letters."""
    kept = {}
    for proposal, (part_id, written) in letters.items():
        letter = Letter(proposal=proposal, kind=written.kind, reviewable=written.reviewable)
        letter.topic_stage_id, letter.topic_id = part_id, proposal.topic_id
        letter.consortium_id, letter.subject = proposal.consortium_id, written.subject
        letter.text, letter.copies, letter.openings = written.text, [], []
        kept[proposal.id] = letter
    await create_all(LETTER, "write", list(kept.values()), act.given(None))
    texts = {proposal.id: (one.subject, one.text) for proposal, (_, one) in letters.items()}
    mails = await outbox.write_all(act.session, mail, await to_contacts(act.session, texts), act.now)
    for one in mails:
        assert one.entity_id is not None
        kept[one.entity_id].copies.append(LetterCopy(mail=one))
    await act.session.flush()
