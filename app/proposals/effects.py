"""What the rows of a proposal bring about."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.calls.chosen import form_of
from app.calls.form import PLAIN
from app.calls.rules import in_words
from app.consortia.access import coordinator
from app.consortia.models import LIVE, Consortium
from app.core import outbox, receipts, references
from app.core.errors import NotFound, Unmet
from app.core.outbox import Letter
from app.core.reason import Reason
from app.people.desk import desk
from app.proposals.answers import unfit
from app.proposals.models import (
    Document,
    Proposal,
    SealedVersion,
    Section,
    SectionVersion,
)
from app.proposals.sealing import answers_of, digest_of, manifest_of, money
from app.workflow.rows import look
from app.workflow.run import Act


async def lay_out(proposal: Proposal, act: Act) -> None:
    """Give it a reference and the empty sections of the form."""
    consortium: Consortium = act.parent
    part = consortium.topic_stage
    proposal.consortium, proposal.topic_stage, proposal.topic_id = consortium, part, part.topic_id
    proposal.reference = await references.drawn(act.session, part.topic.reference, Proposal.reference)
    proposal.sections = [
        Section(id=uuid4(), key=section.key, version=1, answers={}) for section in form_of(part).sections
    ]
    for section in proposal.sections:
        keep(section, act)
    proposal.documents, proposal.versions, proposal.checks = [], [], []


def keep(section: Section, act: Act) -> None:
    """Keep the version that the section has now."""
    kept = SectionVersion(section=section, number=section.version, answers=section.answers, at=act.now)
    kept.author_id = act.actor.id
    act.session.add(kept)


async def write(proposal: Proposal, act: Act) -> None:
    """Change the answers that were sent, leave the others, and keep what came of it."""
    section: Section = act.part
    found = section.answers | {key: _without_blanks(answer) for key, answer in act.data.root.items()}
    section.answers = {key: answer for key, answer in found.items() if answer is not None}
    keep(section, act)


def _without_blanks(answer: Any) -> Any:
    if not isinstance(answer, list):
        return answer
    return [{key: cell for key, cell in row.items() if cell is not None} for row in answer]


async def restore(proposal: Proposal, act: Act) -> None:
    """Take the answers of an older version again, as a new one. Raises NotFound."""
    wanted = select(SectionVersion.answers).where(SectionVersion.section_id == act.part.id)
    answers = await act.session.scalar(wanted.where(SectionVersion.number == act.data.version))
    if answers is None:
        raise NotFound
    act.part.answers = answers
    keep(act.part, act)
    act.note(section=act.part.key)


async def copy_answers(proposal: Proposal, act: Act) -> None:
    """Take over what the form takes of a former proposal, where nothing is written.

    The former one must be coordinated by the same person: nobody else's text is opened to this consortium.
    Raises NotFound, or Unmet where there is nothing to take.
    """
    if act.data.proposal_id == proposal.id:
        raise NotFound
    former, held = await look(act.session, Proposal, act.data.proposal_id, act.actor, ("sections",))
    if not coordinator(held):
        raise NotFound
    if not _take_over(proposal, {section.key: section.answers for section in former.sections}, act):
        told = "It has nothing that the form takes for a section in which nothing is written."
        raise Unmet(reasons=[Reason("nothing-to-copy", told, "/body/proposal_id", "sender")])


async def follow_short(proposal: Proposal, act: Act) -> None:
    """Begin with the short proposal as it was handed in last: no later draft of it is opened to others."""
    assert proposal.follows is not None
    sealed = proposal.follows.versions[-1]
    await act.session.refresh(sealed, ["texts", "answers"])
    proposal.acronym, proposal.title = sealed.manifest["acronym"], sealed.manifest["title"]
    proposal.abstract, proposal.requested = sealed.manifest["abstract"], money(sealed.manifest["requested"])
    plain = {key: {PLAIN: text} for key, text in sealed.texts.items() if text}
    _take_over(proposal, plain | sealed.answers, act)


def _take_over(proposal: Proposal, before: Mapping[str, dict[str, Any]], act: Act) -> bool:
    """Copy what the form takes of earlier answers, where nothing is written; whether there was any."""
    form = {section.key: section for section in form_of(proposal.topic_stage).sections}
    copied = []
    for section in proposal.sections:
        asks, here = form[section.key].asks, before.get(section.key, {})
        taken = {key: answer for key, answer in here.items() if not any(unfit(asks, {key: answer}))}
        if taken and not section.answers:
            section.answers, section.version = taken, section.version + 1
            keep(section, act)
            copied.append(section.key)
    if copied:
        act.note(sections=copied)
    return bool(copied)


async def attach(proposal: Proposal, act: Act) -> None:
    """Put a document in its place; the one that was there stays in the versions that sealed it."""
    given = act.data
    document = next((d for d in proposal.documents if d.key == given.key), None)
    if document is None:
        document = Document(id=uuid4(), proposal=proposal, key=given.key)
        act.session.add(document)
    document.digest, document.size, document.pages = given.digest, given.size, given.pages
    document.fault, document.attached_at = given.fault, act.now


async def hand_in(proposal: Proposal, act: Act) -> None:
    """Seal it and mail the receipt, unless that was done: a second click, or tab, is no second version.

    After a corrigendum the same may be handed in anew: that version has seen it.
    """
    answers = answers_of(proposal)
    last = proposal.versions[-1] if proposal.versions else None
    unseen = last is not None and any(each.at > last.received_at for each in proposal.corrigenda)
    if last and not unseen and last.manifest == manifest_of(proposal, last.number, answers):
        act.note(number=last.number, digest=last.digest, unchanged=True)
        return
    _seal(proposal, act, answers)
    await _mail_receipt(proposal, act)


def _seal(proposal: Proposal, act: Act, answers: dict[str, dict[str, Any]]) -> None:
    """Seal what is there now as the next version; the receipt bears the time the request had arrived."""
    number = (proposal.sealed or 0) + 1
    manifest = manifest_of(proposal, number, answers)
    version = SealedVersion(id=uuid4(), number=number, received_at=act.now, manifest=manifest)
    version.texts = {s.key: s.text for s in proposal.sections if s.key not in answers}
    version.answers = answers
    version.digest = digest_of(manifest)
    facts = receipts.Facts(
        iss=desk().public_url,
        reference=proposal.reference,
        version=number,
        digest=version.digest,
        received_at=act.now.isoformat(timespec="microseconds"),
    )
    version.receipt = receipts.sign(desk().tokens.pem, facts)
    proposal.versions.append(version)
    proposal.sealed, proposal.submitted_at = number, act.now
    proposal.handed_in = {name: manifest[name] for name in ("acronym", "title", "abstract", "requested")}
    act.note(number=number, digest=version.digest)


async def _mail_receipt(proposal: Proposal, act: Act) -> None:
    """Send the receipt to every contact of the consortium."""
    version = proposal.versions[-1]
    text = RECEIPT.format(
        reference=proposal.reference,
        acronym=proposal.acronym,
        number=version.number,
        at=in_words(act.now),
        digest=version.digest,
        receipt=version.receipt,
    )
    people = [p for partner in proposal.consortium.partners if partner.state in LIVE for p in partner.people]
    subject = f"Receipt for {proposal.reference}, version {version.number}"
    addresses = sorted({p.email for p in people if p.until is None and "contact" in p.part})
    letters = (Letter(to, subject, text, "proposal", proposal.id) for to in addresses)
    await outbox.write_all(act.session, "receipt", letters, act.now)


RECEIPT = """Your proposal {reference} ({acronym}) has been received.

