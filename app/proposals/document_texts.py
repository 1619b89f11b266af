"""What documents say that experts of a blind stage read: kept by digest, searched for names (V-25)."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import blind_of
from app.consortia.disclosure import Told, told_in
from app.core.pdf import BETWEEN_PAGES
from app.proposals.disclosure import NOTHING, Applicants, Searched, drafting, handed_in_by, watch_for
from app.proposals.models import DocumentText, Proposal

PARTED = re.compile(rf"-[ \t]*[\n{BETWEEN_PAGES}]\s*")
"""A hyphen at the end of a line."""
REMEMBERED = 64  # documents: their problem list is asked for after every change


@dataclass(frozen=True)
class Read:
    """A document that has been read, known by its digest."""

    path: str
    digest: str
    text: str = field(compare=False)

    @property
    def unread(self) -> str | None:
        """Which pages have no text, if some have none."""
        pages = [str(n) for n, page in enumerate(self.text.split(BETWEEN_PAGES), 1) if not page]
        return f"{self.path}, page {', '.join(pages)}" if pages else None


def read_blind(proposal: Proposal, key: str) -> bool:
    """Whether experts read this document without learning whose it is."""
    terms = blind_of(proposal.topic_stage)
    return terms is not None and key in terms.documents


async def keep_text(session: AsyncSession, digest: str, text: str | None) -> None:
    """Keep what the document says; one that could not be read before may be now."""
    kept = insert(DocumentText).values(digest=digest, text=text)
    again = {"text": kept.excluded.text}
    once = kept.on_conflict_do_update(
        index_elements=["digest"], set_=again, where=DocumentText.text.is_(None)
    )
    await session.execute(once)


async def search_draft(session: AsyncSession, proposal: Proposal) -> Searched:
    """What stands in the documents of a draft."""
    documents = {document.key: document.digest for document in proposal.documents}
    return await _search(session, _to_search(proposal, documents), drafting(proposal))


async def search_sealed(session: AsyncSession, proposal: Proposal) -> Searched:
    """What stands in the documents that were handed in last."""
    sealed = proposal.versions[-1].manifest["documents"]
    documents = {document["key"]: document["digest"] for document in sealed}
    return await _search(session, _to_search(proposal, documents), handed_in_by(proposal))


def _to_search(proposal: Proposal, documents: Mapping[str, str]) -> Mapping[str, str]:
    return {f"/documents/{key}": digest for key, digest in documents.items() if read_blind(proposal, key)}


async def _search(session: AsyncSession, documents: Mapping[str, str], whose: Applicants) -> Searched:
    if not documents:
        return NOTHING
    wanted = select(DocumentText.digest, DocumentText.text).where(DocumentText.digest.in_(documents.values()))
    kept = {row.digest: row.text for row in await session.execute(wanted)}
    found: list[Told] = []
    unread: list[str] = []
    for path, digest in documents.items():
        if (text := kept.get(digest)) is None:
            unread.append(path)
            continue
        one = Read(path, digest, text)
        # A long document takes up to a second, in which others are answered.
        found += await asyncio.to_thread(_found, one, whose)
        unread += [one.unread] if one.unread else []
    return Searched(found, unread)


@lru_cache(REMEMBERED)
def _found(document: Read, whose: Applicants) -> Sequence[Told]:
    """Each passage once. A hyphen at the end of a line may be of the word or not: both are looked for."""
    readings = dict.fromkeys(PARTED.sub(hyphen, document.text) for hyphen in ("-", ""))
    hits = (hit for text in readings for hit in told_in({document.path: text}, watch_for(whose)))
    return tuple({hit.passage: hit for hit in hits}.values())
