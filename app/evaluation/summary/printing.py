"""Summary reports as PDF files: made by a job, each once, kept by the digest of its bytes."""

from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files as resources
from io import BytesIO
from typing import Any
from uuid import UUID

import procrastinate
from sqlalchemy.dialects.postgresql import insert

from app.core import jobs
from app.core.db import Sessions
from app.core.files import Files, StoredFile
from app.core.sweeping import hold
from app.core.typeset import typeset
from app.core.uploads import chunks, files
from app.evaluation.summary.content import Content
from app.evaluation.summary.models import Summary, SummaryPrint, SummaryState, SummaryVersion
from app.evaluation.summary.queries import latest_versions

CHUNK = 25  # documents whose prints are written together
LARGEST = 20 * 1024 * 1024
TITLES = {"strengths": "Strengths", "shortcomings": "Shortcomings", "comments": "Comments"}
VIEWS = {
    "majority": "The experts did not agree: the view of the majority",
    "minority": "The view of the minority",
    "settled": "How the panel settled it",
}


class NotAllPrinted(Exception):
    """Some documents could not be made; the job is tried again."""


@jobs.app.task(name="print_summaries", pass_context=True, retry=jobs.TRY_AGAIN)
async def print_summaries(context: procrastinate.JobContext, list_id: str) -> None:
    """Print what is not yet printed of a list; one that fails stops no other."""
    given = jobs.tools(context)
    if failed := await print_list(given.sessions, files(given.settings), UUID(list_id)):
        raise NotAllPrinted(f"{failed} summary reports of list {list_id} could not be printed.")


async def print_list(sessions: Sessions, kept: Files, list_id: UUID) -> int:
    """Print them chunk by chunk, so that it is seen how far it is; gives how many failed.

    What is held may yet become another text.
    """
    cleared = (Summary.list_id == list_id, Summary.state != SummaryState.HELD)
    async with sessions() as session:
        rows = await session.execute(latest_versions(*cleared))
        waiting = [version for version, made, _ in rows if made is None or made.file is None]
    failed = 0
    for start in range(0, len(waiting), CHUNK):
        made = [await _printed(version, kept) for version in waiting[start : start + CHUNK]]
        failed += sum(stored is None for _, stored, _ in made)
        new = insert(SummaryPrint.__table__)  # type: ignore[arg-type]
        again = {name: new.excluded[name] for name in ("file", "fault", "at")}
        kept_anew = new.on_conflict_do_update(index_elements=["content_digest"], set_=again)
        async with sessions() as session, session.begin():
            for _, stored, file in made:
                if stored is not None:
                    await hold(session, kept, stored, file)
            await session.execute(kept_anew, [row for row, *_ in made])
    return failed


Printed = tuple[dict[str, Any], StoredFile | None, BytesIO]
"""What is written down of a document, and the file unless it has failed."""


async def _printed(version: SummaryVersion, kept: Files) -> Printed:
    row = {"content_digest": version.digest, "file": None, "fault": None, "at": version.made_at}
    try:
        file = BytesIO(await summary_pdf(version.content, version.made_at, large=True))
        stored = await kept.store(chunks(file), LARGEST)
    except Exception as fault:  # whatever is wrong with one is no reason to leave out the others
        return row | {"fault": f"{type(fault).__name__}: {fault}"[:500]}, None, BytesIO()
    return row | {"file": stored.digest}, stored, file


async def summary_pdf(content: Content, at: datetime, *, large: bool = False) -> bytes:
    """The same bytes whenever it is asked for: all of it comes from the content."""
    template = (resources("app.evaluation.summary") / "summary.typ").read_bytes()
    return await typeset(template, facts_of(content), at, large=large, accessible=True)


def facts_of(content: Content) -> dict[str, Any]:
    """What stands in the document."""
    proposal, topic, call, scale = (content[name] for name in ("proposal", "topic", "call", "scale"))
    total = ("Total", content["total"], content["overall_threshold"], _yes(content["overall_reached"]))
    return {
        "heading": f"Evaluation summary report, {proposal['reference']}",
        "issuer": call["programme"],
        "rows": [
            ("Proposal", f"{proposal['acronym']}, {proposal['reference']}"),
            ("Title", proposal["title"]),
            ("Topic", f"{topic['reference']}: {topic['title']}"),
            ("Call", f"{call['reference']}: {call['title']}"),
        ],
        "scores": [
            *((c["title"], c["score"], c["threshold"], _yes(c["reached"])) for c in content["criteria"]),
            total,
        ],
        "scale": [
            f"Each criterion is scored from {scale['least']} to {scale['most']} in steps of {scale['step']}."
        ],
        "criteria": [
            {"title": f"{c['title']}: {c['score']}", "parts": list(_parts(c))} for c in content["criteria"]
        ],
        "views": [
            {"title": VIEWS[name], "text": _paragraphs(text)}
            for name, text in (content["disagreement"] or {}).items()
        ],
    }


def _parts(criterion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, title in TITLES.items():
        if criterion[name]:
            yield {"title": title, "items": [_paragraphs(text) for text in criterion[name]]}
    if (panel := criterion["panel"]) is not None:
        told = ["The score is the panel's."] if panel["scored"] else []
        yield {"title": "By the panel", "items": [[*told, *_paragraphs(panel["comment"] or "")]]}


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _yes(reached: bool) -> str:
    return "Yes" if reached else "No"
