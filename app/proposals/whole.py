"""The whole of a draft or a sealed version as one file: a print, the answers as data, the documents."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as packaged
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from app.calls.chosen import Form, form_of
from app.calls.rules import in_words
from app.core.typeset import typeset
from app.core.uploads import ZIP, chunks, entry_of, handed_over
from app.proposals.access import consortium
from app.proposals.copies import copied, fetched
from app.proposals.documents import ProposalId
from app.proposals.models import Proposal
from app.proposals.mounts import PROPOSALS
from app.proposals.printing import facts_of
from app.proposals.readings import Copy, copy_of
from app.proposals.sealed import COPIES, WHO, Number, as_shown, sealed, with_figures
from app.proposals.sealing import answers_of, manifest_of
from app.proposals.unsubmitted import in_words as unsubmitted_in_words
from app.proposals.unsubmitted import unsubmitted
from app.workflow.asked import Token, asked
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/proposals/{id}")
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}}}


@dataclass(frozen=True)
class Whole:
    """What goes into the file: `facts` for the print, `written` as it is; a copy for a reader, or none."""

    name: str
    prints: str
    facts: dict[str, Any]
    written: dict[str, Any]
    documents: Sequence[dict[str, Any]]
    at: datetime
    copy: Copy | None = None


async def packed(state: Any, whole: Whole, reference: str) -> IO[bytes]:
    """The file, made piece by piece and while no connection is held. Raises Unmet as `copied` does."""
    template = (packaged("app.proposals") / "draft.typ").read_bytes()
    printed = await typeset(template, whole.facts, whole.at, large=True)
    made = TemporaryFile()  # noqa: SIM115  # whoever asked closes it
    with ZipFile(made, "w") as archive:
        archive.writestr(entry_of(whole.prints, whole.at), printed, ZIP_DEFLATED)
        told = json.dumps(whole.written, ensure_ascii=False, indent=1)
        archive.writestr(entry_of("answers.json", whole.at), told, ZIP_DEFLATED)
        for document in whole.documents:
            named = entry_of(f"documents/{document['key']}.pdf", whole.at)
            with await _file(state, whole, reference, document) as file, archive.open(named, "w") as entry:
                async for chunk in chunks(file):
                    entry.write(chunk)
    return made


async def _file(state: Any, whole: Whole, reference: str, document: dict[str, Any]) -> IO[bytes]:
    if whole.copy is None or whole.copy.reading.role == "auditor":
        return await fetched(state, document["digest"])
    return await copied(state, whole.copy, reference, document)


def _state_of(proposal: Proposal, now: dict[str, Any]) -> str:
    if not proposal.versions:
        return "Draft, not submitted."
    last = proposal.versions[-1]
    if not proposal.draft_lives:
        return f"Version {last.number} was handed in; the draft is void."
    changed = unsubmitted_in_words(unsubmitted(last.manifest, now), last.number)
    return f"Version {last.number} was handed in. " + (changed or "Nothing has been changed since.")


@router.get(
    "/draft.zip",
    response_class=StreamingResponse,
    responses=refusals(401, 404) | ANSWER,
    summary="Take the whole draft as one file (proposal)",
    description=f"Who: {consortium.label}. A ZIP of a print, everything written as JSON, and the documents.",
    operation_id="proposal_draft_zip",
)
async def read_draft(request: Request, token: Token, proposal_id: ProposalId) -> StreamingResponse:
    """Read all of it; pack it without a connection."""
    state = request.app.state
    async with state.sessions() as session, session.begin():
        asking = await asked(request, session, token)
        needs = PROPOSALS.needs_of("submit")
        proposal, held = await look(session, Proposal, proposal_id, asking.actor, needs, by=consortium)
        answers, form = answers_of(proposal), form_of(proposal.topic_stage)
        manifest = manifest_of(proposal, (proposal.sealed or 0) + 1, answers)
        texts = {s.key: s.text for s in proposal.sections if s.key not in answers}
        told = _state_of(proposal, manifest)
        manifest = await with_figures(asking, proposal, held, manifest)
        whole = Whole(
            name=f"{proposal.reference}-draft.zip",
            prints="draft.pdf",
            facts=facts_of(manifest, form, texts, answers, told, _line(proposal, "draft", asking.now)),
            written={"state": told} | _draft(proposal, manifest, form),
            documents=manifest["documents"],
            at=asking.now,
        )
        reference = proposal.reference
    return handed_over(await packed(state, whole, reference), whole.name, ZIP)


def _line(proposal: Proposal, what: str, at: datetime) -> str:
    return f"{proposal.reference}, {what}, {in_words(at)}, Brussels time"


def _draft(proposal: Proposal, manifest: dict[str, Any], form: Form) -> dict[str, Any]:
    """Everything as it was written, also to fields that are not asked for now."""
    kept = ("reference", "acronym", "title", "abstract", "requested", "documents", "partners")
    titles = {section.key: section.title for section in form.sections}
    sections = [
        {"key": s.key, "title": titles.get(s.key), "version": s.version, "answers": s.answers}
        for s in proposal.sections
    ]
    return {name: manifest[name] for name in kept} | {"sections": sections}


@router.get(
    "/sealed/{number}/proposal.zip",
    response_class=StreamingResponse,
    responses=refusals(401, 404, 409) | ANSWER,
    summary="Take the whole of a sealed version as one file (proposal)",
    description=f"{WHO} A ZIP of a print, the manifest and answers as JSON, and the documents. {COPIES}",
    operation_id="proposal_sealed_zip",
)
async def read_version(
    request: Request, token: Token, proposal_id: ProposalId, number: Number
) -> StreamingResponse:
    """Read all of it; pack it without a connection; record it before it is sent."""
    state = request.app.state
    async with state.sessions() as session, session.begin():
        asking = await asked(request, session, token)
        proposal, version, held = await sealed(asking, proposal_id, number)
        copy = await copy_of(asking, held, proposal, number, "whole", None)
        told = f"Version {number}, handed in on {in_words(version.received_at)}, Brussels time."
        line = copy.line if copy else _line(proposal, f"version {number}", asking.now)
        form, read = form_of(proposal.topic_stage), await as_shown(asking, proposal, version, held)
        whole = Whole(
            name=f"{proposal.reference}-{number}.zip",
            prints="proposal.pdf",
            facts=facts_of(read.manifest, form, read.texts, read.answers, told, line),
            written=read.written,
            documents=read.documents,
            at=asking.now,
            copy=copy,
        )
        reference = proposal.reference
    file = await packed(state, whole, reference)
    if copy is not None:
        async with state.sessions() as session, session.begin():
            session.add(copy.reading)
    return handed_over(file, whole.name, ZIP)