Version {number}, received on {at}, Brussels time. The last version received before the deadline counts.

What was handed in is named by this digest (SHA-256): {digest}

The signed receipt:

{receipt}
"""


async def count_what_was_handed_in(proposal: Proposal, act: Act) -> None:
    """Once it is found eligible or not, the last sealed version is the proposal: later drafts are void.

    Not before: a check alone would show in the applicants' own draft.
    """
    sealed = proposal.versions[-1].manifest
    for name in ("acronym", "title", "abstract"):
        setattr(proposal, name, sealed[name])
    proposal.requested = money(sealed["requested"])


async def keep_request(proposal: Proposal, act: Act) -> None:
    """The written request stays with the proposal; nothing more is found out about it."""
    proposal.withdrawal_text = act.data.text


async def drop_request(proposal: Proposal, act: Act) -> None:
    """A deadline that has moved lets it count again: what was written to withdraw it is in the audit."""
    proposal.withdrawal_text = None


async def discontinue(proposal: Proposal, act: Act) -> None:
    """The consortium reads at once that it is over."""
    proposal.released_at = proposal.released_at or act.now


async def promote(proposal: Proposal, act: Act) -> None:
    """It is selected: the reason not to be no longer holds."""
    proposal.released_at, proposal.reason = act.now, None


async def keep_reason(proposal: Proposal, act: Act) -> None:
    proposal.reason = act.data.reason


async def take_finding_back(proposal: Proposal, act: Act) -> None:
    """What was found, or decided, counts no more; the trail keeps it. Nobody is told of anything yet."""
    act.note(was=proposal.reason, rule=proposal.finding_rule)
    proposal.finding_rule = proposal.finding_text = proposal.reason = proposal.released_at = None
    proposal.duplicate_of_id = None


async def release(proposal: Proposal, act: Act) -> None:
    """The consortium may read the true state from now on, and why."""
    proposal.released_at = act.now
    if act.data is not None and getattr(act.data, "reason", None):
        proposal.reason = act.data.reason
