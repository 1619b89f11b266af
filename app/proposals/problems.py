"""The problem list of a proposal: the same while it is written and when it is handed in."""

from collections.abc import Collection, Iterator
from datetime import datetime

from app.calls.chosen import form_of
from app.calls.rules import LAST_SECOND, gone, late
from app.consortia.budget.parts import warnings
from app.consortia.budget.shown import for_reader
from app.consortia.eligibility import eligibility_problems, unsigned
from app.consortia.problems import Entry, blocking
from app.core.reason import Reason
from app.proposals import disclosure
from app.proposals.answers import gaps, unexplained
from app.proposals.disclosure import NOTHING, Searched
from app.proposals.models import Proposal, ProposalState
from app.proposals.rules import excess

NEEDED = (
    "topic_stage.stage.call", "topic_stage.topic", "sections", "documents",
    "consortium.partners.organisation.same_control", "consortium.topic_stage.stage.call",
    "consortium.topic_stage.topic", "consortium.partners.people",
)  # fmt: skip
"""What of a proposal is looked at."""
EXPIRED = " The proposal was not handed in: it has expired, and stays readable for you."


def problems(
    proposal: Proposal, now: datetime, shown: Collection[str] = (), searched: Searched = NOTHING
) -> Iterator[Entry]:
    """What stands against handing it in now, then what is judged after closing.

    `shown`: whose figures; `searched`: what was found in its documents.

    What blocks is form alone: the deadline, what the form requires. Whatever is judged warns: a wrong
    computation of ours keeps nobody out.
    """
    yield from blocking(out_of_time(proposal, now), "C-02")
    yield from blocking(missing_of(proposal), "M-03")
    for document in proposal.documents:
        if document.fault:
            told = f"{document.key}: {document.fault}"
            yield Entry("unreadable", told, f"/documents/{document.key}", "coordinator", "M-04")
    yield from _unexplained(proposal)
    yield from _left_out(proposal)
    yield from _too_long(proposal)
    yield from disclosure.warnings(proposal, searched)
    yield from eligibility_problems(proposal.consortium)
    yield from unsigned(proposal.consortium)
    yield from for_reader(warnings(proposal.consortium, proposal.requested), shown)


def expired(proposal: Proposal, now: datetime) -> bool:
    """It was never handed in, and the deadline has passed (C-03)."""
    return proposal.state == ProposalState.DRAFT and now >= proposal.closes_at + LAST_SECOND


def out_of_time(proposal: Proposal, now: datetime) -> Iterator[Reason]:
    """Why nothing can be done to it now."""
    part = proposal.topic_stage
    yield from gone(part.state)
    for why in late(part.stage.opens_at, part.stage.closes_at, now):
        over = why.code == "deadline-passed" and proposal.state == ProposalState.DRAFT
        yield Reason(why.code, why.text + EXPIRED, why.path, why.who) if over else why


def missing_of(proposal: Proposal) -> Iterator[Reason]:
    """Every part of the form that the draft still lacks."""
    yield from gaps(
        form_of(proposal.topic_stage),
        proposal.title,
        proposal.abstract,
        {s.key for s in proposal.sections if s.text.strip()},
        {s.key: s.answers for s in proposal.sections},
        {d.key for d in proposal.documents},
    )


def _unexplained(proposal: Proposal) -> Iterator[Entry]:
    answers = {section.key: section.answers for section in proposal.sections}
    for one in unexplained(form_of(proposal.topic_stage), answers):
        yield Entry(one.code, one.text, one.path, one.who, "X-01")


def _left_out(proposal: Proposal) -> Iterator[Entry]:
    """Documents that may be left out to hand in, and are found missing after closing (M-05)."""
    attached = {document.key for document in proposal.documents}
    for one in form_of(proposal.topic_stage).documents:
        if one.rule and not one.required and one.key not in attached:
            told = f"The document “{one.title}” is missing; without it the proposal is inadmissible."
            yield Entry(f"{one.key}-left-out", told, f"/documents/{one.key}", "coordinator", one.rule)


def _too_long(proposal: Proposal) -> Iterator[Entry]:
    pages = {document.key: document.pages for document in proposal.documents}
    for one in form_of(proposal.topic_stage).documents:
        found = pages.get(one.key)
        if over := excess(found, one.pages):
            told = f"“{one.title}” has {found} pages; the last {over} beyond {one.pages} are not read."
            yield Entry("too-many-pages", told, f"/documents/{one.key}", "coordinator", "C-20")
