"""The manifest of a sealed version: what was handed in, by its hashes; and the digest that names it."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

import rfc8785

from app.calls.chosen import form_of
from app.consortia.budget.rules import FIGURES
from app.consortia.models import LIVE, Partner
from app.proposals.answers import counted
from app.proposals.models import Proposal, Section
from app.proposals.rules import excess
from app.proposals.unsubmitted import Unsubmitted, unsubmitted

FORMAT = 1


def answers_of(proposal: Proposal) -> dict[str, dict[str, Any]]:
    """What is handed in now of each section that has fields."""
    attached = {document.key: document.digest for document in proposal.documents}
    written = {section.key: section.answers for section in proposal.sections}
    asking = (section for section in form_of(proposal.topic_stage).sections if not section.plain)
    return {one.key: counted(one, written.get(one.key, {}), attached) for one in asking}


def page_limits(proposal: Proposal) -> dict[str, int | None]:
    """How many pages the stage allows of each document of its form; None: any number."""
    return {document.key: document.pages for document in form_of(proposal.topic_stage).documents}


def manifest_of(proposal: Proposal, number: int, answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Everything that is handed in now, as plain JSON; texts, answers and files by their SHA-256."""
    limits = page_limits(proposal)
    return {
        "format": FORMAT,
        "reference": proposal.reference,
        "number": number,
        "acronym": proposal.acronym,
        "title": proposal.title,
        "abstract": proposal.abstract,
        "requested": _euro(proposal.requested),
        "sections": [
            {
                "key": section.key,
                "version": section.version,
                "characters": section.characters,
                "digest": _digest_of(section, answers),
            }
            for section in proposal.sections
        ],
        "documents": [
            {"key": d.key, "digest": d.digest, "size": d.size, "pages": d.pages, "fault": d.fault}
            | {"limit": limits.get(d.key), "excess": excess(d.pages, limits.get(d.key))}
            for d in proposal.documents
        ],
        "partners": [_partner(p) for p in proposal.consortium.partners if p.state in LIVE],
    }


def unsubmitted_of(proposal: Proposal) -> Unsubmitted:
    """What differs from the version handed in last, which there must be."""
    last = proposal.versions[-1]
    return unsubmitted(last.manifest, manifest_of(proposal, last.number, answers_of(proposal)))


def _digest_of(section: Section, answers: dict[str, dict[str, Any]]) -> str:
    fields = answers.get(section.key)
    return sha256(section.text.encode() if fields is None else rfc8785.dumps(fields)).hexdigest()


def _partner(partner: Partner) -> dict[str, Any]:
    organisation = partner.organisation
    acting = ((p.part, p.name) for p in partner.people if p.until is None)
    return {
        "id": str(partner.id),
        "organisation_id": str(organisation.id),
        "legal_name": organisation.legal_name,
        "country": organisation.country,
        "kind": organisation.kind,
        "control_group": organisation.control_group,
        "coordinates": partner.coordinates,
        "signed": partner.state == "signed",
        "self_financed": partner.self_financed,
        **{name: _euro(getattr(partner, name)) for name in FIGURES},
        "people": [{"name": name, "part": part} for part, name in sorted(acting)],
    }


def without_figures(partner: dict[str, Any]) -> dict[str, Any]:
    """A partner of a manifest as others of its consortium read it where figures are not shown."""
    return {name: fact for name, fact in partner.items() if name not in (*FIGURES, "self_financed")}


def _euro(amount: Decimal) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": "EUR"}


def money(sealed: dict[str, str]) -> Decimal:
    """An amount of a manifest, in euro."""
    return Decimal(sealed["amount"])


def digest_of(manifest: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of a manifest."""
    return sha256(rfc8785.dumps(manifest)).hexdigest()
